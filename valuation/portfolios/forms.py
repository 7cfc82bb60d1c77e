"""What the members of a portfolio share, what each earns, and the price to be shared out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.forms import MoneyField
from market.kernel.typed import bare
from market.rights.models import Right
from valuation.forms import InputField
from valuation.methods import plain
from valuation.methods.asked import Asked, inputs, split
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Discounting
from valuation.portfolios.rules import METHOD

SHARED = ("royalty_rate", "tax_rate", "discount_rate")
OWN = ("base_revenue", "growth", "years")


def _asked() -> dict[str, Asked]:
    return {one.name: one for one in inputs(METHOD)}


class RunForm(forms.Form):
    """The run's inputs; `members` is read against the portfolio's rights."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    valuation_date = forms.DateField(label=_("Base date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    discounting = forms.ChoiceField(
        label=_("When a year's amount counts"),
        choices=[(Discounting.END, _("At the end of the year")), (Discounting.MID, _("In the middle of the year"))],
        widget=forms.RadioSelect,
    )
    members = forms.CharField(
        label=_("What each right earns"),
        help_text=_(
            "One a line, the columns apart by commas: number of the right, revenue of the first year, growth a year (%), years. "
            "A right left out is not valued."
        ),
        widget=forms.Textarea({"rows": 8}),
        max_length=200_000,
    )
    price = MoneyField(
        label=_("Package price to share out (yuan)"), required=False, help_text=_("Shared by value, exact to the fen.")
    )

    def __init__(self, rights: Sequence[Right], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rights = {bare(right.number): right for right in rights}
        asked = _asked()
        labels = {"royalty_rate": _("Royalty rate"), "tax_rate": _("Income tax"), "discount_rate": _("Discount rate")}
        for name in SHARED:
            self.fields[name] = InputField(asked[name], label=labels[name], help_text="%")
        self.order_fields(["key", "valuation_date", *SHARED, "discounting", "members", "price"])

    def clean_members(self) -> dict[int, dict[str, Any]]:
        """The own inputs of each right named, by its key."""
        asked, found = _asked(), {}
        for place, line in enumerate(self.cleaned_data["members"].splitlines(), 1):
            cells = split(line)
            if not any(cells[1:]):
                continue  # left out
            right = self.rights.get(bare(cells[0]))
            if right is None or len(cells) != len(OWN) + 1:
                raise forms.ValidationError(
                    _("Line %(place)s names no right of the portfolio, or lacks a column."), params={"place": place}
                )
            found[right.pk] = self._own(asked, cells[1:], place)
        return found

    def _own(self, asked: Mapping[str, Asked], cells: Sequence[str], place: int) -> dict[str, Any]:
        told = {}
        for name, cell in zip(OWN, cells, strict=True):
            try:
                told[name] = InputField(asked[name]).to_python(cell)
                plain.read(asked[name].hint, told[name], name, "CNY")
            except (ValuationError, forms.ValidationError) as refused:
                why = refused.message
                raise forms.ValidationError(
                    _("Line %(place)s: %(why)s"), params={"place": place, "why": why}
                ) from refused
        return told

    def terms(self) -> dict[str, Any]:
        """What `actions.begin` takes."""
        said = self.cleaned_data
        common = {name: said[name] for name in (*SHARED, "discounting")}
        names = ("key", "valuation_date", "price")
        return {"common": common, "own": said["members"], **{name: said[name] for name in names}}
