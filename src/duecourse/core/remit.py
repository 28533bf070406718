"""What the office may act on: two closed lists of heads, the three ends outside them, and who may stand in a matter.

Every list here is positive and closed. A rulebook may choose from the heads, name, cite and narrow them (`read_heads`);
it cannot add one, and no list has a place for opinion, criticism, politics, religion, history, satire, taste or rumour.

Not responsible for which organ in a town takes a transfer, nor for procedures: that is the rulebook's.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.law.citation import Citation

if TYPE_CHECKING:
    from duecourse.core.reading import Node, Plain, Words


class Harm(enum.Enum):
    """Concrete harm to people. Each has elements that must be shown, none of them a view that somebody holds."""

    FRAUD = "fraud"
    """Deception for money or data."""
    MINORS = "minors"
    """Sexual, violent or gambling material, or addictive design, against the rules that protect minors."""
    INTIMATE_IMAGES = "intimate-images"
    """Intimate images spread without consent, sexual exploitation."""
    PERSONAL_INFORMATION = "personal-information"
    """Personal information leaked, sold or collected against the law."""
    ABUSE = "abuse"
    """Threats, doxxing, sexual or repeated targeting of a private individual."""
    IDENTITY = "identity"
    """A counterfeit site or account, a stolen portrait or name."""
    GAMBLING = "gambling"
    """Gambling offered for money."""
    THREATS_OF_VIOLENCE = "threats-of-violence"
    """A threat to kill or injure."""
    INTRUSION = "intrusion"
    """Intrusion, phishing, malware."""


class Duty(enum.Enum):
    """Listed duties of whoever runs a service or handles personal data."""

    NETWORK_AND_DATA_SECURITY = "network-and-data-security"
    PERSONAL_INFORMATION_DUTIES = "personal-information-duties"
    MINORS_MODE_AND_PROTECTION = "minors-mode-and-protection"
    COMPLAINT_CHANNEL_AND_ANSWERS = "complaint-channel-and-answers"
    ADVERTISING_MARKS = "advertising-marks"
    FILING_SHOWN = "filing-shown"
    """The filing of an algorithm and the licence of a service, where they must be shown."""


Head = Harm | Duty


class Ending(enum.Enum):
    """What may follow when a head is met."""

    OWN_CASE = "own-case"
    POLICE = "police"
    BANK_AND_POLICE_FIRST = "bank-and-police-first"
    MARKET_SUPERVISION = "market-supervision"
    NOTICE_TO_OPERATOR = "notice-to-operator"
    INSPECTION = "inspection"
    ORDER_TO_CORRECT = "order-to-correct"


_DUTY_ENDINGS = (Ending.INSPECTION, Ending.ORDER_TO_CORRECT, Ending.OWN_CASE)

ENDINGS: Mapping[Head, tuple[Ending, ...]] = MappingProxyType(
    {
        Harm.FRAUD: (Ending.OWN_CASE, Ending.BANK_AND_POLICE_FIRST),
        Harm.MINORS: (Ending.OWN_CASE, Ending.POLICE),
        Harm.INTIMATE_IMAGES: (Ending.POLICE, Ending.NOTICE_TO_OPERATOR),
        Harm.PERSONAL_INFORMATION: (Ending.OWN_CASE,),
        Harm.ABUSE: (Ending.OWN_CASE, Ending.POLICE),
        Harm.IDENTITY: (Ending.OWN_CASE, Ending.MARKET_SUPERVISION),
        Harm.GAMBLING: (Ending.POLICE,),
        Harm.THREATS_OF_VIOLENCE: (Ending.POLICE,),
        Harm.INTRUSION: (Ending.OWN_CASE, Ending.POLICE),
        **dict.fromkeys(Duty, _DUTY_ENDINGS),
    }
)
"""For each head, all that may follow; a rulebook may leave some out."""


class Outside(enum.Enum):
    """The three lawful ends of a report outside the heads. Each is a person's decision with its reason."""

    TRANSFER = "transfer"
    """To the organ in charge: promptly, with its receipt, the reporter told. (csl#15, minors-net#8, cac-14#14)"""
    REDIRECT = "redirect"
    """The reporter is shown the way to `Addressee`."""
    DECLINE = "decline"
    """There is no lawful addressee."""


class Addressee(enum.Enum):
    """Where a reporter may be redirected."""

    PETITION = "petition"
    COURT = "court"
    PLATFORM = "platform"
    POLICE = "police"


class Harmed(enum.Enum):
    """Who can be the harmed person. A public body, or an official acting as such, is not in the list."""

    PRIVATE_PERSON = "private-person"
    MINOR = "minor"
    PRIVATE_ORGANISATION = "private-organisation"


class Party(enum.Enum):
    """Who can be the party of a case. Somebody who only speaks is not in the list."""

    OPERATOR = "operator"
    """Runs the service concerned."""
    PROCESSOR = "processor"
    """Handles personal data."""
    ACCOUNT_RUNNER = "account-runner"
    """Runs the account with which the listed harm was done."""


HARMED_BY: Mapping[Harm, frozenset[Harmed]] = MappingProxyType(
    {harm: frozenset({Harmed.PRIVATE_PERSON, Harmed.MINOR}) for harm in Harm}
    | {
        harm: frozenset(Harmed)
        for harm in (
            Harm.FRAUD,
            Harm.IDENTITY,
            Harm.INTRUSION,
        )  # a business, too, is defrauded, counterfeited, broken into
    }
    | {Harm.MINORS: frozenset({Harmed.MINOR})}
)
"""For each harm, who can have suffered it."""


