"""A refusal: a stable code and the facts a reader needs to go on; its sentence lives in templates/refusals/."""

from typing import Any


class Refused(Exception):
    """The market says no, for a reason with a stable `code` ("bid.too_low") and `facts` that fill its sentence.

    `status` is the HTTP answer a door gives: 422 unless a subclass says otherwise. Nothing has changed when it is raised.
    """

    status = 422

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return self.code if not self.facts else f"{self.code} {self.facts}"


class Conflict(Refused):
    """Somebody else was faster: the row moved on between reading and writing. Read again, then decide again."""

    status = 409


def ensure(condition: object, message: str) -> None:
    """Raise AssertionError when an invariant of our own does not hold (works under `python -O`, unlike `assert`)."""
    if not condition:
        raise AssertionError(message)
