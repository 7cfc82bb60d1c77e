"""What the calculator asks: the price, and what each side agreed with the agency."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.errors import Refused
from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.fees import rules

ZERO = Money.zero("CNY")


def _agreed(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        help_text=_("In percent. Tiers: 5; 1000000: 3 is 5 % up to one million, 3 % above. Blank: nothing was agreed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _most() -> forms.CharField:
    return forms.CharField(
        label=_("At most (percent of the price)"),
        required=False,
        max_length=6,
        help_text=_("The least fee included. Blank: no such bound was agreed."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class CalculatorForm(forms.Form):
    """A price in, both sides' figures out."""

    price = MoneyField(label=_("Price (yuan)"))
    seller = _agreed(_("Seller's commission"))
    seller_least = MoneyField(label=_("Least commission (yuan)"), required=False)
    seller_most = _most()
    buyer = _agreed(_("Buyer's premium"))
    buyer_least = MoneyField(label=_("Least premium (yuan)"), required=False)
    buyer_most = _most()

    def clean(self) -> dict[str, Any]:
        """The two schedules, as far as they can be read."""
        said = super().clean() or {}
        for side in ("seller", "buyer"):
            typed, least = said.get(side, ""), said.get(f"{side}_least") or ZERO
            most = rules.rate(said.get(f"{side}_most") or "100")
            if most is None:
                self.add_error(f"{side}_most", _("Write a percentage, for example 5."))
                continue
            try:
                said[side] = rules.read(typed, least, most) if typed else rules.unagreed(ZERO.currency)
            except Refused as refused:
                self.add_error(side, sentence(refused))
        return said