def head(name: str) -> Head:
    """Give the head of that name. Raises Invalid("head_outside_remit"): the list is closed."""
    for kind in (Harm, Duty):
        for member in kind:
            if member.value == name:
                return member
    raise Invalid("head_outside_remit", head=name, advice=f"the heads are {', '.join(one.value for one in ENDINGS)}")


def harmed(name: str, harm: Harm) -> Harmed:
    """Give the kind of harmed person. Raises Invalid("not_a_harmed_person"), for a public body as for any word."""
    for member in HARMED_BY[harm]:
        if member.value == name:
            return member
    known = sorted(member.value for member in HARMED_BY[harm])
    raise Invalid("not_a_harmed_person", harmed=name, head=harm.value, advice=f"possible: {', '.join(known)}")


def party(name: str, under: Head) -> Party:
    """Give the kind of party that a case under the head may have. Raises Invalid("not_a_party").

    A duty binds who runs a service or handles data; a harm also who ran the account that did it.
    """
    possible = [one for one in Party if isinstance(under, Harm) or one is not Party.ACCOUNT_RUNNER]
    for member in possible:
        if member.value == name:
            return member
    known = ", ".join(one.value for one in possible)
    raise Invalid("not_a_party", party=name, head=under.value, advice=f"possible: {known}")


def catalogue() -> Plain:
    """Give all lists as plain data: what is digested into the record and shown to the public."""
    return {
        "v": "duecourse/remit/v1",
        "harms": {one.value: [ending.value for ending in ENDINGS[one]] for one in Harm},
        "duties": {one.value: [ending.value for ending in ENDINGS[one]] for one in Duty},
        "outside": [one.value for one in Outside],
        "addressees": [one.value for one in Addressee],
        "harmed": [one.value for one in Harmed],
        "parties": [one.value for one in Party],
    }


@dataclass(frozen=True, slots=True)
class ChosenHead:
    """A head as a rulebook chose, named, cited and narrowed it.

    `confirm` says why a lawyer must confirm it before use; without it at least one article is cited.
    """

    id: str
    head: Head
    title: Words
    on: tuple[Citation, ...]
    then: tuple[Ending, ...]
    help: Words | None
    confirm: Words | None


FOREIGN_WORDS = (
    *("言论", "舆论", "舆情", "谣", "政治", "宗教", "信仰", "低俗", "庸俗", "讽刺", "恶搞", "历史", "批评", "抹黑"),
    *("诋毁", "名誉", "负面", "导向", "立场", "民族", "政府", "党", "领导", "官员", "不良信息", "有害信息"),
    *("opinion", "speech", "rumour", "rumor", "politic", "religio", "faith", "vulgar", "satire", "histor", "critic"),
    *("reputation", "defam", "negative", "orientation", "government", "party", "leader", "official", "harmful info"),
)
"""Words that no name or narrowing of a head may contain: each would lead a head away from its elements."""


def read_heads(root: Node) -> dict[str, ChosenHead]:
    """Read heads.yaml: a mapping `heads` of head names. Every way out of the lists is a problem with its line."""
    chosen: dict[str, ChosenHead] = {}
    listed = root.mapping(required={"heads"})["heads"]
    for name, node in listed.entries(of="head").items():
        try:
            kind = head(name)
        except Invalid as wrong:
            node.at_key(listed, name).problem(f"{name!r} is no head: the list is closed.", str(wrong.params["advice"]))
            continue
        chosen[name] = _read_head(node, kind)
    return chosen


def _read_head(node: Node, kind: Head) -> ChosenHead:
    parts = node.mapping(required={"title", "then"}, optional={"on", "help", "confirm"})
    titles = {name: parts[name].words() for name in ("title", "help", "confirm") if name in parts}
    for name in ("title", "help"):
        for word in _foreign(titles.get(name, {})):
            parts[name].problem(f"{word!r} leads this head outside the remit.", "Name the harm or the duty itself.")
    on = [item.parsed(Citation.parse, "Cite an article, such as csl#23.") for item in _items(parts, "on")]
    if not on and "confirm" not in parts:
        node.problem("A head cites an article.", "Add 'on', or 'confirm' with the reason why a lawyer must look first.")
    return ChosenHead(
        id=kind.value,
        head=kind,
        title=titles["title"],
        on=tuple(one for one in on if one),
        then=_read_endings(parts["then"], kind),
        help=titles.get("help"),
        confirm=titles.get("confirm"),
    )


def _read_endings(node: Node, kind: Head) -> tuple[Ending, ...]:
    allowed = {ending.value: ending for ending in ENDINGS[kind]}
    read = [item.one_of(list(allowed)) for item in node.sequence()]
    if not read:
        node.problem("A head has at least one ending.", f"Choose from: {', '.join(allowed)}.")
    return tuple(allowed[name] for name in read if name)


def _items(parts: Mapping[str, Node], name: str) -> list[Node]:
    return parts[name].sequence() if name in parts else []


def _foreign(words: Mapping[str, str]) -> list[str]:
    text = " ".join(words.values()).lower()
    return [word for word in FOREIGN_WORDS if word in text]
