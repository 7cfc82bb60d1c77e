"""What an agency enters about a right it has verified: burdens, their end, the office's state, and the paper for each."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.forms import MoneyField
from market.kernel.typed import plain
from market.listings.forms.fields import DAY
from market.rights.models import Encumbrance, Right
from market.rights.rules.foreign import OFFICES
from market.rights.rules.granting import ECONOMIC
from market.rights.rules.grants import ACTS, EVERYTHING, all_but, only

SCOPES = [("", _("Worldwide")), ("only", _("Only in")), ("except", _("Everywhere except in"))]
ACT_WORDS = {
    "make": _("make"),
    "use": _("use"),
    "offer": _("offer for sale"),
    "sell": _("sell"),
    "import": _("import"),
    "reproduction": _("reproduction"),
    "distribution": _("distribution"),
    "rental": _("rental"),
    "exhibition": _("exhibition"),
    "performance": _("performance"),
    "projection": _("projection"),
    "broadcasting": _("broadcasting"),
    "communication": _("communication through networks"),
    "filming": _("filming"),
    "adaptation": _("adaptation"),
    "translation": _("translation"),
    "compilation": _("compilation"),
    "other": _("other economic rights"),
}
_CODES = re.compile(r"[^A-Z]+")


class PaperForm(forms.Form):
    """A form whose entry may bring the paper it stands on."""

    file = forms.FileField(
        label=_("The office's paper"), required=False, help_text=_("PDF, PNG, JPEG or ZIP, at most 20 MB.")
    )


class BurdenForm(PaperForm):
    """A burden the office's register shows; a licence with its grade and what it covers, a pledge with its debt."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Encumbrance.Kind.choices)
    in_favour_of = forms.CharField(label=_("In favour of"), max_length=160)
    number = forms.CharField(label=_("Register or case number"), max_length=60, required=False)
    since = forms.DateField(label=_("Begins on"), widget=DAY)
    until = forms.DateField(label=_("Ends on"), widget=DAY, required=False)
    debt = MoneyField(label=_("Secured debt (yuan)"), required=False, help_text=_("Of a pledge."))
    grade = forms.ChoiceField(
        label=_("Grade of the licence"),
        choices=[("", _("Not stated: ordinary by law")), *Encumbrance.Grade.choices],
        required=False,
    )
    scope = forms.ChoiceField(label=_("Territory of the licence"), choices=SCOPES, required=False)
    territory = forms.CharField(
        label=_("Countries"), max_length=400, required=False, help_text=_("Two letters each, for example CN, US.")
    )
    fields_of_use = forms.MultipleChoiceField(
        label=_("Fields of use"),
        choices=Right.Industry.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: all fields."),
    )
    acts = forms.MultipleChoiceField(
        label=_("Acts"), widget=forms.CheckboxSelectMultiple, required=False, help_text=_("None ticked: all acts.")
    )

    field_order = [  # the paper last
        *("kind", "in_favour_of", "number", "since", "until", "debt", "grade", "scope", "territory", "fields_of_use"),
        *("acts", "file"),
    ]

    def __init__(self, right: Right, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        acts = ECONOMIC if right.kind == Right.Kind.COPYRIGHT else [act for act in ACTS if act not in ECONOMIC]
        self.fields["acts"].choices = [(act, ACT_WORDS[act]) for act in acts]  # type: ignore[attr-defined]

    def clean_territory(self) -> list[str]:
        """The countries' codes."""
        codes = [code for code in _CODES.split(plain(self.cleaned_data["territory"])) if code]
        wrong = [code for code in codes if code not in OFFICES]
        if wrong:
            raise forms.ValidationError(_("%(code)s is no country or office.") % {"code": wrong[0]})
        return codes

    def clean(self) -> dict[str, Any]:
        """A burden ends after it began."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("It ends before it begins. Check both days."))
        if data.get("scope") and not data.get("territory") and "territory" not in self.errors:
            self.add_error("territory", _("Name the countries, or choose worldwide."))
        return data

    def burden(self) -> dict[str, Any]:
        """What was typed, as the action takes it: a debt belongs to a pledge, grade and scope to a licence."""
        data = self.cleaned_data
        said = {name: data[name] for name in ("kind", "in_favour_of", "number", "since", "until")}
        if data["kind"] == Encumbrance.Kind.PLEDGE and data["debt"]:
            said |= {"debt_minor": data["debt"].minor, "currency": data["debt"].currency}
        if data["kind"] == Encumbrance.Kind.LICENCE:
            scope = {"only": only, "except": all_but}.get(data["scope"])
            said["grade"] = data["grade"]
            said["territory"] = scope(*data["territory"]) if scope else EVERYTHING
            said["fields"] = only(*data["fields_of_use"]) if data["fields_of_use"] else EVERYTHING
            said["acts"] = only(*data["acts"]) if data["acts"] else EVERYTHING
        return said


class ReleaseForm(PaperForm):
    """The day a burden ended, and the paper that proves it."""

    burden = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Released on"), widget=DAY)
    field_order = ["burden", "on", "file"]

    def clean_on(self) -> Any:
        """Not a day to come."""
        if self.cleaned_data["on"] > clock.today():
            raise forms.ValidationError(_("This day lies ahead. Check the year."))
        return self.cleaned_data["on"]


class DaysForm(PaperForm):
    """The last day in force and, of a patent, the day until which its fees are paid, as the office shows them."""

    expires_on = forms.DateField(label=_("Last day in force"), widget=DAY, required=False)
    annuity_paid_to = forms.DateField(label=_("Fees paid until"), widget=DAY, required=False)
    source = forms.CharField(
        label=_("Where it was read"), max_length=120, help_text=_("The gazette's issue or the notice's number.")
    )
    field_order = ["expires_on", "annuity_paid_to", "source", "file"]

    def __init__(self, right: Right, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["expires_on"].initial = right.expires_on
        if right.kind == Right.Kind.PATENT:
            self.fields["annuity_paid_to"].initial = right.patent.annuity_paid_to
        else:
            del self.fields["annuity_paid_to"]


class DayForm(forms.Form):
    """The day the register is to be read as of."""

    on = forms.DateField(label=_("Day"), widget=DAY)


class StateForm(PaperForm):
    """Another state of the right, as the office shows it, and where it was read."""

    state = forms.ChoiceField(label=_("The office shows"))
    source = forms.CharField(
        label=_("Where it was read"), max_length=120, help_text=_("The gazette's issue or the notice's number.")
    )
    field_order = ["state", "source", "file"]

    def __init__(self, right: Right, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reachable = Right.MOVES.get(right.state, frozenset())
        self.fields["state"].choices = [one for one in Right.State.choices if one[0] in reachable]  # type: ignore[attr-defined]
