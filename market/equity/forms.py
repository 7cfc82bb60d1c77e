"""What contributor, company and agency fill in about a contribution: one form for each step."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.documents.uploads import Upload
from market.equity import queries
from market.equity.models import Contribution
from market.equity.rules import contributing, shares
from market.equity.rules.what_if import Round
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.forms import Answering, MoneyField
from market.kernel.words import sentence
from market.parties.models import Party
from market.parties.queries import agencies

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "affiliation.unknown": "company",
    "equity.not_company": "company",
    "equity.not_whole": "before",
    "equity.inventors_least": "inventors_part",
    "equity.inventors_missing": "inventors",
    "equity.report_validity": "valid_until",
    "equity.report_expired": "valid_until",
    "equity.over_report": "agreed",
    "equity.below_capital": "agreed",
    "equity.votes": "voted",
    "equity.waivers": "waived",
    "equity.due_on": "due_on",
    "equity.date_ahead": "on",
    "equity.before": "on",
    "equity.number": "number",
    "equity.legal": "legal_representative",
    "equity.grace": "until",
    "equity.not_due": "sent_on",
    "equity.disposal_day": "on",
    "equity.disposal_to": "to",
    "equity.pool": "part",
    "equity.cliff": "cliff_months",
    "equity.paper": "file",
    "file.type": "file",
    "file.size": "file",
    "file.empty": "file",
}


class PartsField(forms.CharField):
    """A part ("60%", "3/5"); empty is nothing."""

    def to_python(self, value: Any) -> Any:
        """The part, exactly."""
        return _read(shares.part_of, value) if str(value or "").strip() else Fraction(0)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No browser history."""
        return {"autocomplete": "off"}


class HoldersField(forms.CharField):
    """Holders with their parts, a line each."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> Any:
        """The rows."""
        return _read(shares.lines_of, value or "")


def _read(rule: Any, typed: Any) -> Any:
    try:
        return rule(str(typed))
    except Refused as refused:
        raise ValidationError(sentence(refused)) from refused


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


def file_field(label: Any) -> forms.FileField:
    """A paper as a file."""
    widget = forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})
    return forms.FileField(label=label, allow_empty_file=True, help_text=_("PDF, PNG or JPG."), widget=widget)


class EquityForm(Answering):
    """A form of this room: a refusal is shown at the field of that name."""

    places: ClassVar[Mapping[str, str]] = FIELDS


class ProposeForm(EquityForm):
    """What is contributed to whom, for which part, and who holds the company before."""

    right: Any = forms.ModelChoiceField(label=_("Right"), queryset=None)
    company = forms.CharField(label=_("Company"), help_text=_("Its credit code, or its number here (P-…)."))
    agency: Any = forms.ModelChoiceField(
        label=_("Agency"), queryset=None, help_text=_("It files the change of owner at the office.")
    )
    established_on = day_field(_("Company established on"))
    capital = MoneyField(label=_("Registered capital before"))
    before = HoldersField(
        label=_("Shareholders before"),
        help_text=_("A line each: the name, a blank, the part as 3/5 or 60%. With the option pool they make up one."),
    )
    pool = PartsField(label=_("Option pool before"), required=False)
    part = PartsField(label=_("Part of the company for the right"), help_text=_("Of the company after, as 1/5 or 20%."))
    inventors_part = PartsField(
        label=_("Part of the new shares for the inventors"),
        required=False,
        help_text=_(
            "A state unit gives the inventors of a service result at least half (Law on Promoting Transformation, article 45)."
        ),
    )
    inventors = HoldersField(
        label=_("Split among the inventors"),
        required=False,
        help_text=_("A line each, together one. Empty: those the office names, alike."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, party: Party, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, rows in (("right", queries.rights_of(party)), ("agency", agencies())):
            field: Any = self.fields[name]
            field.queryset = rows


class StepForm(EquityForm):
    """A step of the walk."""

    paper = ""  # what the action calls the file, "" where it takes none

    def __init__(self, found: Contribution, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.found = found

    def said(self) -> dict[str, Any]:
        """The step's arguments as the actions take them."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "compared"}
        sent = values.pop("file", None)
        if self.paper:
            values[self.paper] = Upload.of(sent)
        return values


class ValueForm(StepForm):
    """The appraisal report, and the value agreed on it."""

    paper = "report"

    institution = forms.CharField(label=_("Appraisal institution"), max_length=120)
    number = forms.CharField(label=_("Number of the report"), max_length=60)
    base_on = day_field(_("Base date"))
    valid_until = day_field(_("Valid until"), help_text=_("At most a year from the base date."))
    amount = MoneyField(label=_("Value it found"))
    agreed = MoneyField(
        label=_("Value agreed"), help_text=_("Not more than the report found (Company Law, article 48).")
    )
    file = file_field(_("The report"))


