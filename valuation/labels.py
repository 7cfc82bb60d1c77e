"""The words for inputs, steps and notes of a valuation."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.kernel.words import text
from valuation.methods.working import Note

INPUTS: Mapping[str, Promise] = {
    "discount_rate": _("Discount rate"),
    "growth": _("Growth"),
    "royalty_rate": _("Royalty rate"),
}
STEPS: Mapping[str, Promise] = {
    "revenue": _("Revenue"),
    "royalty": _("Royalty saved"),
    "after_tax": _("After tax"),
    "discount_factor": _("Discount factor"),
    "present_value": _("Present value"),
    "value_before_tab": _("Value before the tax benefit"),
    "annuity_factor": _("Annuity over the years of writing off"),
    "tab_factor": _("Factor of the tax benefit"),
    "value": _("Value"),
}


def notes(found: Sequence[Note]) -> list[str]:
    """The sentences of assumptions or warnings, in the active language."""
    return [" ".join(text(f"valuation/notes/{note.code}.txt", dict(note.facts)).split()) for note in found]
