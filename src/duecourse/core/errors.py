"""The two families of anticipated failure; a third, our own bug, is a plain assertion.

`Refused`: the law (or the office's rule) says no. It carries a refusal: codes with articles, shown to the person.
`Invalid`: bytes or input are wrong. It carries a code and parameters, worded where it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duecourse.core.procedure.refusal import Refusal


class Refused(Exception):  # noqa: N818 - it is a lawful answer, not an error
    """The law says no. `refusal` says what, why, on which article, and what to do next."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Invalid(Exception):  # noqa: N818 - named for the state of the input
    """Input or bytes are wrong. `code` is a stable word; `params` fill its sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        detail = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({detail})" if detail else self.code