class ResolveForm(StepForm):
    """The shareholders' resolution."""

    paper = "resolution"

    on = day_field(_("Resolved on"), initial=clock.today)
    voted = forms.MultipleChoiceField(
        label=_("Voted for it"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least two thirds of the voting rights (Company Law, article 66)."),
    )
    waived = forms.MultipleChoiceField(
        label=_("Waived pre-emption in writing"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Every shareholder may take up new shares first (Company Law, article 227)."),
    )
    due_on = day_field(
        _("Title must have passed by"),
        help_text=_("At most five years after the resolution (Company Law, article 47)."),
    )
    file = file_field(_("The resolution with the waivers"))

    def __init__(self, found: Contribution, *args: Any, **more: Any) -> None:
        super().__init__(found, *args, **more)
        holders = [(row.holder, f"{row.holder} {row.part}") for row in queries.shareholders(found)]
        for name in ("voted", "waived"):
            field: Any = self.fields[name]
            field.choices = holders


class FileForm(StepForm):
    """The change was handed in."""

    number = forms.CharField(label=_("Office file number"), help_text=_("As on the office's receipt."))
    on = day_field(_("Handed in on"), initial=clock.today)


class RefuseForm(StepForm):
    """The office refused."""

    note = forms.CharField(label=_("Why the office refused"), widget=forms.Textarea(attrs={"rows": 3}))


class RecordForm(StepForm):
    """The office recorded the change."""

    paper = "certificate"

    on = day_field(_("Registered on"), help_text=_("Title passes to the company on this day."))
    file = file_field(_("The office's certificate or notice"))


class CertifyForm(StepForm):
    """The certificates are issued."""

    legal_representative = forms.CharField(label=_("Legal representative who signs"), max_length=60)


class CallForm(StepForm):
    """The written call."""

    paper = "notice"

    sent_on = day_field(_("Sent on"), initial=clock.today)
    until = day_field(
        _("Grace until"),
        initial=lambda: contributing.grace_until(clock.today()),
        help_text=_("At least sixty days from the day it is sent (Company Law, article 52)."),
    )
    file = file_field(_("The written call"))


class ForfeitForm(StepForm):
    """The notice of forfeiture."""

    paper = "notice"
    file = file_field(_("The notice of forfeiture"))


class DisposeForm(StepForm):
    """What became of the shares."""

    fate = forms.ChoiceField(label=_("What became of the shares"), choices=Contribution.Fate)
    to = forms.CharField(label=_("Transferred to"), required=False, max_length=120)
    on = day_field(_("On"), initial=clock.today)


class GrantForm(StepForm):
    """An option out of the pool."""

    holder = forms.CharField(label=_("Who gets it"), max_length=120)
    part = PartsField(label=_("Part of the company"))
    since = day_field(_("Vests from"), initial=clock.today)
    cliff_months = forms.IntegerField(label=_("Cliff, months"), min_value=0, max_value=120, initial=12)
    months = forms.IntegerField(label=_("Vests over, months"), min_value=1, max_value=120, initial=48)


class WithdrawForm(StepForm):
    """Nothing to fill in."""


FORMS: dict[str, type[StepForm]] = {
    contributing.VALUE: ValueForm,
    contributing.RESOLVE: ResolveForm,
    contributing.FILE: FileForm,
    contributing.REFUSE: RefuseForm,
    contributing.RECORD: RecordForm,
    contributing.CERTIFY: CertifyForm,
    contributing.CALL: CallForm,
    contributing.FORFEIT: ForfeitForm,
    contributing.DISPOSE: DisposeForm,
    contributing.GRANT: GrantForm,
    contributing.WITHDRAW: WithdrawForm,
}


class WhatIfForm(EquityForm):
    """A next round, and a SAFE that converts before it."""

    pre_money = MoneyField(label=_("Value before the round"))
    new_money = MoneyField(label=_("Money in the round"))
    safe = MoneyField(label=_("SAFE: invested"), required=False)
    cap = MoneyField(label=_("SAFE: cap after the money"), required=False)
    discount = PartsField(label=_("SAFE: discount"), required=False)

    def round(self) -> Round:
        """The round as the rules take it."""
        said = self.cleaned_data
        sums = {
            name: Fraction(said[name].minor if said[name] else 0) for name in ("pre_money", "new_money", "safe", "cap")
        }
        return Round(**sums, discount=said["discount"])
