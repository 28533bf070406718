"""From a step's form to the fields of its entry: each value under the class that says who may ever see it.

Responsible for classes, salts, and for sealing identity values to the custodian's key before they become a value of a
field, so that no entry ever holds them readable. Not responsible for judging values (`core.procedure`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings

from duecourse.core.ledger import canonical
from duecourse.core.ledger.entry import Field
from duecourse.core.procedure import form as forms
from duecourse.core.procedure.definition import Step
from duecourse.edge import ids, sealing
from duecourse.edge.keys import KeyRing
from duecourse.office.ledger.store import StoredEntry

IDENTITY: Final = "identity"
OFFICE: Final = "office"
SEALED: Final = "sealed"


def of_form(step: Step, form: Mapping[str, Any]) -> list[Field]:
    """The fields of an entry: every value that was given, and the defaults of what was left out."""
    known = step.form
    return [
        field(name, known[name].class_ if name in known else OFFICE, value)
        for name, value in forms.filled(known, form).items()
    ]


def field(name: str, class_: str, value: Any) -> Field:
    """One field with a fresh salt; an identity value is sealed first."""
    if class_ == IDENTITY and not is_sealed(value):
        value = seal(value)
    return Field(name, class_, value, ids.salt())


def is_sealed(value: Any) -> bool:
    """Whether a value is already sealed to somebody."""
    return isinstance(value, Mapping) and set(value) == {SEALED}


def seal(value: Any) -> dict[str, str]:
    """`value`, readable only with the custodian's secret key."""
    key = KeyRing(settings.DUECOURSE_KEYS).public("custodian")
    sealed = sealing.seal(canonical.encode(value), [key])
    return {SEALED: base64.b64encode(sealed).decode("ascii")}


def values(fields: Sequence[Field]) -> dict[str, Any]:
    """Name to value, of fields that can still be read."""
    return {field.name: field.value for field in fields if field.value is not None}


def readable(entry: StoredEntry) -> dict[str, Any]:
    """Name to value, of the fields of a stored entry that are held."""
    return {name: held.value for name, held in entry.fields.items() if held.state == "held"}
