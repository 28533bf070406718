"""Which language a page speaks: `?lang=` for this request and from then on, else the cookie, else Chinese.

Responsible for activating the translation and for the cookie. Not for words themselves (po files, rulebook), and it
knows no session and no browser header: what a person chose is what they get.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

COOKIE: Final = "duecourse_language"
DEFAULT: Final = "zh-hans"
# Django's code, then the tag used in HTML and in the rulebook's words.
TAGS: Final[dict[str, str]] = {"zh-hans": "zh-Hans", "en": "en"}
ONE_YEAR: Final = 365 * 24 * 3600


class LanguageMiddleware:
    """Activate the reader's language; remember an explicit choice in a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language chosen now, chosen before, or the default."""
        chosen = request.GET.get("lang", "").lower()
        language = chosen if chosen in TAGS else request.COOKIES.get(COOKIE, DEFAULT)
        if language not in TAGS:
            language = DEFAULT
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", TAGS[language])
        if chosen in TAGS:
            secure = bool(settings.CSRF_COOKIE_SECURE)
            response.set_cookie(COOKIE, language, max_age=ONE_YEAR, secure=secure, httponly=True, samesite="Lax")
        return response


def tag() -> str:
    """Return the language of the page in hand as the rulebook and HTML spell it: `zh-Hans` or `en`."""
    return TAGS.get(translation.get_language() or DEFAULT, TAGS[DEFAULT])


def pick(words: Mapping[str, str] | str | None) -> str:
    """Return rulebook words in the language of the page; Chinese where the other is missing; "" for none."""
    if words is None:
        return ""
    if isinstance(words, str):
        return words
    return words.get(tag()) or words.get("zh-Hans") or next(iter(words.values()), "")
