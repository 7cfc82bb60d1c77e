"""The column that keeps a set of atoms."""

from typing import TYPE_CHECKING, Any

from django.db import models

from market.rights.rules.grants import EVERYTHING, Atoms, read_atoms

if TYPE_CHECKING:
    _Text = models.CharField[Atoms, Atoms]
else:
    _Text = models.CharField


def everything() -> Atoms:
    """What a licence covers unless it says otherwise."""
    return EVERYTHING


class AtomsField(_Text):
    """A set of territories, fields or acts (`rules.grants.Atoms`), kept as the text of a multirange."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 2000, "default": everything, **options})

    def from_db_value(self, value: str | None, *_: Any) -> Atoms | None:
        """The set."""
        return None if value is None else read_atoms(value)

    def to_python(self, value: Any) -> Atoms:
        """The set, also from its text."""
        return value if isinstance(value, Atoms) else read_atoms(str(value))

    def get_prep_value(self, value: Any) -> str:
        """The text."""
        return str(value)
