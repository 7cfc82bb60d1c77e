"""What the agency fills in about a filing: one form for each step of its walk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.filings.actions import Upload
from market.filings.rules import steps
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "filing.number_missing": "number",
    "filing.number_long": "number",
    "filing.note_missing": "note",
    "filing.note_long": "note",
    "filing.no_certificate": "file",
    "filing.due_early": "due_on",
    "filing.date_ahead": "on",
    "filing.before_contract": "on",
    "filing.before_notice": "on",
    "filing.before_submission": "on",
    "file.type": "file",
    "file.size": "file",
    "file.empty": "file",
}


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, widget=widget, initial=clock.today)


def _file(label: Any, *, required: bool) -> forms.FileField:
    return forms.FileField(label=label, required=required, allow_empty_file=True, help_text=_("PDF, PNG or JPG."))


class StepForm(forms.Form):
    """A step of the walk: shows a refusal at the field it is about and keeps everything typed."""

    def refuse(self, refused: Refused) -> None:
        """Put the refusal's sentence where it belongs."""
        field = FIELDS.get(refused.code)
        self.add_error(field if field in self.fields else None, sentence(refused))

    def said(self) -> dict[str, Any]:
        """The step's arguments as the actions take them; a file becomes an Upload."""
        values = dict(self.cleaned_data)
        if "file" in values:
            sent = values.pop("file")
            name = "certificate" if isinstance(self, AcceptForm) else "document"
            values[name] = Upload(sent.name, sent.read()) if sent else None
        return values


class SubmitForm(StepForm):
    """The pack was handed in."""

    number = forms.CharField(label=_("Office file number"), required=False)
    on = _day(_("Handed in on"))


class CorrectForm(StepForm):
    """The office asks for a correction."""

    note = forms.CharField(label=_("What the office asks"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    due_on = _day(_("To be answered by"), _("The deadline in the office's notice."))
    file = _file(_("The office's notice"), required=False)


class ResubmitForm(StepForm):
    """The correction, or a new application after a refusal, was handed in."""

    number = forms.CharField(label=_("Office file number"), required=False)
    on = _day(_("Handed in on"))
    note = forms.CharField(label=_("What was corrected"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = _file(_("What was handed in"), required=False)


class AcceptForm(StepForm):
    """The office recorded the change."""

    number = forms.CharField(label=_("Number of the certificate or notice"), required=False)
    on = _day(_("Registered or gazetted on"), _("Title passes on this day, or with the contract for a copyright."))
    file = _file(_("The office's certificate or notice"), required=False)


class RefuseForm(StepForm):
    """The office refused."""

    note = forms.CharField(label=_("Why the office refused"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = _file(_("The office's decision"), required=False)


FORMS: dict[str, type[StepForm]] = {
    steps.SUBMIT: SubmitForm,
    steps.CORRECT: CorrectForm,
    steps.RESUBMIT: ResubmitForm,
    steps.ACCEPT: AcceptForm,
    steps.REFUSE: RefuseForm,
}
