// What our pages use of govuk-frontend's script; start.js starts it.
export {
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, Tabs,
  createAll,
} from "govuk-frontend";
