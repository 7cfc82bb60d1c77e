"""What an agency enters about a right it has verified: burdens, their end, the office's state, consents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.listings.forms.right import DAY
from market.rights.models import Encumbrance, Right


class BurdenForm(forms.Form):
    """A burden the office's register shows."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Encumbrance.Kind.choices)
    in_favour_of = forms.CharField(label=_("In favour of"), max_length=160)
    number = forms.CharField(label=_("Register or case number"), max_length=60, required=False)
    since = forms.DateField(label=_("Begins on"), widget=DAY)
    until = forms.DateField(label=_("Ends on"), widget=DAY, required=False)

    def clean(self) -> dict[str, Any]:
        """A burden ends after it began."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("It ends before it begins. Check both days."))
        return data


class ReleaseForm(forms.Form):
    """The day a burden ended."""

    burden = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Released on"), widget=DAY)

    def clean_on(self) -> Any:
        """Not a day to come."""
        if self.cleaned_data["on"] > clock.today():
            raise forms.ValidationError(_("This day lies ahead. Check the year."))
        return self.cleaned_data["on"]


class DayForm(forms.Form):
    """The day the register is to be read as of."""

    on = forms.DateField(label=_("Day"), widget=DAY)


class StateForm(forms.Form):
    """Another state of the right, as the office shows it, and where it was read."""

    state = forms.ChoiceField(label=_("The office shows"))
    source = forms.CharField(
        label=_("Where it was read"), max_length=120, help_text=_("The gazette's issue or the notice's number.")
    )

    def __init__(self, right: Right, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reachable = Right.MOVES.get(right.state, frozenset())
        self.fields["state"].choices = [one for one in Right.State.choices if one[0] in reachable]  # type: ignore[attr-defined]
