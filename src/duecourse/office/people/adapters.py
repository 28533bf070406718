"""What this office changes in django-allauth: nobody signs up, nothing is mailed, seeds are encrypted.

Not here: pages (`sign_in`, `factors`), counting failures (`limits`).
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from duecourse.office.people import arrival
from duecourse.ui import address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from duecourse.office.people.models import Account

_FORMAT: Final = "1."
_NONCE: Final = 12
_PURPOSE: Final = b"duecourse.office.people factors v1"


class Doorkeeper(DefaultAccountAdapter):
    """Signing in: no sign-up, a second factor where there is one, then the person's own page of arrival."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("Too many attempts. Wait a minute and try again.")
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody makes an account for themself."""
        return False

    def get_login_stages(self) -> list[str]:
        """What stands between the first factor and the door."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def post_login(self, request: HttpRequest, user: Account, *, redirect_url: str | None, **more: Any) -> HttpResponse:  # type: ignore[override]
        """Write down that the person came in, tell them what was changed meanwhile, go where they wanted to go."""
        del more
        arrival.arrived(request, user)
        return HttpResponseRedirect(redirect_url or settings.LOGIN_REDIRECT_URL)

    def add_message(self, *args: Any, **more: Any) -> None:
        """Say nothing in words that are not ours; our pages say it."""

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """Nothing is mailed: the account's own page and the record say what happened."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the office believes."""
        return address.of(request)


class Colleagues(DefaultSocialAccountAdapter):
    """Signing in by the city's own identity service: its name for a person must be a user name here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody makes an account for themself."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account, or send back to the sign-in page with a sentence."""
        try:
            arrival.recognise(request, sociallogin)
        except arrival.Unknown as unknown:
            raise ImmediateHttpResponse(unknown.page(request)) from unknown
        except arrival.Proved as proved:
            raise ImmediateHttpResponse(proved.page()) from proved

    def on_authentication_error(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        """The service said no, or could not be asked: back to the sign-in page, with a sentence."""
        del args, more
        raise ImmediateHttpResponse(arrival.not_answered(request))


class Factors(DefaultMFAAdapter):
    """Second factors and passkeys: seeds never stand in the clear in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not right. Check it and try again; a code is good for half a minute, and once.")
    }

    def encrypt(self, text: str) -> str:
        """AES-256-GCM with the data folder's key: `1.` and base64 of nonce and sealed text."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(_key()).encrypt(nonce, text.encode(), _PURPOSE)
        return _FORMAT + base64.b64encode(nonce + sealed).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValueError when it is not what `encrypt` made with this installation's key."""
        if not encrypted_text.startswith(_FORMAT):
            raise ValueError("not an encrypted seed")
        raw = base64.b64decode(encrypted_text.removeprefix(_FORMAT), validate=True)
        try:
            return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE).decode()
        except InvalidTag as wrong:
            raise ValueError("a seed of another installation") from wrong

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name of the office's address."""
        return super().get_public_key_credential_rp_entity() | {"name": "Duecourse"}


def _key() -> bytes:
    return hashlib.sha256(_PURPOSE + settings.DUECOURSE_FACTOR_SECRET.encode()).digest()
