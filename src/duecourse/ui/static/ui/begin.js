// Runs before the first paint: says that scripts run, so that nothing moves when the rest of them arrives. If the rest
// does not arrive, the page is again one without scripts.
const page = document.body.classList;
page.add("js-enabled", "govuk-frontend-supported");
document.querySelector("script[type=module]").addEventListener("error", () => page.remove("js-enabled", "govuk-frontend-supported"));
