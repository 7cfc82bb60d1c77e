"""Strict input of the sales desk; what is typed is read here, what is allowed is decided by the rules."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auctions.access import Circle, agency_to_stop, lot_to_stop
from auctions.models import Halt, KeyShare, Lot, Sale
from auctions.protocol import KINDS, MAX_UNITS
from auctions.queries import listings_ready
from auctions.rules.presets import PRESETS, RuleSet, preset
from auctions.rules.sales import statutory
from market.kernel.errors import Refused
from market.kernel.formats import percent
from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.listings.fees.forms import ScheduleChoice
from market.listings.fees.queries import offered
from market.listings.models import FeeSchedule, Listing
from market.parties.models import Party

RULESETS = {
    "judicial_online": _("Judicial online: 30 days' notice, at least 24 hours, last five minutes extend"),
    "exchange_dynamic": _("Exchange, dynamic bidding: 10 days' notice, timed period of three minutes"),
    "commercial": _("Commercial: 7 days' notice, last two minutes extend"),
    "commercial_together": _("Commercial, lots that end together: a late bid on one extends all"),
}
DEPOSIT_KINDS = {"bid_bond": _("bid bond"), "earnest_money": _("earnest money"), "advance": _("advance on the price")}

# The fields of each format's own terms, by the names that the rules have for them.
CLOCK = {"falls_by": "step", "every_s": "every_s", "floor": "floor"}
STAGES = {"sealed_s": "sealed_s", "best_s": "best_s"}
ROUNDS = {"cycle_s": "cycle_s"}
TERMS = {"dutch": CLOCK, "hybrid": CLOCK | STAGES, "free_then_timed": ROUNDS}
# The refusals of a lot that are about one of its plain fields.
ON_LOT = {
    "lot.format": "format",
    **dict.fromkeys(("lot.deposit_range", "lot.deposit_fixed", "lot.earnest_over"), "deposit"),
}
MOST_SECONDS = 30 * 86_400
# Package bids are of a whole sale and have their own page; several licences need a listing that licenses.
ELSEWHERE = frozenset({Lot.Format.PACKAGE, Lot.Format.UNIFORM})


def moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """A date and time in Beijing, by the browser's own picker."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget, input_formats=["%Y-%m-%dT%H:%M"])


def deposit_range(rules: RuleSet) -> dict[str, str]:
    """The least and the most a deposit may be of a lot's start, in percent."""
    of_start = {"least": rules.deposit_min_bp, "most": rules.deposit_max_bp}
    return {name: percent(Fraction(basis_points, 10_000)) for name, basis_points in of_start.items()}


class SaleForm(forms.ModelForm):
    """A sale's frame: title, legal mode, rule set, deposits and dates.

    `legal` holds, for each rule set, its name, the earliest dates the law allows with a notice on the day `notice_on`, the
    rules themselves, the range of its deposits and what they may be taken as.
    """

    ruleset = forms.ChoiceField(label=_("Rule set"), choices=[(name, RULESETS[name]) for name in PRESETS])
    premium = ScheduleChoice(FeeSchedule.Side.BUYER, empty_label=_("As each lot's consignment says"))
    display_from = moment(_("Viewing from"))
    register_until = moment(_("Registration and deposit until"))
    opens_at = moment(_("Bidding opens at"), _("Beijing time. The notice period of the rule set is counted by law."))
    deposit_fixed = MoneyField(
        label=_("One deposit for every lot (yuan)"),
        required=False,
        help_text=_("Empty: each lot has its own, within the range of the rule set."),
    )

    class Meta:
        model = Sale
        fields = ("title", "title_en", "mode", "auctioneer", "ruleset", "media_proof", "deposit_kind")
        labels = {
            "auctioneer": _("Auctioneer"),
            "deposit_kind": _("What the deposit is in law"),
            "media_proof": _("Newspaper or news site that carries the notice"),
        }
        help_texts = {
            "mode": _("An auction needs a valid auction licence and a named auctioneer; online bidding needs neither."),
            "media_proof": _("Required for an auction (Auction Law 47): name, date and address of the publication."),
            "deposit_kind": _("It decides what a default costs (Civil Code 586-588); bidders read it before they pay."),
        }
        widgets = {"mode": forms.RadioSelect, "deposit_kind": forms.RadioSelect}

    field_order = (
        *("title", "title_en", "mode", "auctioneer", "ruleset", "premium", "deposit_kind", "deposit_fixed"),
        *("display_from", "register_until", "opens_at"),
    )

    def __init__(self, data: Any = None, *, agency: Party, notice_on: date, instance: Sale | None = None) -> None:
        said = {name: getattr(instance, name) for name in self.base_fields if name != "premium"} if instance else None
        super().__init__(data, instance=instance, initial=said)
        mode, auctioneer = self.fields["mode"], self.fields["auctioneer"]
        if isinstance(mode, forms.ChoiceField) and isinstance(auctioneer, forms.ModelChoiceField):
            mode.choices = Sale.Mode.choices
            auctioneer.queryset = agency.auctioneers.all()
            auctioneer.empty_label = _("None")
        kept = instance.buyer_fees if instance else None
        self.fields["premium"].offer(offered(agency, FeeSchedule.Side.BUYER, kept), kept)  # type: ignore[attr-defined]
        self.legal: list[dict[str, Any]] = [
            {
                "name": RULESETS[name],
                "dates": statutory(rules, notice_on=notice_on),
                "rules": rules,
                "range": deposit_range(rules),
                "kinds": [DEPOSIT_KINDS[kind] for kind in rules.deposit_kinds],
            }
            for name, rules in PRESETS.items()
        ]
        soonest = min(row["dates"].opens_from for row in self.legal)
        self.fields["opens_at"].widget.attrs["min"] = f"{soonest.isoformat()}T00:00"


