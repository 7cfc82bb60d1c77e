"""What the agency enters before a settlement is posted: a pledgee's payoff letter, a fee laid out, a tax withheld."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.formats import money, percent
from market.kernel.forms import Answering, MoneyField
from market.kernel.words import sentence
from market.parties.access import party_by_code
from market.parties.models import Party
from market.payments.settlements import queries, taxes
from market.rights.models import Encumbrance

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "payment.date_ahead": "on",
    "claim.tax": "tax",
    "claim.amount": "amount",
    "claim.paper": "paper",
    "claim.holder": "holder",
    "claim.pledge_named": "pledge",
    "affiliation.unknown": "payee",
    "file.type": "paper",
    "file.size": "paper",
    "file.empty": "paper",
}


class ClaimForm(Answering):
    """What every claim has: its day, words about it, and its paper."""

    places = FIELDS

    on = forms.DateField(
        label=_("Date of the paper"),
        help_text=_("As on the paper, for example 2026-12-02."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=clock.today,
    )
    paper = forms.FileField(
        label=_("The paper itself"),
        help_text=_("PDF, PNG or JPG, at most 20 MB. The seller may read it, too."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, deal: Deal, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.deal, self.user = deal, user


def _note(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PledgeChoice(forms.ModelChoiceField):
    """A pledge, told by its pledgee, its number and the debt it secures."""

    def label_from_instance(self, pledge: Encumbrance) -> str:
        """Pledgee, registration number, secured debt."""
        return " · ".join(text for text in (pledge.in_favour_of, pledge.number, _debt(pledge)) if text)


def _debt(pledge: Encumbrance) -> str:
    return money(pledge.debt, "2") if pledge.debt else ""


class PayoffForm(ClaimForm):
    """The pledgee's payoff letter (民法典 444)."""

    pledge = PledgeChoice(label=_("Pledge"), queryset=None, empty_label=None)
    payee = forms.CharField(
        label=_("The pledgee on this market"),
        help_text=_("Its public code (P-…) or unified social credit code; the money goes to its account."),
        max_length=40,
    )
    keeps = forms.BooleanField(label=_("The pledgee keeps its pledge and is paid nothing of the price"), required=False)
    amount = MoneyField(label=_("Sum that releases the pledge"), required=False)
    note = _note(_("Terms of the pledgee's agreement"), _("In a few words, as in its paper."))

    field_order = ("pledge", "payee", "amount", "keeps", "note", "on", "paper")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["pledge"].queryset = queries.unanswered(self.deal)  # type: ignore[attr-defined]
        self.fields["amount"].currency = self.deal.currency  # type: ignore[attr-defined]

    def clean_payee(self) -> Party:
        """The verified party of this code."""
        try:
            return party_by_code(self.user, self.cleaned_data["payee"])
        except Refused as refused:
            raise forms.ValidationError(sentence(refused)) from refused

    def clean(self) -> dict[str, Any]:
        """Either a sum, or nothing because the pledge stays."""
        said = super().clean() or {}
        keeps, amount = said.pop("keeps", False), said.get("amount")
        if keeps == (amount is not None) and "amount" not in self.errors:
            self.add_error("amount", _("Write the sum, or tick that the pledge stays: one of the two."))
        said["amount"] = amount or self.deal.price * 0
        return said


class FeeForm(ClaimForm):
    """A fee the agency laid out."""

    amount = MoneyField(label=_("Amount laid out"))
    note = _note(_("What for"), _("For example: change of the patentee, 200 yuan, receipt number."))

    field_order = ("amount", "note", "on", "paper")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].currency = self.deal.currency  # type: ignore[attr-defined]


class TaxForm(ClaimForm):
    """A tax that is withheld from one holder's share."""

    tax = forms.ChoiceField(label=_("Tax"))
    holder: "forms.ModelChoiceField[Party]" = forms.ModelChoiceField(
        label=_("Taxpayer"), queryset=None, empty_label=None, to_field_name="code"
    )
    base = MoneyField(
        label=_("Base"),
        help_text=_("The sum the rate applies to, as the law defines it and you declare it; it is never guessed here."),
    )
    note = _note(_("How the base was found"), _("For example: price without VAT, less the net value of the right."))

    field_order = ("tax", "holder", "base", "note", "on", "paper")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["paper"].required = False
        self.fields["base"].currency = self.deal.currency  # type: ignore[attr-defined]
        place = 0 if (get_language() or "").startswith("zh") else 1
        self.fields["tax"].choices = [  # type: ignore[attr-defined]
            (tax.code, f"{tax.words[place]} · {percent(tax.rate)} × {tax.base[place]}")
            for tax in taxes.in_force(self.deal.title_passed_on or clock.today())
        ]
        self.fields["holder"].queryset = queries.taxpayers(self.deal)  # type: ignore[attr-defined]
