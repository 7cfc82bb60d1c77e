"""The column that keeps an exact part of a whole."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Text = models.CharField[Fraction, Fraction]
else:
    _Text = models.CharField


class PartField(_Text):
    """A Fraction, kept as its text ("8/15"): no part is ever rounded."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 80, **options})

    def from_db_value(self, value: str | None, *_: Any) -> Fraction | None:
        """The part."""
        return None if value is None else Fraction(value)

    def to_python(self, value: Any) -> Fraction:
        """The part, also from its text."""
        return Fraction(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Its text, in lowest terms."""
        return None if value is None else str(Fraction(value))
