"""What people fill in about open licences: the declaration."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.deals.open_licences.rules import MOST_YEARS
from market.kernel.forms import Answering, MoneyField
from market.parties.models import Party
from market.rights.models import Right

FIELDS = {
    "open.advertising": "remarks",
    "open.years": "years",
}


class DeclareForm(Answering):
    """Which patent, through which agency, what a licence costs and how long it lasts (专利法实施细则 85)."""

    places = FIELDS

    right = forms.ChoiceField(label=_("Patent"))
    fee = MoneyField(label=_("Fee of a licence (yuan)"), help_text=_("Paid in one sum. The same for everybody."))
    years = forms.IntegerField(label=_("Years a licence lasts"), min_value=1, max_value=MOST_YEARS)
    remarks = forms.CharField(
        label=_("Other"),
        required=False,
        max_length=500,
        help_text=_("No advertising (Implementing Regulations of the Patent Law, article 85)."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agency = forms.ChoiceField(label=_("Agency that administers it"))

    def __init__(self, *args: Any, rights: Iterable[Right], agencies: Iterable[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        self.rights = {right.code: right for right in rights}
        self.agencies = {party.code: party for party in agencies}
        self.fields["right"].choices = [(code, str(right)) for code, right in self.rights.items()]  # type: ignore[attr-defined]
        self.fields["agency"].choices = [(code, str(party)) for code, party in self.agencies.items()]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What `actions.declare` takes."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("fee", "years", "remarks")}
        return kept | {"right": self.rights[data["right"]], "agency": self.agencies[data["agency"]]}
