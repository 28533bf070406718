"""Signing in and out, invitations, the account's own page. Of django-allauth only what is used here is routed.

Everything under `account/` is behind the door; the other addresses are the door.
"""

from __future__ import annotations

from allauth.socialaccount.providers.openid_connect import views as identity
from django.urls import path

from duecourse.office.pages.access import behind_the_door as inside
from duecourse.office.people import delegating, factors, own, sign_in, welcome

SERVICE = {"provider_id": "office"}
"""The one identity service; without one in the settings its addresses answer 404."""

urlpatterns = [
    path("login/", sign_in.sign_in, name="login"),
    path("login/", sign_in.sign_in, name="account_login"),
    path("login/passkey/", sign_in.with_passkey, name="login-passkey"),
    path("login/passkey/options/", sign_in.passkey_options, name="login-passkey-options"),
    path("login/office/", identity.login, SERVICE, name="openid_connect_login"),
    path("login/office/callback/", identity.callback, SERVICE, name="openid_connect_callback"),
    path("login/second/", sign_in.second_factor, name="mfa_authenticate"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("invitation/", welcome.invitation, name="invitation"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("account/", inside(own.account), name="account"),
    path("account/password/", inside(own.password), name="account-password"),
    path("account/sittings/", inside(own.end_sitting), name="account-sittings"),
    path("account/passkeys/add/", inside(factors.add_passkey), name="account-passkey-add"),
    path("account/factors/<int:factor>/remove/", inside(factors.remove), name="account-factor-remove"),
    path("account/device/", inside(factors.add_totp), name="account-device"),
    path("account/codes/", inside(factors.recovery_codes), name="account-codes"),
    path("account/codes/renew/", inside(factors.renew_codes), name="account-codes-renew"),
    path("account/delegate/", inside(delegating.delegate), name="account-delegate"),
    path(
        "account/delegations/<int:appointment>/withdraw/",
        inside(delegating.withdraw),
        name="account-delegation-withdraw",
    ),
]
