"""What a unit fills in about the rewards of those who made its rights, and what these answer."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from market.documents.uploads import Upload
from market.equity.forms import EquityForm, HoldersField, PartsField, day_field, file_field
from market.equity.rewards import queries
from market.equity.rewards.models import RewardPlan
from market.kernel import clock
from market.kernel.forms import MoneyField
from market.parties.models import Party


class PlanForm(EquityForm):
    """A plan: on which ground, how much of what, shared by whom."""

    places: ClassVar[Mapping[str, str]] = {
        "equity.not_whole": "people",
        "equity.twice": "people",
        "equity.paper": "file",
        "affiliation.unknown": "people",
        "reward.holder": "right",
        "reward.taken": "right",
        "reward.years": "profit_years",
    }

    right: Any = forms.ModelChoiceField(label=_("Right"), queryset=None)
    ground = forms.ChoiceField(
        label=_("The terms stand on"),
        choices=RewardPlan.Ground,
        help_text=_("Where nothing was agreed, the law's terms hold and the four fields below are left empty."),
    )
    transfer_part = PartsField(label=_("Part of the net income from transfer and licence"), required=False)
    equity_part = PartsField(label=_("Part of the shares for a contribution"), required=False)
    profit_part = PartsField(label=_("Part of the yearly profit of own use"), required=False)
    award = MoneyField(label=_("Award for the grant"), required=False)
    profit_years = forms.IntegerField(label=_("Profit is shared for, years"), min_value=3, max_value=5, initial=5)
    people = HoldersField(
        label=_("Who made it"),
        help_text=_("A line each: the number here (P-…), a blank, the part as 3/5 or 60%. Together one."),
    )
    file = file_field(_("Contract or rule"))

    def __init__(self, unit: Party, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["right"]
        field.queryset = queries.rights_of(unit)
        self.fields["file"].required = False

    def paper(self) -> Upload | None:
        """The file, if one was sent."""
        return Upload.of(self.cleaned_data["file"])


class ObjectForm(EquityForm):
    """An objection."""

    places: ClassVar[Mapping[str, str]] = {"reward.note": "note"}

    note = forms.CharField(label=_("What is wrong with the plan"), widget=forms.Textarea(attrs={"rows": 3}))


class ForceForm(EquityForm):
    """The publicity is over."""

    places: ClassVar[Mapping[str, str]] = {"reward.note": "decision"}

    decision = forms.CharField(
        label=_("Decision on the objection"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProfitForm(EquityForm):
    """A year's profit of own use."""

    places: ClassVar[Mapping[str, str]] = {"reward.year": "year"}

    year = forms.IntegerField(label=_("Year"), min_value=1985, max_value=2999)
    earned = MoneyField(label=_("Operating profit from own use"))


class PayForm(EquityForm):
    """The unit paid a statement."""

    places: ClassVar[Mapping[str, str]] = {"equity.date_ahead": "on"}

    reward = forms.CharField(widget=forms.HiddenInput)
    on = day_field(_("Paid on"), initial=clock.today)
