// Starts the parts of govuk-frontend that a page uses, also in what htmx brings later. Every page works without this file.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, Tabs,
  createAll,
} from "./govuk.min.js";

const parts = [
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, Tabs,
];
const begin = where => parts.forEach(part => createAll(part, undefined, where));

begin(document);
document.addEventListener("htmx:load", event => begin(event.detail.elt));
