"""What a payer fills in about a plan of dividend rights and about each period."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from market.documents.uploads import Upload
from market.equity.dividends.models import DividendPlan
from market.equity.forms import EquityForm, HoldersField, PartsField, day_field, file_field
from market.kernel.forms import MoneyField
from market.parties.queries import agencies


class PlanForm(EquityForm):
    """A plan: of what, how much, for whom, until when."""

    places: ClassVar[Mapping[str, str]] = {
        "equity.not_whole": "beneficiaries",
        "equity.twice": "beneficiaries",
        "dividend.dates": "until",
    }

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    title = forms.CharField(label=_("What the plan is called"), max_length=160)
    agency: Any = forms.ModelChoiceField(label=_("Agency"), queryset=None, help_text=_("The money passes through it."))
    base = forms.ChoiceField(label=_("A part of what"), choices=DividendPlan.Base)
    part = PartsField(label=_("Which part"), help_text=_("As 1/5 or 20%."))
    cap = MoneyField(label=_("At most, in all periods together"), required=False)
    since = day_field(_("Since"))
    until = day_field(_("Until"), required=False)
    months = forms.TypedChoiceField(label=_("Declared every"), choices=DividendPlan.Every, coerce=int, initial=12)
    beneficiaries = HoldersField(
        label=_("Who shares in it"),
        help_text=_("A line each: the number here (P-…), a blank, the part as 3/5 or 60%. Together one."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["agency"]
        field.queryset = agencies()


class DeclareForm(EquityForm):
    """What a period came to."""

    places: ClassVar[Mapping[str, str]] = {"equity.paper": "file"}

    base = MoneyField(
        label=_("What the base came to"), help_text=_("A loss is nothing: leave it empty."), required=False
    )
    file = file_field(_("Evidence: the accounts it is taken from"))

    def evidence(self) -> Upload | None:
        """The file."""
        return Upload.of(self.cleaned_data["file"])
