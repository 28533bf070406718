"""axe-core is asked of every page on the walk (test_every_page); here: that the asking finds what is wrong, so that its
silence means something.
"""

import pytest
from page_walk import AXE, RULES

pytestmark = pytest.mark.browser
RIGHT = """<!DOCTYPE html><html lang="zh-Hans"><head><title>页面</title></head><body>
<header><a href="#main">跳到正文</a></header>
<main id="main"><h1>页面</h1><form><label for="a">姓名</label><input id="a"></form></main></body></html>"""


def faults(page, content):
    page.set_content(content)
    found = page.evaluate(f"() => {{ {AXE}; return axe.run(document, {RULES}) }}")
    return {one["id"] for one in found["violations"]}


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('<label for="a">姓名</label>', "", "label"),
        ('lang="zh-Hans"', "", "html-has-lang"),
        ("<title>页面</title>", "", "document-title"),
        ("<h1>", '<h1 style="color:#bbb">', "color-contrast"),
        ("<h1>页面</h1>", "<h1>页面</h1><h4>跳级</h4>", "heading-order"),
        ("<form>", '<img src="x"><form>', "image-alt"),
        ("<main id", "<div id", "landmark-one-main"),
    ],
)
def test_axe_finds_what_is_wrong_and_nothing_in_what_is_right(visit, before, after, fault):
    page = visit()
    assert faults(page, RIGHT) == set()
    assert fault in faults(page, RIGHT.replace(before, after))
