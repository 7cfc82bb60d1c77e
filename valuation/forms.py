"""The workbench's form, drawn from what a method asks for: every input with its unit, its range and where it comes from."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from market.kernel.money import EXPONENTS
from valuation.labels import INPUTS, headed
from valuation.labels.choices import CHOICES
from valuation.methods import plain
from valuation.methods.amounts import Rate
from valuation.methods.asked import Asked, Kind, inputs, plain_of, text_of
from valuation.methods.errors import ValuationError
from valuation.models import Appraisal

MOST_YEARS = 50
MOST_TYPED = 20_000  # 200 comparables fit
# What the page itself knows: the right's legal end, the base date, the currency; and a count of rows given beside it.
KNOWN = frozenset({"legal_years_left", "valuation_date", "currency", "life_years"})
_UNITS = {Kind.RATE: "%", Kind.AMOUNT: _("an amount"), Kind.NUMBER: _("a number"), Kind.WHOLE: _("a whole number")}
_UNITS |= {Kind.COUNTS: _("counts, as all=30 in_force=12"), Kind.WORD: _("words")}


class InputField(forms.CharField):
    """One figure, or one a line, as a method asks for it; becomes the plain value that the method's JSON door reads."""

    def __init__(self, asked: Asked, **options: Any) -> None:
        self.asked = asked
        single = forms.TextInput({"type": "date"}) if asked.kind is Kind.DAY else forms.TextInput()
        widget = forms.Textarea({"rows": 4}) if asked.columns else single
        super().__init__(widget=widget, max_length=MOST_TYPED if asked.columns else 200, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A figure keyboard where one figure is typed, and no browser history."""
        single = not self.asked.columns and self.asked.kind in (Kind.AMOUNT, Kind.RATE, Kind.NUMBER, Kind.WHOLE)
        return {"autocomplete": "off"} | ({"inputmode": "decimal"} if single else {})

    def prepare_value(self, value: Any) -> Any:
        """A kept value as one would type it; anything typed stays as it was."""
        if isinstance(value, str):
            return value if self.asked.columns else value.removesuffix("%")
        return "" if value is None else text_of(self.asked, value)

    def to_python(self, value: Any) -> Any:
        """The plain value, seen to be what the method's type asks for; None when nothing was typed."""
        text = super().to_python(value)
        try:
            given = plain_of(self.asked, text or "")
            if given is not None:
                plain.read(self.asked.hint, given, self.asked.name, "CNY")
        except ValuationError as refused:
            raise forms.ValidationError(refused.message, refused.code) from refused
        return given


class Group(NamedTuple):
    """An input on the page: its own field, the ends of its range and its source where it has them."""

    field: BoundField
    low: BoundField | None
    high: BoundField | None
    source: BoundField | None


class WorkbenchForm(forms.Form):
    """What is common to all methods, and the inputs of one; `key` makes keeping twice the same as keeping once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    purpose = forms.ChoiceField(label=_("Purpose of the valuation"), choices=Appraisal.Purpose.choices)
    premise = forms.ChoiceField(label=_("Premise of value"), choices=Appraisal.Premise.choices)
    valuation_date = forms.DateField(label=_("Base date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    valid_until = forms.DateField(
        label=_("Valid until"),
        help_text=_("At most a year after the base date."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in EXPONENTS])

    def __init__(self, method: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.method = method
        self.common = list(self.fields)[1:]
        self.asked = [one for one in inputs(method) if one.name not in KNOWN]
        for one in self.asked:
            self.fields[one.name] = _field(one)
            if one.ranged:
                for end in ("low", "high"):
                    self.fields[f"{one.name}_{end}"] = InputField(
                        one,
                        label=format_lazy("{}{}{}", INPUTS[one.name], _(": "), _ENDS[end]),
                        help_text=_UNITS.get(one.kind, ""),
                        required=False,
                    )
            if one.sourced:
                self.fields[f"{one.name}_source"] = forms.CharField(
                    label=format_lazy("{}{}{}", INPUTS[one.name], _(": "), _("source")), max_length=200, required=False
                )

    def about_fields(self) -> Iterator[BoundField]:
        """The fields common to all methods."""
        return (self[name] for name in self.common)

    def groups(self) -> Iterator[Group]:
        """The method's inputs, each with its range and source."""
        for one in self.asked:
            rest = (self[name] if (name := f"{one.name}_{part}") in self.fields else None for part in _PARTS)
            yield Group(self[one.name], *rest)

    def clean(self) -> dict[str, Any]:
        """Each range has both ends or none, and holds the value."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for one in self.asked:
            if one.ranged:
                self._clean_range(one, said)
        return said

    def _clean_range(self, one: Asked, said: Mapping[str, Any]) -> None:
        low, value, high = (said.get(name) for name in (f"{one.name}_low", one.name, f"{one.name}_high"))
        if (low is None) is not (high is None):
            self.add_error(
                f"{one.name}_{'high' if high is None else 'low'}", _("Give both ends of the range, or none.")
            )
        elif None not in (low, value, high) and not number(one, low) <= number(one, value) <= number(one, high):
            self.add_error(f"{one.name}_low", _("The range must hold the value: at least, likely, at most."))

    def terms(self, legal_years_left: Decimal | None) -> dict[str, Any]:
        """What `actions.keep` and `rules.work` ask for: the method, its plain inputs and their ranges."""
        said = self.cleaned_data
        given = {one.name: _empty(one) if said[one.name] in (None, "") else said[one.name] for one in self.asked}
        told = {
            one.name: given[one.name] for one in self.asked if one.required or given[one.name] not in (None, {}, [])
        }
        if "tab" in told:
            told["tab"] = {"amortisation_years": told["tab"]}
        names = {one.name: one for one in inputs(self.method)}
        if legal_years_left is not None and "legal_years_left" in names:
            told["legal_years_left"] = str(legal_years_left)
        if "valuation_date" in names:
            told["valuation_date"] = said["valuation_date"].isoformat()
        ranges = {
            one.name: (number(one, said[f"{one.name}_low"]), number(one, said[f"{one.name}_high"]))
            for one in self.asked
            if one.ranged and said[f"{one.name}_low"] is not None
        }
        return {"method": self.method, "inputs": told, "ranges": ranges, "currency": said["currency"]}

    def about(self) -> dict[str, Any]:
        """What else an appraisal keeps: days, purpose, premise, and where the inputs come from."""
        said = self.cleaned_data
        names = ("key", "purpose", "premise", "valuation_date", "valid_until")
        sources = {one.name: told for one in self.asked if (told := said.get(f"{one.name}_source"))}
        return {**{name: said[name] for name in names}, "sources": sources}


class KeptForm(WorkbenchForm):
    """The same form where the value is to be kept: every figure says where it comes from."""

    def clean(self) -> dict[str, Any]:
        """A figure without a source is told on the source."""
        said = super().clean()
        for one in self.asked:
            if one.sourced and said.get(one.name) is not None and not said.get(f"{one.name}_source"):
                self.add_error(f"{one.name}_source", _("Say where this comes from before you keep it."))
        return said


_ENDS = {"low": _("at least"), "high": _("at most")}
_PARTS = ("low", "high", "source")


def _field(asked: Asked) -> forms.Field:
    label: Any = INPUTS[asked.name]
    unit = _UNITS.get(asked.kind, "")
    if asked.kind is Kind.YES_NO:
        return forms.BooleanField(label=label, required=False)
    if asked.kind is Kind.CHOICE:
        choices = [(one, CHOICES[one]) for one in asked.choices if one != "exact_days"]
        widget = forms.RadioSelect if asked.required else forms.Select
        return forms.ChoiceField(
            label=label,
            choices=choices if asked.required else [("", "—"), *choices],
            required=asked.required,
            widget=widget,
        )
    if asked.name == "tab":
        return forms.IntegerField(
            label=label,
            help_text=_("For the tax benefit of that; leave it empty to count none."),
            min_value=1,
            max_value=MOST_YEARS,
            required=False,
        )
    if len(asked.columns) > 1:
        unit = format_lazy(
            "{}: {}", _("One a line, the columns apart by commas"), _listed([headed(one) for one in asked.columns])
        )
    elif asked.columns:
        unit = format_lazy("{}: {}", _("One a line"), unit)
    return InputField(asked, label=label, help_text=unit, required=asked.required and not asked.columns)


def _listed(words: list[Any]) -> Any:
    return format_lazy(", ".join(["{}"] * len(words)), *words)


def _empty(asked: Asked) -> Any:
    if asked.kind is Kind.YES_NO:
        return False
    return {} if asked.keyed else [] if asked.columns else None


def number(asked: Asked, given: Any) -> Decimal:
    """A single plain figure as a decimal: a rate as a fraction."""
    if asked.kind is Kind.RATE:
        return Rate.percent(given.removesuffix("%")).value
    return Decimal(given["amount"] if isinstance(given, Mapping) else given)


def first(today: date, until: date) -> dict[str, Any]:
    """What an empty form says."""
    return {"key": uuid4(), "valuation_date": today, "valid_until": until, "currency": "CNY"}


def again(kept: Appraisal, today: date, until: date) -> dict[str, Any]:
    """What the form of the version after `kept` says at first."""
    said = {**kept.inputs, "tab": kept.inputs.get("tab", {}).get("amortisation_years")}
    rates = {one.name for one in inputs(kept.method) if one.kind is Kind.RATE}
    for name, ends in kept.ranges.items():
        for part, end in zip(("low", "high"), ends, strict=True):
            said[f"{name}_{part}"] = _percent(Decimal(end)) if name in rates else end
    return {
        **first(today, until),
        **said,
        "currency": kept.currency,
        "purpose": kept.purpose,
        "premise": kept.premise,
        **{f"{name}_source": told for name, told in kept.sources.items()},
    }


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"
