"""A passkey from its making to the next morning, in a real browser with a real authenticator protocol (CDP)."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.wide, pytest.mark.browser]
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_is_made_opens_the_door_proves_again_and_is_removed(sites, visit):
    site = sites.office.replace("127.0.0.1", "localhost")
    page = visit()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    device = browser.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    page.goto(f"{site}/login/?lang=en")
    page.fill("[name=username]", "unit-head")
    page.fill("[name=password]", sites.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site}/")

    page.goto(f"{site}/account/passkeys/add/")
    page.fill("[name=label]", "work computer")
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url(f"{site}/account/codes/")
    assert page.locator("main li code").count() == 10
    assert len(browser.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/login/**")
    page.goto(f"{site}/login/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/account/")
    assert "work computer" in page.inner_text("main")

    browser.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/login/**")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The browser gave no passkey").wait_for()
    browser.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})

    page.fill("[name=username]", "unit-head")
    page.fill("[name=password]", sites.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="Remove work computer").click()
    page.wait_for_url(f"{site}/account/")
    assert "work computer" not in page.inner_text("main")
    assert complaints == []
