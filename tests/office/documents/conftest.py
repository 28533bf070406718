"""A filled payload for every document of the rulebook, made from its own file: no database, no engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duecourse.office.documents.paper import read_paper
from duecourse.office.documents.rendering import Renderer

FOLDER = Path(__file__).resolve().parents[3] / "rulebook" / "cn-city" / "documents"
KINDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.fixture(scope="session")
def folder():
    return FOLDER


@pytest.fixture(scope="session")
def renderer():
    return Renderer(FOLDER)


@pytest.fixture
def filled():
    def fill(kind: str, lang: str = "zh-Hans", **changes: object) -> dict[str, object]:
        paper = read_paper(FOLDER, kind)
        texts = {name: f"内容-{name}" for name in paper.slots}
        plain = {
            name: re.sub(r"\{([^}]*)\}", lambda found: texts.get(found[1], "※"), words[lang])
            for name, words in paper.words.items()
        }
        return {
            "lang": lang,
            "title": f"标题 {kind}",
            "office": "示例市网信办（演示）",
            "number": "示例〔2026〕3号",
            "date": "2026年3月2日",
            "day": {"year": 2026, "month": 3, "day": 2},
            "slots": {name: {"title": slot.title[lang], "text": texts[name]} for name, slot in paper.slots.items()},
            "words": plain,
            "remedies": ["救济一", "救济二"],
            "exhibits": [{"number": "1", "title": "网页截图", "sha256": "ab" * 32}],
            "opinions": [{"role": "单位负责人", "name": "甲", "text": "同意", "on": "2026年3月1日"}],
            "banner": None,
            "seal": None,
            "footer": {"document": "文书编号 6d0f", "record": "全过程记录 第17条 ef"},
            **changes,
        }

    return fill
