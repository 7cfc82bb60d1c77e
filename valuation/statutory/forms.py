"""What the client says to engage an institution, what the institution says of its report, and an appraiser's signature."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from market.kernel.forms import MoneyField
from market.parties.models import Party
from market.rights.conditions.actions import Paper
from valuation.purposes import Premise, Purpose

_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class EngageForm(forms.Form):
    """Which institution, for what."""

    institution: "forms.ModelChoiceField[Party]" = forms.ModelChoiceField(
        label=_("Appraisal institution"), queryset=None, to_field_name="code", empty_label=_("Choose an institution")
    )
    purpose = forms.ChoiceField(label=_("Purpose of the valuation"), choices=Purpose.choices)

    def __init__(self, institutions: QuerySet[Party], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """The report's own words, and its file."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    number = forms.CharField(label=_("Number of the report"), max_length=60)
    premise = forms.ChoiceField(label=_("Premise of value"), choices=Premise.choices)
    methods = forms.CharField(
        label=_("Methods"), max_length=200, help_text=_("At least two, or why only one was possible.")
    )
    valuation_date = forms.DateField(label=_("Base date"), widget=_DAY)
    valid_until = forms.DateField(
        label=_("Valid until"), help_text=_("At most a year after the base date."), widget=_DAY
    )
    value = MoneyField(label=_("Appraised value (yuan)"))
    file = forms.FileField(label=_("The report as PDF"))

    def said(self) -> dict[str, Any]:
        """What `actions.give` takes."""
        told = dict(self.cleaned_data)
        file = told.pop("file")
        return {**told, "paper": Paper(file.name, file.read(), file.content_type or "")}


class SignForm(forms.Form):
    """An appraiser's name and certificate."""

    name = forms.CharField(label=_("Name of the appraiser"), max_length=60)
    certificate = forms.CharField(
        label=_("Certificate number"), max_length=30, help_text=_("As registered with the China Appraisal Society.")
    )
    agree = forms.BooleanField(label=_("I am this appraiser, made this appraisal and sign the report."))
