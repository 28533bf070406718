"""Every word a person reads exists in Chinese: each msgid of templates and Python stands in its layer's po file."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[2] / "src" / "duecourse"
LAYERS = ("ui", "public", "office")
KEYWORDS = ("_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
HAN = re.compile(r"[\u4e00-\u9fff]")


def texts(found):
    return [one for one in (found if isinstance(found, tuple) else (found,)) if isinstance(one, str)]


def msgids(layer):
    """(msgid, where) of every string that a layer shows."""
    for path in sorted((SOURCE / layer).rglob("*.py")):
        for line, _, found, _ in extract_python(BytesIO(path.read_bytes()), KEYWORDS, [], {}):
            for text in texts(found):
                yield text, f"{path.relative_to(SOURCE)}:{line}"
    for path in sorted((SOURCE / layer).rglob("*.html")):
        lines = templatize(path.read_text("utf-8"), origin=str(path)).splitlines()
        python = "\n".join(line.strip() for line in lines)  # what stays of the markup's indentation is no Python
        for line, _, found, _ in extract_python(BytesIO(python.encode()), KEYWORDS, [], {}):
            for text in texts(found):
                yield text, f"{path.relative_to(SOURCE)}:{line}"


def catalogue(layer):
    """Every message of a layer: a package may keep its words beside its pages."""
    for place in sorted((SOURCE / layer).rglob("locale/zh_Hans/LC_MESSAGES/django.po")):
        with place.open("rb") as stream:
            yield from read_po(stream, abort_invalid=True)


@pytest.fixture(scope="module", autouse=True)
def _django_can_read_templates():
    if not settings.configured:
        settings.configure(USE_I18N=True)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_word_a_person_reads_has_its_chinese(layer):
    held = {text: message for message in catalogue(layer) for text in texts(message.id)}
    missing, shown = {}, 0
    for text, where in msgids(layer):
        shown += 1
        message = held.get(text)
        if message is None or not all(texts(message.string)) or message.fuzzy:
            missing.setdefault(text, where)
    assert shown
    assert not missing, "\n".join(f"{where}: {text!r}" for text, where in missing.items())


@pytest.mark.parametrize("layer", LAYERS)
def test_a_translation_keeps_the_places_where_values_go(layer):
    for message in catalogue(layer):
        for text in texts(message.id):
            held = set(PLACEHOLDER.findall(" ".join(texts(message.string))))
            assert set(PLACEHOLDER.findall(text)) <= held, message.id
            assert held <= set(PLACEHOLDER.findall(" ".join(texts(message.id)))), message.id


@pytest.mark.parametrize("layer", LAYERS)
def test_a_translation_is_chinese(layer):
    for message in catalogue(layer):
        if message.id:
            said = " ".join(texts(message.string))
            words = PLACEHOLDER.sub("", " ".join(texts(message.id)))
            assert HAN.search(said) or not re.search("[A-Za-z]{4}", words), message.id


@pytest.mark.parametrize("layer", LAYERS)
def test_no_translation_is_left_over(layer):
    shown = {text for text, _ in msgids(layer)}
    left = [message.id for message in catalogue(layer) if message.id and shown.isdisjoint(texts(message.id))]
    assert not left
