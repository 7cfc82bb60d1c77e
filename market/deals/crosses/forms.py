"""What is filled in for a cross-licence: the two rights, what each licence grants, and who pays the balance."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from market.deals.terms import queries as terms
from market.deals.terms.fields import PlacesField
from market.deals.terms.labels import EXCLUSIVITY
from market.kernel import clock
from market.kernel.forms import Answering, MoneyField
from market.kernel.money import Money
from market.parties.models import Party
from market.rights.models import Right

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {"affiliation.unknown": "other", "licence.right": "taken", "deal.self": "other"}
NOBODY, PROPOSER, OTHER = "", "proposer", "other"


def _exclusivity(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(EXCLUSIVITY.items()))


def _places(label: Any) -> PlacesField:
    return PlacesField(
        label=label,
        max_length=200,
        initial=["CN"],
        help_text=_("Country codes like CN, JP; WORLD for the whole world."),
    )


def _until(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class CrossForm(Answering):
    """A cross-licence as its proposer writes it; `key` makes a repeat the same proposal."""

    places = FIELDS

    other = forms.CharField(
        label=_("Other side"), max_length=40, help_text=_("Public code (P-…) or unified social credit code.")
    )
    agency = forms.ChoiceField(label=_("Agency that administers it"))
    given = forms.ChoiceField(label=_("Your right"))
    given_exclusivity = _exclusivity(_("Your licence to them"))
    given_territory = _places(_("Where they may use it"))
    given_until = _until(_("Until when they may"))
    taken = forms.CharField(label=_("Number of their right"), max_length=60)
    taken_exclusivity = _exclusivity(_("Their licence to you"))
    taken_territory = _places(_("Where you may use it"))
    taken_until = _until(_("Until when you may"))
    payer = forms.ChoiceField(
        label=_("Who pays the balance"),
        required=False,
        choices=[(NOBODY, _("Nobody: the two are worth the same")), (PROPOSER, _("You")), (OTHER, _("The other side"))],
    )
    balance = MoneyField(label=_("Balance to pay"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rights: Iterable[Right], agencies: Iterable[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        self.rights = {right.code: right for right in rights}
        self.agencies = {party.code: party for party in agencies}
        self.fields["given"].choices = [(code, str(right)) for code, right in self.rights.items()]  # type: ignore[attr-defined]
        self.fields["agency"].choices = [(code, str(party)) for code, party in self.agencies.items()]  # type: ignore[attr-defined]
        self.initial = {**self.initial, "key": uuid4()}

    def clean(self) -> dict[str, Any]:
        """A balance has somebody who pays it, and the other way round."""
        data = super().clean() or {}
        if not self.errors and bool(data["payer"]) is not bool(data["balance"]):
            self.add_error("balance", _("Say how much the balance is and who pays it, or neither."))
        today = clock.today()
        for name in ("given_until", "taken_until"):
            if data.get(name) and data[name] <= today:
                self.add_error(name, _("The licence ends before it begins."))
        return data

    def said(self, proposer: Party, other: Party, taken: Right) -> dict[str, Any]:
        """What `actions.propose` takes."""
        data = self.cleaned_data
        given = self.rights[data["given"]]
        return {
            "proposer": proposer,
            "other": other,
            "agency": self.agencies[data["agency"]],
            "given": given,
            "taken": taken,
            "given_terms": self._terms("given", given, proposer, other, payer=OTHER),
            "taken_terms": self._terms("taken", taken, other, proposer, payer=PROPOSER),
            "key": data["key"],
        }

    def _terms(self, name: str, right: Right, licensor: Party, licensee: Party, *, payer: str) -> dict[str, Any]:
        """The terms of one of the two licences, for which the balance is paid where its licensee pays it."""
        data = self.cleaned_data
        price = data["balance"] if data["payer"] == payer else Money.zero("CNY")
        start = clock.today()
        usual = terms.standard(right=right, licensor=licensor, licensee=licensee, price=price, start=start)
        agreed = {part: data[f"{name}_{part}"] for part in ("exclusivity", "territory")}
        return {**usual, **agreed, "term": {"start": start.isoformat(), "end": data[f"{name}_until"].isoformat()}}


class DeclineForm(forms.Form):
    """Why somebody says no."""

    remark = forms.CharField(
        label=_("Why, if you want to say so"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
