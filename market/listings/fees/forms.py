"""Choosing a fee schedule, and publishing one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from market.kernel.errors import Refused
from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.fees import rules
from market.listings.fees.models import FeeSchedule
from market.listings.fees.words import terms

ZERO = Money.zero("CNY")


class ByAgency(ModelChoiceIterator):
    """The schedules under the name of their agency, so that one form serves for all of them without a script."""

    def __iter__(self) -> Any:
        """The empty choice, then a group an agency."""
        yield "", self.field.empty_label
        groups: dict[str, list[Any]] = {}
        for schedule in self.queryset:
            groups.setdefault(str(schedule.agency), []).append(self.choice(schedule))
        yield from groups.items()


class ScheduleChoice(forms.ModelChoiceField):
    """One of the schedules on offer for a side, told by its name and its terms."""

    iterator = ByAgency

    def __init__(self, side: FeeSchedule.Side, *, empty_label: Any) -> None:
        super().__init__(
            queryset=None,
            label=side.label,
            required=False,
            empty_label=empty_label,
            to_field_name="code",
        )

    def offer(self, schedules: QuerySet[FeeSchedule], kept: rules.Schedule | None) -> None:
        """Offer these, and begin with the one that is agreed already."""
        self.queryset, self.initial = schedules, kept.code if kept else ""

    def label_from_instance(self, schedule: FeeSchedule) -> str:
        """Its name, version and terms."""
        return f"{schedule}: {terms(schedule.fees)}"


class PublishForm(forms.Form):
    """A schedule as the agency types it."""

    side = forms.ChoiceField(label=_("Who pays it"), choices=FeeSchedule.Side.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("The same name again makes a new version of that schedule.")
    )
    rates = forms.CharField(
        label=_("Rates"),
        max_length=200,
        help_text=_("In percent. Tiers: 5; 1000000: 3 is 5 % up to one million, 3 % above."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    least = MoneyField(label=_("Least fee (yuan)"), required=False)
    most = forms.CharField(
        label=_("At most (percent of the price)"),
        max_length=6,
        initial="5",
        help_text=_("The least fee included. Above 5 only sales under a rule set that says so can use it."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """The schedule, as far as it can be read."""
        said = super().clean() or {}
        most = rules.rate(said.pop("most", ""))
        if most is None:
            self.add_error("most", _("Write a percentage, for example 5."))
        elif "rates" in said:
            try:
                said["fees"] = rules.read(said.pop("rates"), said.pop("least", None) or ZERO, most)
            except Refused as refused:
                self.add_error("rates", sentence(refused))
        return said
