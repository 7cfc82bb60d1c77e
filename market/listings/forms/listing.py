"""The later steps of the wizard, the check page, the reviewer's page and the import: how it is offered and described."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.errors import Refused
from market.kernel.forms import MoneyField
from market.kernel.words import sentence
from market.listings import rules
from market.listings.fees.forms import ScheduleChoice
from market.listings.fees.queries import on_offer, sides
from market.listings.fees.rules import STANDARD_COMMISSION_BP
from market.listings.models import FeeSchedule, Listing, Mandate
from market.parties.models import Party
from market.parties.queries import agencies

# What ISO 16290 calls the levels, in a few words each.
TRL = [
    ("", _("Does not apply")),
    (1, _("1: basic principles observed")),
    (2, _("2: concept formulated")),
    (3, _("3: shown by experiment")),
    (4, _("4: validated in the laboratory")),
    (5, _("5: validated in its environment")),
    (6, _("6: demonstrated in its environment")),
    (7, _("7: prototype in operation")),
    (8, _("8: complete and qualified")),
    (9, _("9: proven in use")),
]


class EvidenceForm(forms.Form):
    """One paper: what it is and the file."""

    what = forms.ChoiceField(label=_("What is it"))
    file = forms.FileField(label=_("File"), help_text=_("PDF, PNG, JPEG or ZIP, at most 20 MB."))

    def __init__(self, choices: list[tuple[str, Any]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"].choices = choices  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """Through which agency, and what each side pays it: a schedule it publishes, or a rate agreed for this consignment."""

    agency: "forms.ModelChoiceField[Party]" = forms.ModelChoiceField(
        label=_("Operating agency"),
        queryset=None,
        to_field_name="code",
        empty_label=_("Choose an agency"),
        help_text=_("It checks the listing, runs the sale and administers the transfer."),
    )
    seller_schedule = ScheduleChoice(FeeSchedule.Side.SELLER, empty_label=_("A rate of our own, typed below"))
    commission = forms.CharField(
        label=_("Commission agreed with the agency (percent of the price)"),
        required=False,
        max_length=8,
        help_text=_("At most 5. Only without a schedule of the agency."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    buyer_schedule = ScheduleChoice(FeeSchedule.Side.BUYER, empty_label=_("The standard premium: 5%"))

    def __init__(self, mandate: Mandate | None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies()  # type: ignore[attr-defined]
        for side, kept in sides(mandate).items():
            self.fields[f"{side}_schedule"].offer(on_offer(side, kept), kept)  # type: ignore[attr-defined]
        own = mandate.seller_fees.tiers[0].bp if mandate else STANDARD_COMMISSION_BP
        self.fields["commission"].initial = f"{own / 100:g}"

    def clean_commission(self) -> int | None:
        """The rate in basis points, None where a schedule was chosen."""
        if self.cleaned_data.get("seller_schedule"):
            return None
        try:
            return rules.basis_points(self.cleaned_data["commission"])
        except Refused as refused:
            raise forms.ValidationError(sentence(refused)) from refused

    def agreed(self) -> dict[str, Any]:
        """What the action takes: the schedules chosen, by side, and the rate where the seller's was typed."""
        chosen = {side: self.cleaned_data[f"{side}_schedule"] for side in FeeSchedule.Side.values}
        schedules = {side: schedule for side, schedule in chosen.items() if schedule is not None}
        typed = self.cleaned_data["commission"]
        return {"schedules": schedules} | ({} if typed is None else {"seller_commission_bp": typed})


class OfferForm(TermsForm):
    """What the buyer gets, how the price is found, and through which agency on what terms."""

    field_order = ("mode", "pricing", "asking", "reserve", "drop_reserve", "agency")

    mode = forms.ChoiceField(
        label=_("What the buyer gets"),
        choices=[(one.value, one.label) for one in (Listing.Mode.ASSIGNMENT, Listing.Mode.LICENCE)],
        widget=forms.RadioSelect,
        help_text=_("A licence leaves the right with you. Its terms are part of the offers you receive."),
    )
    pricing = forms.ChoiceField(
        label=_("How is the price found"), choices=Listing.Pricing.choices, widget=forms.RadioSelect
    )
    asking = MoneyField(
        label=_("Asking price (yuan)"),
        required=False,
        help_text=_(
            "Shown to everybody. Needed for a fixed price; leave blank to have it negotiated or found by auction."
        ),
    )
    reserve = MoneyField(
        label=_("Reserve price (yuan)"),
        required=False,
        help_text=_(
            "Secret. Below it an auction does not sell. Nobody sees it, not even you: type it again to change it."
        ),
    )
    drop_reserve = forms.BooleanField(label=_("Remove the reserve that is set"), required=False)

    def __init__(self, *args: Any, has_reserve: bool, mandate: Mandate | None, **options: Any) -> None:
        super().__init__(mandate, *args, **options)
        if not has_reserve:
            del self.fields["drop_reserve"]


class TextForm(forms.Form):
    """What readers are told."""

    summary = forms.CharField(
        label=_("Summary in Chinese"),
        max_length=300,
        help_text=_("What it does and for whom, in at most 300 characters. No advertising."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    summary_en = forms.CharField(
        label=_("Summary in English"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    application = forms.CharField(
        label=_("Field of application"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    trl = forms.TypedChoiceField(
        label=_("Technology readiness level"), choices=TRL, required=False, coerce=int, empty_value=None
    )
    defects = forms.CharField(
        label=_("Known defects and burdens"),
        max_length=2000,
        help_text=_("Bidders are told on the day of the notice. Write “none known” if you know of none."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CheckForm(forms.Form):
    """The seller's word before the listing is handed over."""

    declared = forms.BooleanField(
        label=_("What is stated here is true and complete, and I entrust the sale to the agency on these terms.")
    )


REVIEW_WORDS = {
    "number": _("Kind and number are those of the register"),
    "particulars": _("The particulars are those of the register"),
    "owners": _("The owners are those of the register"),
    "burdens": _("The burdens are those of the register"),
    "evidence": _("The papers are genuine and cover all of it"),
    "offer": _("Price, pricing and commission are agreed"),
    "text": _("The texts are true and advertise nothing"),
}


class ReviewForm(forms.Form):
    """The reviewer's ticks and remarks, one of each for everything an agency vouches for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, words in REVIEW_WORDS.items():
            self.fields[f"tick_{name}"] = forms.BooleanField(label=words, required=False)
            self.fields[f"remark_{name}"] = forms.CharField(
                label=_("Remark for the seller"),
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """The tick and the remark of each, for the page."""
        return [(self[f"tick_{name}"], self[f"remark_{name}"]) for name in REVIEW_WORDS]

    def ticked(self) -> list[str]:
        """What was ticked."""
        return [name for name in REVIEW_WORDS if self.cleaned_data[f"tick_{name}"]]

    def remarks(self) -> dict[str, str]:
        """What was remarked on."""
        return {name: self.cleaned_data[f"remark_{name}"] for name in REVIEW_WORDS}


class WithdrawForm(forms.Form):
    """Why it is taken off the market."""

    reason = forms.CharField(
        label=_("Reason, shown to readers"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ImportForm(forms.Form):
    """A table or an office's XML."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "The table template as CSV or XLSX; US patents as XML; marks as WIPO ST.96 or ST.66; US copyright renewals as"
            " TSV; or a ZIP of such files. At most 20 MB."
        ),
    )
