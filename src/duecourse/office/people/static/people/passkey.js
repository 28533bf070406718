// Asks the browser to make or to use a passkey, and sends its answer with the form that stands there.
// <form data-passkey="create|get" data-options='{"publicKey": …}'> or data-options-from="address".
// Responsible for nothing else: without this file the other ways of signing in work.
"use strict";
(() => {
  const bytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => {
    let letters = "";
    for (const one of new Uint8Array(buffer)) letters += String.fromCharCode(one);
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const asked = (options) => {
    const found = { ...options, challenge: bytes(options.challenge) };
    if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"])
      if (options[list]) found[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
    return found;
  };
  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[name]) response[name] = text(credential.response[name]);
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };
  const options = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    return answer.json();
  };
  const ask = async (form) => {
    const given = (await options(form)).publicKey;
    const make = form.dataset.passkey === "create";
    const credential = await (make
      ? navigator.credentials.create({ publicKey: asked(given) })
      : navigator.credentials.get({ publicKey: asked(given) }));
    form.elements[form.dataset.into || "credential"].value = JSON.stringify(answered(credential));
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-button]");
    const failed = form.querySelector("[data-passkey-failed]");
    if (!window.PublicKeyCredential) continue;
    form.querySelectorAll("[data-passkey-shown]").forEach((part) => { part.hidden = false; });
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      button.disabled = true;
      try {
        await ask(form);
        form.submit();
      } catch {
        failed.hidden = false;
        failed.focus();
      } finally {
        button.disabled = false;
      }
    });
  }
})();
