"""What the agency fills in about a filing: one form for each step of its walk."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.documents.uploads import Upload
from market.filings.models import Filing
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
    "filing.before_declaration": "on",
    "filing.before_notice": "on",
    "filing.before_submission": "on",
    "file.type": "file",
    "file.size": "file",
    "file.empty": "file",
}
# The day that counts, by the kind of right (R19): how the form asks for it, and why.
DECIDED: Mapping[str, tuple[Any, Any]] = {
    "open": (
        _("Announced on"),
        _("The day of the office's announcement. The open licence begins, or ends, on it (Patent Law, article 50)."),
    ),
    "patent": (
        _("Registered on"),
        _("The day of registration in the office's notice. Title passes on it (Patent Law, article 10)."),
    ),
    "trademark": (
        _("Gazetted on"),
        _("The day of the gazette that publishes the assignment. Title passes on it (Trademark Law, article 42)."),
    ),
    "copyright": (
        _("Recorded on"),
        _("The day on the certificate of recordal. Title passed with the contract (Copyright Law, article 27)."),
    ),
    "ic_layout": (
        _("Registered on"),
        _("The day of registration in the office's notice. Title passes on it (Regulations on Layout Designs)."),
    ),
    "plant_variety": (
        _("Registered on"),
        _("The day of registration in the authority's notice. Title passes on it (Regulations on Plant Varieties)."),
    ),
}


def _day(label: Any, help_text: Any = "", **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, widget=widget, **more)


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)


def _file(label: Any, **more: Any) -> forms.FileField:
    widget = forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})
    return forms.FileField(label=label, allow_empty_file=True, help_text=_("PDF, PNG or JPG."), widget=widget, **more)


class StepForm(forms.Form):
    """A step of the walk: shows a refusal at the field it is about and keeps everything typed."""

    paper = "document"  # what the actions call the file

    def __init__(self, filing: Filing, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.filing = filing

    def add_error(self, field: str | None, error: Any) -> None:
        """Note what is wrong; and that a good file has to be chosen again, for no page may do that for its reader."""
        super().add_error(field, error)
        sent = self.files.get(self.add_prefix("file"))
        if sent is not None and "file" in self.fields and field != "file":
            self["file"].help_text = _("Choose “%(name)s” again: browsers do not keep it. PDF, PNG or JPG.") % {
                "name": sent.name
            }

    def refuse(self, refused: Refused) -> None:
        """Put the refusal's sentence where it belongs."""
        field = FIELDS.get(refused.code)
        self.add_error(field if field in self.fields else None, sentence(refused))

    def said(self) -> dict[str, Any]:
        """The step's arguments as the actions take them; a file becomes an Upload."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "compared"}
        if "file" in values:
            sent = values.pop("file")
            values[self.paper] = Upload.of(sent)
        return values


class SubmitForm(StepForm):
    """The pack was handed in."""

    number = forms.CharField(label=_("Office file number"), help_text=_("As on the office's receipt."))
    on = _day(_("Handed in on"), initial=clock.today)


class CorrectForm(StepForm):
    """The office asks for a correction."""

    note = _text(_("What the office asks"))
    due_on = _day(_("To be answered by"), _("The deadline in the office's notice."))
    file = _file(_("The office's notice"), required=False)


class ResubmitForm(StepForm):
    """The correction, or a new application after a refusal, was handed in."""

    number = forms.CharField(label=_("Office file number"))
    on = _day(_("Handed in on"), initial=clock.today)
    note = _text(_("What was corrected"), required=False)
    file = _file(_("What was handed in"), required=False)

    def __init__(self, filing: Filing, *args: Any, **more: Any) -> None:
        super().__init__(filing, *args, **more)
        if filing.state == Filing.State.CORRECTION:
            self.fields["number"].required = False
            self.fields["number"].help_text = _("Leave it empty if it is still %(number)s.") % {
                "number": filing.office_number
            }


class AcceptForm(StepForm):
    """The office recorded the change."""

    paper = "certificate"

    number = forms.CharField(label=_("Number of the certificate or notice"))
    on = _day(_("Recorded on"))
    file = _file(_("The office's certificate or notice"))
    compared = forms.BooleanField(
        label=_("The number and the day are those of the attached paper. The seller is paid on this entry."),
        error_messages={"required": _("Compare both with the paper, then tick the sentence.")},
    )

    def __init__(self, filing: Filing, *args: Any, **more: Any) -> None:
        super().__init__(filing, *args, **more)
        self.fields["on"].label, self.fields["on"].help_text = DECIDED[filing.kind]
        if filing.declaration is not None:
            self.fields["compared"].label = _("The number and the day are those of the attached paper.")


class RefuseForm(StepForm):
    """The office refused."""

    note = _text(_("Why the office refused"))
    file = _file(_("The office's decision"), required=False)


class WithdrawForm(StepForm):
    """The agency took the filing back."""

    note = _text(_("What was withdrawn, when and how"))
    file = _file(_("The office's acknowledgement"), required=False)


FORMS: dict[str, type[StepForm]] = {
    steps.SUBMIT: SubmitForm,
    steps.CORRECT: CorrectForm,
    steps.RESUBMIT: ResubmitForm,
    steps.ACCEPT: AcceptForm,
    steps.REFUSE: RefuseForm,
    steps.WITHDRAW: WithdrawForm,
}
