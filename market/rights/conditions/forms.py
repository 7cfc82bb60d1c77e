"""What somebody fills in who answers for a condition: the answer, and what that answer needs."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.kernel.forms import Answering, MoneyField
from market.rights.conditions.actions import Paper
from market.rights.conditions.models import Condition
from market.rights.rules.conditions import ANSWERS, Kind

WORDS: Mapping[str, Promise] = {
    "agree": _("We agree to the transfer"),
    "refuse": _("We do not agree"),
    "waive": _("The inventors waive: they do not want to buy"),
    "claim": _("The inventors want to buy on these terms"),
    "publish": _("Name and intended price are published inside the institute"),
    "object": _("Somebody objected"),
    "settle": _("The objection is settled"),
    "free": _("Free: the technology is not in the catalogue"),
    "restricted": _("Restricted: an export licence is needed"),
    "licensed": _("The export licence is granted"),
    "prohibited": _("Prohibited for export"),
    "appraise": _("The right is appraised"),
    "floor": _("Three institutions could not value it, and a floor price was decided"),
}
DAYS: Mapping[str, Promise] = {
    Kind.PUBLICITY: _("Published since"),
    Kind.APPRAISAL: _("Base date of the appraisal"),
}
ABOUT: Mapping[str, Promise] = {Kind.APPRAISAL: _("The institutions that were consulted, one a line")}  # the remark
NEEDS = {"paper": "file", "day": "day", "value": "value", "remark": "remark"}  # what an answer needs, and its field
# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "condition.paper_missing": "file",
    "condition.day_missing": "day",
    "condition.day_ahead": "day",
    "condition.value_missing": "value",
    "condition.remark_missing": "remark",
    "file.type": "file",
    "file.size": "file",
    "file.empty": "file",
}


class AnswerForm(Answering):
    """The answers that may be given now, and a field for each thing one of them needs."""

    places = FIELDS

    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Signed paper"),
        allow_empty_file=True,
        required=False,
        help_text=_("PDF, PNG or JPG."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    day = forms.DateField(required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    value = MoneyField(label=_("Appraised value, or the floor that was decided"), required=False)
    remark = forms.CharField(
        label=_("Why, or what else the other side has to know"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, condition: Condition, may: Iterable[str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        may = list(may)
        self.fields["answer"].choices = [(one, WORDS[one]) for one in may]  # type: ignore[attr-defined]
        for need, name in NEEDS.items():
            asking = [one for one in may if need in ANSWERS[Kind(condition.kind)][one].needs]
            field = self.fields[name]
            field.required = bool(may) and len(asking) == len(may)
            if not asking and name != "remark":
                del self.fields[name]
            elif asking and not field.required:
                wanted = gettext("Needed for: %(answers)s.") % {"answers": ", ".join(str(WORDS[one]) for one in asking)}
                field.help_text = f"{wanted} {field.help_text}".strip()
        if "day" in self.fields:
            self.fields["day"].label = str(DAYS[Kind(condition.kind)])
        if condition.kind in ABOUT:
            self.fields["remark"].label = str(ABOUT[Kind(condition.kind)])
        if len(may) == 1:
            self.fields["answer"].initial = may[0]

    def said(self) -> dict[str, Any]:
        """The answer as the action takes it."""
        values = dict(self.cleaned_data)
        sent = values.pop("file", None)
        values["paper"] = Paper(sent.name, sent.read(), sent.content_type or "") if sent else None
        return values
