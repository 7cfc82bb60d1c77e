"""Sales and their lots: what is sold, under which rules, and where its bidding stands."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.listings.fees.fields import ScheduleField
from market.listings.models import Listing
from market.parties.models import Auctioneer, Party


class Sale(models.Model):
    """A sale (拍卖会/专场) of one agency under one versioned rule set, copied into `rules` when the notice is published.

    `buyer_fees` is the premium of every lot, kept by value; without it each lot has that of its consignment. What a seller
    pays is the consignment's business alone.
    """

    class Mode(models.TextChoices):
        """Two legal modes on one engine: 拍卖 needs a licensed house and a named auctioneer (拍卖法 10-16), 网络竞价 neither."""

        AUCTION = "auction", _("Auction")
        ONLINE_BIDDING = "online_bidding", _("Online bidding")

    class State(models.TextChoices):
        """Where the sale stands."""

        DRAFT = "draft", _("Draft")
        NOTICED = "noticed", _("Announced")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class DepositKind(models.TextChoices):
        """What the winner's deposit is in law: it decides what a default costs (民法典 586-588)."""

        BID_BOND = "bid_bond", _("Bid bond: forfeited by a buyer in default")
        EARNEST_MONEY = (
            "earnest_money",
            _("Earnest money: a fifth of the price at most; a buyer in default loses it, a seller returns it double"),
        )
        ADVANCE = "advance", _("Advance on the price: never forfeited, only set off")

    MOVES: ClassVar[Moves] = {
        State.DRAFT: frozenset({State.NOTICED, State.CANCELLED}),
        State.NOTICED: frozenset({State.CLOSED, State.CANCELLED}),
    }

    code = code_field("S")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="auction_sales")
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=160, blank=True)
    mode = models.CharField(_("legal mode"), max_length=16, choices=Mode)
    auctioneer = models.ForeignKey(Auctioneer, null=True, blank=True, on_delete=models.PROTECT, related_name="sales")
    ruleset = models.CharField(_("rule set"), max_length=40)
    rules = models.JSONField(default=dict)
    deposit_kind = models.CharField(
        _("deposit taken as"), max_length=14, choices=DepositKind, default=DepositKind.BID_BOND
    )
    deposit_fixed_minor = models.BigIntegerField(
        null=True, help_text="one sum for every lot; null: a part of its start"
    )
    buyer_fees = ScheduleField(null=True)
    currency = currency_field()
    noticed_at = models.DateTimeField(null=True)
    display_from = models.DateTimeField(_("viewing from"))
    register_until = models.DateTimeField(_("registration and deposit until"))
    opens_at = models.DateTimeField(_("bidding opens at"))
    media_proof = models.CharField(_("notice published in"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    deposit_fixed = MoneyOf("deposit_fixed_minor")

    class Meta:
        ordering = ("-opens_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(deposit_fixed_minor=None) | Q(deposit_fixed_minor__gt=0), name="fixed_deposit_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(display_from__lte=F("opens_at"), register_until__lte=F("opens_at")),
                name="sale_dates_in_order",
            ),
        )
        indexes = (models.Index(fields=["opens_at"]),)

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("sale:S-…")."""
        return f"sale:{self.code}"

    @property
    def standing(self) -> str:
        """Its state, but "live" for an announced one whose bidding has begun."""
        bidding = self.state == self.State.NOTICED and self.opens_at <= clock.now()
        return "live" if bidding else self.state


class Lot(models.Model):
    """A lot (标的) and where its bidding stands. The row is the queue: whoever bids or closes holds its lock.

    `seq` counts the lot's events without a gap; `price`, `leader`, `ends_at`, `extensions`, `public` are what the events add
    up to. `previous` is the sale of the same right before this one that came to nothing. `ends_at` is the only truth about
    the end. `format` and `params` say how one bids (`auctions.rules`); `secret` is what the bidding remembers and nobody may
    see: no page, frame, log or export reads it.
    """

    class State(models.TextChoices):
        """Where the lot stands; viewing and registration are phases of `noticed`, told by the clock (`phase`)."""

        DRAFT = "draft", _("Draft")
        NOTICED = "noticed", _("Announced")
        LIVE = "live", _("Bidding now")
        EXTENDED = "extended", _("Extended")
        SOLD = "sold", _("Sold")
        PASSED_IN = "passed_in", _("Passed in")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ANNULLED = "annulled", _("Annulled")
        SUSPENDED = "suspended", _("Suspended")

    class Format(models.TextChoices):
        """How one bids for the lot; each is a module of `auctions.rules`."""

        ENGLISH = "english", _("Ascending bids")
        FREE_THEN_TIMED = "free_then_timed", _("Free period, then timed rounds")
        AUCTIONEER = "auctioneer", _("Led by the auctioneer")
        SEALED_FIRST = "sealed_first", _("Sealed bids, the highest pays its own price")
        SEALED_SECOND = "sealed_second", _("Sealed bids, the highest pays the second price")
        ENVELOPE = "envelope", _("Sealed bids nobody can open early")
        DUTCH = "dutch", _("Falling price")
        HYBRID = "hybrid", _("Falling price, then sealed bids, then a last offer")
        UNIFORM = "uniform", _("Several licences at one price")
        PACKAGE = "package", _("Package bids on parts and wholes of the sale")

    BIDDING: ClassVar[frozenset[str]] = frozenset({State.LIVE, State.EXTENDED})
    OVER: ClassVar[frozenset[str]] = frozenset({State.SOLD, State.PASSED_IN, State.WITHDRAWN, State.ANNULLED})
    MOVES: ClassVar[Moves] = {
        State.DRAFT: frozenset({State.NOTICED, State.WITHDRAWN}),
        State.NOTICED: frozenset({State.LIVE, State.WITHDRAWN, State.SUSPENDED}),
        State.LIVE: frozenset({State.EXTENDED, State.SOLD, State.PASSED_IN, State.SUSPENDED, State.ANNULLED}),
        State.EXTENDED: frozenset({State.EXTENDED, State.SOLD, State.PASSED_IN, State.SUSPENDED, State.ANNULLED}),
        State.SUSPENDED: frozenset({State.LIVE, State.EXTENDED, State.WITHDRAWN, State.ANNULLED}),
        State.SOLD: frozenset({State.ANNULLED}),
    }

    code = code_field("L")
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField(_("lot number"))
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="lots")
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="later")
    currency = currency_field()
    start_minor = models.BigIntegerField()
    deposit_minor = models.BigIntegerField()
    increments = models.JSONField(help_text="[[from_minor, step_minor], ...] ascending; a bid is price + k * step")
    has_reserve = models.BooleanField(default=False)
    format = models.CharField(_("format"), max_length=16, choices=Format, default=Format.ENGLISH)
    params = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    hard_ends_at = models.DateTimeField(null=True)
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)
    price_minor = models.BigIntegerField(null=True)
    leader = models.ForeignKey("Bidder", null=True, on_delete=models.PROTECT, related_name="+")
    bids_count = models.PositiveIntegerField(default=0)
    extensions = models.PositiveIntegerField(default=0)
    reserve_met = models.BooleanField(default=False, help_text="what the public was told, where the rules tell it")
    public = models.JSONField(default=dict, blank=True)
    secret = models.JSONField(default=dict, blank=True)
    closed_at = models.DateTimeField(null=True)

    start = MoneyOf("start_minor")
    deposit = MoneyOf("deposit_minor")
    price = MoneyOf("price_minor")

    class Meta:
        ordering = ("sale", "number")
        constraints = (
            models.UniqueConstraint(fields=["sale", "number"], name="lot_number_once_per_sale"),
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(state__in=["draft", "noticed", "live", "extended", "suspended"]),
                name="one_open_lot_per_listing",
            ),
            models.CheckConstraint(
                condition=Q(start_minor__gt=0, deposit_minor__gte=0), name="lot_amounts_are_positive"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opens_at")), name="lot_ends_after_it_opens"),
        )
        indexes = (
            models.Index(fields=["ends_at"], condition=Q(state__in=["live", "extended"]), name="lot_due_to_close"),
            models.Index(fields=["opens_at"], condition=Q(state="noticed"), name="lot_due_to_open"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.listing.right.title}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("lot:L-…")."""
        return f"lot:{self.code}"
