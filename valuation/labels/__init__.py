"""The words for methods, inputs, steps and notes of a valuation."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.kernel.words import text
from valuation.labels.inputs import INPUTS, headed
from valuation.labels.methods import GROUPS, METHODS, OF_A_RIGHT, group_of, methods_of
from valuation.labels.steps import STEPS
from valuation.methods.working import Note

__all__ = ["GROUPS", "INPUTS", "METHODS", "OF_A_RIGHT", "STEPS", "group_of", "headed", "methods_of", "named", "notes"]


def named(method: str) -> Promise:
    """The word for how a kept value was found."""
    return METHODS.get(method) or _("Several methods reconciled")


def notes(found: Sequence[Note]) -> list[str]:
    """The sentences of assumptions or warnings, in the active language."""
    return [" ".join(text(f"valuation/notes/{note.code}.txt", dict(note.facts)).split()) for note in found]
