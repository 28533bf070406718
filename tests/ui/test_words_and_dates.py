"""How words, days, moments, sizes and digests appear, in each language."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

pytestmark = pytest.mark.usefixtures("django_ready")


def drawn(text, language="zh-hans", **context):
    with translation.override(language):
        return Template("{% load duecourse %}" + text).render(Context(context))


@pytest.mark.parametrize(("language", "shown"), [("zh-hans", "案件"), ("en", "Case")])
def test_rulebook_words_follow_the_language_of_the_page(language, shown):
    title = {"zh-Hans": "案件", "en": "Case"}
    assert drawn("{% words title %}", language, title=title) == shown
    assert drawn("{{ title|words }}", language, title=title) == shown


def test_words_that_lack_a_language_fall_back_to_chinese_and_nothing_stays_nothing():
    assert drawn("{% words title %}", "en", title={"zh-Hans": "案件"}) == "案件"
    assert drawn("{% words title %}", title=None) == ""
    assert drawn("{% words title %}", title="plain") == "plain"


def test_a_day_is_written_as_its_readers_write_it():
    on = dt.date(2026, 2, 9)
    assert drawn("{{ on|day }}", on=on) == '<time datetime="2026-02-09">2026年2月9日</time>'
    assert drawn("{{ on|day }}", "en", on="2026-02-09") == '<time datetime="2026-02-09">9 February 2026</time>'
    assert drawn("{{ on|day }}", on=None) == ""


def test_a_moment_is_written_in_the_offices_zone():
    at = dt.datetime(2026, 2, 9, 18, 5, tzinfo=dt.UTC)
    assert drawn("{{ at|moment }}", at=at) == '<time datetime="2026-02-10T02:05:00+08:00">2026年2月10日 02:05</time>'
    assert "10 February 2026 02:05" in drawn("{{ at|moment }}", "en", at=at.isoformat())


def test_a_digest_holds_its_whole_value_for_who_copies_it():
    shown = drawn("{% digest value %}", value=b"\xab" * 32)
    assert "ab" * 32 in shown
    assert shown.startswith('<code class="dc-digest" tabindex="0"')
    assert drawn("{% digest value %}", value=None) == ""
    assert "<script>" not in drawn("{% digest value %}", value="<script>")


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (20_000_000, "20.0 MB"), (None, "")]
)
def test_a_size_is_written_for_people(value, shown):
    assert drawn("{{ value|size }}", value=value) == shown
    assert drawn("{{ value|size }}", value=5_000_000_000) == "5.0 GB"


def test_truth_and_lookup_are_words():
    assert drawn("{{ a|yes_no }} {{ b|yes_no }}", "en", a=True, b=False) == "Yes No"
    assert drawn("{{ m|lookup:'k' }}{{ none|lookup:'k' }}", m={"k": "v"}, none=None) == "v"


def middle(path, cookies=None):
    from django.http import HttpResponse

    from duecourse.ui.language import LanguageMiddleware

    request = RequestFactory().get(path)
    request.COOKIES.update(cookies or {})
    with translation.override(None):
        return LanguageMiddleware(lambda _: HttpResponse(translation.get_language()))(request)


def test_a_language_is_chosen_by_address_then_cookie_then_chinese():
    assert middle("/").content == b"zh-hans"
    assert middle("/", {"duecourse_language": "en"}).content == b"en"
    chosen = middle("/?lang=EN")
    assert chosen.content == b"en"
    assert chosen.cookies["duecourse_language"].value == "en"
    assert middle("/?lang=zh-hans", {"duecourse_language": "en"}).content == b"zh-hans"


def test_an_unknown_language_changes_nothing():
    answer = middle("/?lang=tlh", {"duecourse_language": "../../etc"})
    assert answer.content == b"zh-hans"
    assert "duecourse_language" not in answer.cookies


def test_the_language_switch_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/register/?q=a%26b&lang=en")
    assert drawn("{% language_link 'en' %}", request=request) == "?q=a%26b&amp;lang=en"
    assert drawn("{% language_link 'en' %}") == "?lang=en"
