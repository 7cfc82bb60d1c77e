"""What people fill in who negotiate: an offer with its terms, why they decline, and the seller's floor."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from market.deals.negotiation import documents
from market.deals.terms.documents import Document, price_of
from market.deals.terms.forms import TermsForm
from market.deals.terms.versions import check_bars, check_paid
from market.kernel.errors import Refused
from market.kernel.forms import Answering, MoneyField
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.offers.actions import Proposal
from market.listings.offers.models import Offer
from market.listings.offers.rules import RuleSet

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "offer.asking": "amount",
    "offer.not_higher": "amount",
    "offer.not_lower": "amount",
    "offer.currency": "amount",
    "offer.validity": "valid_h",
}


def _span(hours: int) -> str:
    """So many hours in words: whole days from one on."""
    days = hours // 24
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _message() -> forms.CharField:
    return forms.CharField(
        label=_("Message to the other side"),
        help_text=_("Not part of the contract."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Binding(Answering):
    """What every offer says: for how long it binds, a message, and the `key` that makes a repeat the same offer."""

    places = FIELDS

    valid_h = forms.TypedChoiceField(label=_("The offer binds for"), coerce=int)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def bind(self, ruleset: RuleSet) -> None:
        """Offer the periods the rule set knows, and a fresh key."""
        self.fields["valid_h"].choices = [(hours, _span(hours)) for hours in ruleset.valid_h]  # type: ignore[attr-defined]
        self.initial = {**self.initial, "valid_h": ruleset.valid_h[0], "key": uuid4()}


class OfferForm(Binding):
    """An offer to take over the right: the sum and what else is agreed."""

    amount = MoneyField(label=documents.LABELS["amount"])
    sign_days = forms.TypedChoiceField(label=documents.LABELS["sign_days"], coerce=int)
    pay_days = forms.TypedChoiceField(label=documents.LABELS["pay_days"], coerce=int)
    conditions = forms.CharField(
        label=documents.LABELS["conditions"],
        help_text=_("What else is to be agreed, such as training or documents. It becomes part of the contract."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    message = _message()
    field_order = ("amount", "valid_h", "sign_days", "pay_days", "conditions", "message")

    def __init__(
        self,
        ruleset: RuleSet,
        data: Any = None,
        *,
        currency: str,
        before: Offer | None = None,
        asking: Money | None,
    ) -> None:
        known: dict[str, Any] = {"amount": asking if ruleset.at_asking else None}
        known |= dict.fromkeys(documents.STEPS, documents.USUAL_DAYS)
        if before is not None:
            known |= {"amount": before.amount} | {name: before.terms[name] for name in TERMS if name in before.terms}
        super().__init__(data, initial=known)
        self.bind(ruleset)
        amount = self.fields["amount"]
        amount.currency = currency  # type: ignore[attr-defined]
        if ruleset.at_asking:
            amount.widget.attrs["readonly"] = True
        for name in documents.STEPS:
            self.fields[name].choices = [(days, days) for days in documents.DAYS_CHOICES]  # type: ignore[attr-defined]

    def proposal(self) -> Proposal:
        """What was filled in, as the action takes it."""
        said = self.cleaned_data
        terms = documents.assignment(**{name: said[name] for name in TERMS})
        return Proposal(said["amount"], said["valid_h"], said["key"], terms, said["message"])


TERMS = ("sign_days", "pay_days", "conditions")


class LicenceOfferForm(Binding, TermsForm):
    """An offer to take a licence: its terms, whose sums paid into escrow on signing are what is offered; nothing where it is
    paid for in royalties alone."""

    message = _message()
    SECTIONS: Any = (*TermsForm.SECTIONS, (_("The offer"), ("valid_h", "message"), ""))

    def __init__(self, ruleset: RuleSet, data: Any = None, *, base: Document, currency: str) -> None:
        super().__init__(base, data, currency=currency)
        self.bind(ruleset)

    def clean(self) -> dict[str, Any]:
        """The terms, with something to be paid and nothing that bars a contract."""
        data = super().clean()
        if self.written is not None:
            try:
                check_paid(self.written)
                check_bars(self.written)
            except Refused as refused:
                self.add_error(None, sentence(refused))
        return data

    def proposal(self) -> Proposal:
        """What was filled in, as the action takes it."""
        said, terms = self.cleaned_data, self.document()
        return Proposal(price_of(terms, self.currency), said["valid_h"], said["key"], terms, said["message"])


class SeenForm(forms.Form):
    """Which version somebody answers: the hash of what was read."""

    seen = forms.RegexField(r"[0-9a-f]{64}", widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why, if you want to say so"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FloorForm(forms.Form):
    """Below what offers are declined at once; empty for no floor."""

    floor = MoneyField(
        label=_("Decline at once below"),
        help_text=_("Nobody is told the amount, or that there is one. Leave it empty to look at every offer yourself."),
        required=False,
    )