class ReadyListing(forms.ModelChoiceField):
    """A listing that waits for a sale, told by its right."""

    def label_from_instance(self, listing: Listing) -> str:
        """The right's number and title."""
        return str(listing.right)


class LotForm(forms.Form):
    """One more lot of a draft sale: what is sold, at which price, and which of the rule set's ways of bidding it takes."""

    start = MoneyField(label=_("Starting price (yuan)"))
    step = MoneyField(label=_("Bid increment (yuan)"))
    deposit = MoneyField(label=_("Deposit (yuan)"))
    hours = forms.DecimalField(
        label=_("Duration (hours)"), min_value=0, max_value=24 * 30, max_digits=6, decimal_places=2, initial=24
    )
    format = forms.ChoiceField(
        label=_("Way of bidding"), widget=forms.RadioSelect, initial=Lot.Format.ENGLISH, required=False
    )
    falls_by = MoneyField(label=_("The price falls by (yuan)"), required=False)
    every_s = forms.IntegerField(label=_("every so many seconds"), required=False, max_value=MOST_SECONDS)
    floor = MoneyField(
        label=_("Lowest price (yuan)"), required=False, help_text=_("Not below the reserve; reached before the end.")
    )
    sealed_s = forms.IntegerField(
        label=_("Seconds for the sealed bids of the others"), required=False, max_value=MOST_SECONDS
    )
    best_s = forms.IntegerField(
        label=_("Seconds for the last offer of the taker"), required=False, max_value=MOST_SECONDS
    )
    cycle_s = forms.IntegerField(
        label=_("Seconds of a timed round"),
        required=False,
        max_value=MOST_SECONDS,
        help_text=_("The free period ends one round before the end; each later bid starts a new round."),
    )

    def __init__(self, *args: Any, sale: Sale, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready, rules = listings_ready(sale.agency), preset(sale.ruleset)
        self.fields["listing"] = ReadyListing(label=_("Listing"), queryset=ready, to_field_name="code")
        self.order_fields(["listing"])
        if sale.deposit_fixed is None:
            words = _("Between %(least)s and %(most)s of the starting price under this rule set.")
            self.fields["deposit"].help_text = words % deposit_range(rules)
        else:
            self.fields["deposit"] = MoneyField(
                label=_("Deposit (yuan)"), disabled=True, initial=sale.deposit_fixed.plain()
            )
            self.fields["deposit"].help_text = _("The same for every lot of this sale.")
        led = sale.mode == Sale.Mode.AUCTION  # online bidding has no auctioneer
        absent = ELSEWHERE if led else ELSEWHERE | {Lot.Format.AUCTIONEER}
        offered, chosen = [name for name in rules.formats if name not in absent], self.fields["format"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = [(name, Lot.Format(name).label) for name in offered]
        for name in {field for fields in TERMS.values() for field in fields}:
            if not any(name in TERMS.get(format, {}) for format in offered):
                del self.fields[name]

    def clean_format(self) -> str:
        """Plain ascending bids where nothing else is chosen."""
        return str(self.cleaned_data["format"] or Lot.Format.ENGLISH)

    @property
    def params(self) -> dict[str, int]:
        """The chosen format's own terms, as the rules name them; what was not filled in is not among them."""
        said = {
            name: self.cleaned_data.get(field) for field, name in TERMS.get(self.cleaned_data["format"], {}).items()
        }
        return {name: value.minor if isinstance(value, Money) else value for name, value in said.items() if value}

    @property
    def terms(self) -> list[dict[str, Any]]:
        """The groups of fields for a format's own terms: title, fields, and whether the format chosen has them."""
        chosen = TERMS.get(str(self["format"].value()), {})
        groups = {_("Terms of a falling price"): CLOCK, _("Terms of the stages after it"): STAGES}
        return [
            {"title": title, "fields": [self[name] for name in group], "open": group.keys() <= chosen.keys()}
            for title, group in {**groups, _("Terms of timed rounds"): ROUNDS}.items()
            if group.keys() <= self.fields.keys()
        ]

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that every lot has."""
        return [field for field in self if field.name not in {*CLOCK, *STAGES, *ROUNDS}]

    def refuse(self, refused: Refused, why: str) -> None:
        """Put a refusal beside the field it is about, if it is about one."""
        terms = {name: field for field, name in TERMS.get(self.cleaned_data["format"], {}).items()}
        terms["free_until"] = "cycle_s"
        term = terms.get(refused.facts.get("name", ""))
        self.add_error(ON_LOT.get(refused.code, term), why)

    @property
    def duration(self) -> timedelta:
        """How long the bidding lasts."""
        return timedelta(seconds=int(self.cleaned_data["hours"] * 3600))


class BidForm(forms.Form):
    """A bid by hand: the amount as people type it, its kind, and the hidden key that makes sending twice bidding once."""

    amount = MoneyField(label=_("Your bid (yuan)"))
    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS], widget=forms.HiddenInput)
    units = forms.IntegerField(label=_("How many licences"), required=False, min_value=1, max_value=MAX_UNITS)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen_seq = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=_("Your bid (yuan)"), currency=currency)

    def clean_kind(self) -> str:
        """An exact bid where nothing else is said."""
        return str(self.cleaned_data["kind"] or KINDS[0])

    def clean(self) -> dict[str, Any]:
        """One of the lot, unless several licences are bid for."""
        said = super().clean() or {}
        return {**said, "units": said.get("units") or 1 if said.get("kind") == "units" else 1}


class HaltForm(forms.Form):
    """The kill switch: how much stops, and the reason that everybody reads."""

    scope = forms.ChoiceField(label=_("What stops"), widget=forms.RadioSelect)
    lot = forms.CharField(
        label=_("Lot"), required=False, help_text=_("The lot's code (L-…), if only one lot stops."), max_length=16
    )
    agency = forms.CharField(
        label=_("Agency"), required=False, help_text=_("The agency's code (P-…), if all its lots stop."), max_length=16
    )
    reason = forms.CharField(label=_("Reason, shown in public"), max_length=300)

    def __init__(self, data: Any = None, *, circle: Circle) -> None:
        super().__init__(data)
        self.circle = circle
        scope = self.fields["scope"]
        if isinstance(scope, forms.ChoiceField):
            scope.choices = [row for row in Halt.Scope.choices if circle.platform or row[0] != Halt.Scope.PLATFORM]
        if not circle.platform:
            del self.fields["agency"]

    def clean(self) -> dict[str, Any]:
        """The scope with the lot or agency it names, within what the person may stop."""
        said = super().clean() or {}
        scope, lot, agency = said.get("scope"), None, None
        if scope == Halt.Scope.LOT:
            lot = lot_to_stop(self.circle, said.get("lot", ""))
            if lot is None:
                self.add_error("lot", _("There is no such lot of yours. Its code stands on the lot's page."))
        if scope == Halt.Scope.AGENCY:
            agency = agency_to_stop(self.circle, said.get("agency", ""))
            if agency is None:
                self.add_error("agency", _("There is no such agency."))
        return {"scope": scope, "reason": said.get("reason", ""), "lot": lot, "agency": agency}


class CeremonyForm(forms.Form):
    """Who keeps the shares of a lot's opening key, on which terms; the browser adds the public key and the shares' hashes."""

    pricing = forms.ChoiceField(
        label=_("What the winner pays"),
        choices=[("first", _("its own bid")), ("second", _("the second-highest bid (Vickrey)"))],
        widget=forms.RadioSelect,
        initial="first",
    )
    withdraw = forms.ChoiceField(
        label=_("Taking a bid back before the deadline"),
        choices=[("yes", _("allowed")), ("no", _("not allowed; a bid may be replaced"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    public = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for number, role in enumerate((KeyShare.Role.AGENCY, KeyShare.Role.PLATFORM, KeyShare.Role.NOTARY), 1):
            told = {"number": number}
            self.fields[f"holder_{number}"] = forms.CharField(label=_("Officer %(number)s") % told, max_length=80)
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=_("Whose interest officer %(number)s stands for") % told,
                choices=KeyShare.Role.choices,
                initial=role,
            )
            self.fields[f"sha256_{number}"] = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def holders(self) -> list[tuple[str, str, str]]:
        """Name, role and share's hash of each officer."""
        said = self.cleaned_data
        return [(said[f"holder_{n}"], said[f"role_{n}"], said[f"sha256_{n}"]) for n in (1, 2, 3)]
