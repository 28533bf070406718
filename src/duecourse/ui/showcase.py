"""One page that shows every component of the interface with its examples, in the reader's language: `/components/`.

The examples are those of the component's own folder (`ui/components/<name>/examples.yaml`). Not here: what a component
looks like (its template and style sheet).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from duecourse.ui import language
from duecourse.ui.stylesheet import HERE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@lru_cache(maxsize=1)
def components() -> dict[str, dict[str, Any]]:
    """Return every component's examples by its name."""
    return {
        found.parent.name: yaml.safe_load(found.read_text("utf-8"))
        for found in sorted((HERE / "components").glob("*/examples.yaml"))
    }


def spoken(value: Any) -> Any:
    """Return example values with every pair of words in the reader's language."""
    if isinstance(value, dict):
        if "zh-Hans" in value:
            return language.pick(value)
        return {name: spoken(one) for name, one in value.items()}
    return [spoken(one) for one in value] if isinstance(value, list) else value


def shown(name: str) -> dict[str, Any]:
    """Return one component as the page shows it: title, what it is for, each example drawn."""
    found = components()[name]
    drawn = [
        {
            "title": language.pick(example["title"]),
            "drawn": render_to_string(f"{name}/template.html", spoken(example["with"])),
        }
        for example in found["examples"]
    ]
    return {"name": name, "title": language.pick(found["title"]), "for": language.pick(found["for"]), "examples": drawn}


@require_safe
def page(request: HttpRequest, base: str) -> HttpResponse:
    """Show all of them around the shell `base` of the site that asks."""
    return render(request, "ui/components.html", {"base": base, "components": [shown(name) for name in components()]})
