"""Strict input about lots that are sold together: package bids, how they are decided, and the lots of a portfolio."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auctions.models import Lot, PackageSale
from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.listings.models import Listing


class PackageBidForm(forms.Form):
    """A bid for some of a sale's lots together, and the hidden key that makes sending twice bidding once."""

    lots = forms.MultipleChoiceField(label=_("Lots"), widget=forms.CheckboxSelectMultiple)
    amount = MoneyField(label=_("For all of these together (yuan)"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(
            label=_("For all of these together (yuan)"), currency=lots[0].currency if lots else "CNY"
        )
        chosen = self.fields["lots"]
        if isinstance(chosen, forms.MultipleChoiceField):
            chosen.choices = [(lot.code, f"{lot.number}. {lot.listing.right}") for lot in lots]


class PackageOfferForm(forms.Form):
    """What an agency says of a sale's package bids: the pricing rule, and lots that go together."""

    rule = forms.ChoiceField(label=_("Pricing rule"), choices=PackageSale.Rule.choices, widget=forms.RadioSelect)
    groups = forms.CharField(
        label=_("Lots that go to one buyer together"),
        help_text=_(
            "One group a line, for example: Similar marks: 1, 2. Similar marks may not be split (Trademark Law 42)."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def clean_groups(self) -> list[tuple[str, list[int]]]:
        """Names and lot numbers."""
        found = []
        for line in filter(
            None, (line.strip() for line in self.cleaned_data["groups"].replace("：", ":").splitlines())
        ):
            name, _colon, numbers = line.rpartition(":")
            try:
                found.append((name.strip()[:60], [int(one) for one in numbers.replace("，", ",").split(",")]))
            except ValueError:
                raise forms.ValidationError(_("Write each group as a name, a colon, and lot numbers.")) from None
        return found


class PackageRunForm(forms.Form):
    """How long the allocation may look for the proof."""

    limit_s = forms.TypedChoiceField(
        label=_("Time for each calculation"),
        choices=[(60, _("1 minute")), (600, _("10 minutes")), (3600, _("1 hour"))],
        coerce=int,
    )


class BundleLotsForm(forms.Form):
    """A portfolio as lots of a sale: a starting price for each right, one deposit rate, one duration, the pricing rule."""

    deposit = forms.IntegerField(
        label=_("Deposit (percent of the starting price)"), min_value=0, max_value=100, initial=10
    )
    hours = forms.DecimalField(
        label=_("Duration (hours)"), min_value=0, max_value=24 * 30, max_digits=6, decimal_places=2, initial=24
    )
    rule = forms.ChoiceField(
        label=_("Pricing rule"),
        choices=PackageSale.Rule.choices,
        widget=forms.RadioSelect,
        initial=PackageSale.Rule.CORE_NEAREST_VCG,
    )

    def __init__(self, data: Any = None, *, listings: Sequence[Listing]) -> None:
        super().__init__(data)
        self.codes = {f"start_{listing.code}": listing.code for listing in listings}
        for listing in listings:
            label = str(listing.right)
            self.fields[f"start_{listing.code}"] = MoneyField(label=label)
        self.order_fields([*self.codes])

    @property
    def starts(self) -> dict[str, Money]:
        """The starting price of each listing, by its code."""
        return {code: self.cleaned_data[name] for name, code in self.codes.items()}

    @property
    def duration(self) -> timedelta:
        """How long the bidding lasts."""
        return timedelta(seconds=int(self.cleaned_data["hours"] * 3600))
