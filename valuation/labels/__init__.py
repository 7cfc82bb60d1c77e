"""The words for methods, inputs, steps and notes of a valuation."""

from collections.abc import Sequence

from market.kernel.words import text
from valuation.labels.inputs import INPUTS
from valuation.labels.methods import GROUPS, METHODS, OF_A_RIGHT, group_of, methods_of
from valuation.labels.steps import STEPS
from valuation.methods.working import Note

__all__ = ["GROUPS", "INPUTS", "METHODS", "OF_A_RIGHT", "STEPS", "group_of", "methods_of", "notes"]


def notes(found: Sequence[Note]) -> list[str]:
    """The sentences of assumptions or warnings, in the active language."""
    return [" ".join(text(f"valuation/notes/{note.code}.txt", dict(note.facts)).split()) for note in found]
