"""Relief from royalty as people fill it in: every input with its unit, its range and where it comes from."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.kernel.typed import plain
from valuation.methods.amounts import Rate
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Discounting
from valuation.models import Appraisal

METHOD = "relief_from_royalty_grown"
MOST_YEARS = 50
RANGED = ("royalty_rate", "discount_rate", "growth")


class PercentField(forms.CharField):
    """A rate typed in percent, "12" or "12.5%"; becomes the text "12.5%", which says what it is."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A figure keyboard, and no browser history."""
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """The figure one would type."""
        return value.removesuffix("%") if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        """The rate as text, or "" when nothing was typed."""
        text = plain(super().to_python(value) or "").removesuffix("%")
        if not text:
            return ""
        try:
            rate = Rate.percent(text)
        except ValuationError as refused:
            raise forms.ValidationError(refused.message, refused.code) from refused
        return _percent(rate.value)


def _rate(label: Any, help_text: Any = "", *, required: bool = True) -> PercentField:
    return PercentField(label=label, help_text=help_text, required=required, max_length=12)


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _source(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200)


class ReliefForm(forms.Form):
    """The inputs of relief from royalty; `key` makes keeping twice the same as keeping once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    purpose = forms.ChoiceField(label=_("Purpose of the valuation"), choices=Appraisal.Purpose.choices)
    premise = forms.ChoiceField(label=_("Premise of value"), choices=Appraisal.Premise.choices)
    valuation_date = _day(_("Base date"))
    valid_until = _day(_("Valid until"), _("At most a year after the base date."))
    base_revenue = MoneyField(
        label=_("Revenue of the first year, in yuan"),
        help_text=_("Of the products that use the right, without VAT."),
    )
    revenue_source = _source(_("Where the revenue comes from"))
    years = forms.IntegerField(label=_("Years of revenue"), min_value=1, max_value=MOST_YEARS)
    growth = _rate(_("Growth a year, %"))
    growth_low = _rate(_("Growth at least, %"), required=False)
    growth_high = _rate(_("Growth at most, %"), required=False)
    royalty_rate = _rate(_("Royalty rate, %"), _("Of the revenue, as others pay for such a right."))
    royalty_rate_low = _rate(_("Royalty rate at least, %"), required=False)
    royalty_rate_high = _rate(_("Royalty rate at most, %"), required=False)
    royalty_source = _source(_("Where the royalty rate comes from"))
    discount_rate = _rate(_("Discount rate, %"))
    discount_rate_low = _rate(_("Discount rate at least, %"), required=False)
    discount_rate_high = _rate(_("Discount rate at most, %"), required=False)
    discount_source = _source(_("Where the discount rate comes from"))
    tax_rate = _rate(_("Income tax, %"))
    discounting = forms.ChoiceField(
        label=_("When a year's royalty counts as saved"),
        choices=[(Discounting.END, _("At the end of the year")), (Discounting.MID, _("In the middle of the year"))],
        widget=forms.RadioSelect,
    )
    amortisation_years = forms.IntegerField(
        label=_("Years in which a buyer writes the price off"),
        help_text=_("For the tax benefit of that; leave it empty to count none."),
        min_value=1,
        max_value=MOST_YEARS,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Each range has both ends or none, and holds the value between them."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in RANGED:
            low, high = said.get(f"{name}_low"), said.get(f"{name}_high")
            if bool(low) is not bool(high):
                self.add_error(f"{name}_{'high' if low else 'low'}", _("Give both ends of the range, or none."))
            elif low and high and said.get(name) and not _of(low) <= _of(said[name]) <= _of(high):
                self.add_error(f"{name}_low", _("The range must hold the value: at least, likely, at most."))
        return said

    def terms(self, legal_years_left: Decimal | None) -> dict[str, Any]:
        """What `actions.keep` and `rules.work` ask for: the method, its plain inputs and their ranges."""
        said = self.cleaned_data
        revenue: Money = said["base_revenue"]
        names = ("growth", "royalty_rate", "tax_rate", "discount_rate", "discounting", "years")
        inputs = {"base_revenue": revenue.plain(), **{name: said[name] for name in names}}
        if legal_years_left is not None:
            inputs["legal_years_left"] = str(legal_years_left)
        if said["amortisation_years"]:
            inputs["tab"] = {"amortisation_years": said["amortisation_years"]}
        ranges = {name: (_of(said[f"{name}_low"]), _of(said[f"{name}_high"])) for name in RANGED if said[f"{name}_low"]}
        return {"method": METHOD, "inputs": inputs, "ranges": ranges, "currency": revenue.currency}

    def about(self) -> dict[str, Any]:
        """What else an appraisal keeps: days, purpose, premise, and where the inputs come from."""
        said = self.cleaned_data
        names = ("key", "purpose", "premise", "valuation_date", "valid_until")
        sources = {name: said[f"{name}_source"] for name in ("revenue", "royalty", "discount")}
        return {**{name: said[name] for name in names}, "sources": sources}


def first(today: date, until: date) -> dict[str, Any]:
    """What an empty form says."""
    return {"key": uuid4(), "valuation_date": today, "valid_until": until}


def again(kept: Appraisal, today: date, until: date) -> dict[str, Any]:
    """What the form of the version after `kept` says at first."""
    inputs = kept.inputs
    said = {
        name: inputs[name] for name in ("growth", "royalty_rate", "tax_rate", "discount_rate", "discounting", "years")
    }
    for name, (low, high) in kept.ranges.items():
        said |= {f"{name}_low": _percent(Decimal(low)), f"{name}_high": _percent(Decimal(high))}
    return {
        **first(today, until),
        **said,
        "base_revenue": Money.parse(inputs["base_revenue"], kept.currency),
        "amortisation_years": inputs.get("tab", {}).get("amortisation_years"),
        "purpose": kept.purpose,
        "premise": kept.premise,
        **{f"{name}_source": told for name, told in kept.sources.items()},
    }


def _of(percent: str) -> Decimal:
    return Rate.percent(percent.removesuffix("%")).value


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"
