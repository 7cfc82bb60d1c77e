"""A listing of one right, the mandate to an operating agency, and the reserve that never leaves the server."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.listings.fees.fields import ScheduleField
from market.listings.fees.models import FeeSchedule
from market.listings.fees.rules import standard_commission, standard_premium
from market.listings.offers.models import Floor, Negotiation, Offer, PrivateRound
from market.listings.wanted.models import WantedPost, WantedReply
from market.parties.models import Party
from market.rights.models import Right
from market.rights.portfolios.models import Portfolio

__all__ = [
    "Bundle",
    "Entry",
    "FeeSchedule",
    "Floor",
    "Listing",
    "Mandate",
    "Negotiation",
    "Offer",
    "PrivateRound",
    "Reserve",
    "WantedPost",
    "WantedReply",
    "Watch",
]


class Listing(models.Model):
    """What a seller offers: a right, how (mode), at what price or by auction, through which agency."""

    class Mode(models.TextChoices):
        """What the buyer gets. A right is assigned once; licences, several of them at once, follow their own terms."""

        ASSIGNMENT = "assignment", _("Assignment")
        LICENCE = "licence", _("Licence")
        OPEN_LICENCE = "open_licence", _("Open licence")
        EQUITY = "equity", _("Contribution for equity")
        WANTED = "wanted", _("Wanted")

        @property
        def sides(self) -> dict[str, str]:
            """What seller and buyer are called."""
            if self in {self.LICENCE, self.OPEN_LICENCE}:
                return {"seller": str(_("Licensor")), "buyer": str(_("Licensee"))}
            return {"seller": str(_("Seller")), "buyer": str(_("Buyer"))}

    class Pricing(models.TextChoices):
        """How the price is found."""

        AUCTION = "auction", _("By auction or online bidding")
        FIXED = "fixed", _("Fixed price")
        NEGOTIABLE = "negotiable", _("Negotiable")

    class State(models.TextChoices):
        """Where the listing stands."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for the agency's review")
        CHECKED = "checked", _("Checked")
        PUBLISHED = "published", _("Published")
        IN_SALE = "in_sale", _("In a sale")
        UNDER_OFFER = "under_offer", _("Under offer")
        DEALT = "dealt", _("Dealt")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    OPEN: ClassVar[frozenset[str]] = frozenset(
        {State.DRAFT, State.SUBMITTED, State.CHECKED, State.PUBLISHED, State.IN_SALE, State.UNDER_OFFER}
    )
    PUBLIC: ClassVar[frozenset[str]] = frozenset({State.PUBLISHED, State.IN_SALE, State.UNDER_OFFER, State.DEALT})
    MOVES: ClassVar[Moves] = {
        State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
        State.SUBMITTED: frozenset({State.CHECKED, State.DRAFT, State.WITHDRAWN}),
        State.CHECKED: frozenset({State.PUBLISHED, State.DRAFT, State.WITHDRAWN}),
        State.PUBLISHED: frozenset({State.IN_SALE, State.UNDER_OFFER, State.WITHDRAWN, State.EXPIRED}),
        State.IN_SALE: frozenset({State.PUBLISHED, State.DEALT, State.WITHDRAWN}),
        State.UNDER_OFFER: frozenset({State.PUBLISHED, State.DEALT, State.WITHDRAWN}),
        State.DEALT: frozenset({State.PUBLISHED}),
    }

    code = code_field("A")
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="listings")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="listings")
    agency = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates")
    bundle = models.ForeignKey("Bundle", null=True, blank=True, on_delete=models.PROTECT, related_name="listings")
    mode = models.CharField(_("what is offered"), max_length=12, choices=Mode, default=Mode.ASSIGNMENT)
    pricing = models.CharField(_("how the price is found"), max_length=10, choices=Pricing, default=Pricing.AUCTION)
    currency = currency_field()
    asking_minor = models.BigIntegerField(null=True, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    summary_en = models.CharField(_("English summary"), max_length=600, blank=True)
    application = models.CharField(_("field of application"), max_length=300, blank=True)
    trl = models.PositiveSmallIntegerField(_("technology readiness level"), null=True, blank=True)
    defects = models.TextField(_("known defects and burdens"), blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    remarks = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(default=clock.now)
    edition = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    asking = MoneyOf("asking_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["right", "mode"],
                condition=Q(state__in=["draft", "submitted", "checked", "published", "in_sale", "under_offer"]),
                name="one_open_listing_per_right_and_mode",
            ),
            models.CheckConstraint(
                condition=Q(asking_minor=None) | Q(asking_minor__gt=0), name="asking_price_is_positive"
            ),
            models.CheckConstraint(condition=Q(trl=None) | Q(trl__range=(1, 9)), name="trl_1_to_9"),
        )
        indexes = (models.Index(fields=["state", "-published_at", "-id"], name="listing_catalogue"),)

    def __str__(self) -> str:
        return f"{self.code} {self.right.title}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("listing:A-…")."""
        return f"listing:{self.code}"

    @property
    def sides(self) -> dict[str, str]:
        """What its seller and its buyer are called."""
        return self.Mode(self.mode).sides


class Bundle(models.Model):
    """A portfolio on offer: its listings, whole or in parts, and what of them goes to one buyer only.

    `groups`: [[right code, ...], ...] that may not be split: all rights where it is sold whole, else the marks the law
    ties (商标法 42) and the product lines the seller keeps together.
    """

    class Way(models.TextChoices):
        """Whether one buyer takes all."""

        WHOLE = "whole", _("Whole: one buyer takes all of it")
        PARTS = "parts", _("Whole or in parts, whichever brings more")

    code = code_field("G")
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="bundles")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bundles")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="entrusted_bundles")
    way = models.CharField(_("how it is sold"), max_length=6, choices=Way)
    groups = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.code} {self.portfolio.name}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("bundle:G-…")."""
        return f"bundle:{self.code}"


class Mandate(models.Model):
    """The consignment contract between seller and agency (拍卖法 42, 44): what each side pays, and its date.

    `buyer_fees` hold where the sale names no premium of its own. Kept by value: a schedule published later changes nothing.
    """

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="mandate")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    seller_fees = ScheduleField(default=standard_commission)
    buyer_fees = ScheduleField(default=standard_premium)
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.listing.code} -> {self.agency}"


class Reserve(models.Model):
    """The consignor's secret reserve price (拍卖法 28, 50): a table of its own, read only where a lot is decided."""

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="reserve", primary_key=True)
    currency = currency_field()
    amount_minor = models.BigIntegerField()

    amount = MoneyOf("amount_minor")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="reserve_is_positive"),)

    def __str__(self) -> str:
        return f"reserve of {self.listing_id}"


class Entry(models.Model):
    """What the catalogue knows of a listing on offer: its facets, what it sorts by, and the words it is found by.

    Written by `search` alone, in step with the listing's state. The database keeps its own index of `words` beside it
    (migration 0002): an FTS5 table on SQLite, a generated `tsvector` on PostgreSQL. Both price columns hold the asking
    price in yuan; without one, what puts the row last in either order.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="entry", primary_key=True)
    kind = models.CharField(max_length=14)
    detail = models.CharField(max_length=14)
    mode = models.CharField(max_length=12)
    pricing = models.CharField(max_length=10)
    industry = models.CharField(max_length=16)
    region = models.CharField(max_length=60)
    in_sale = models.BooleanField()
    expires_on = models.DateField(null=True)
    lowest_minor = models.BigIntegerField()
    highest_minor = models.BigIntegerField()
    published_at = models.DateTimeField()
    words = models.TextField()

    class Meta:
        ordering = ("-published_at", "-pk")
        indexes = (
            models.Index(fields=["-published_at", "-listing"], name="entry_newest"),
            models.Index(fields=["lowest_minor", "-listing"], name="entry_cheapest"),
            models.Index(fields=["-highest_minor", "-listing"], name="entry_dearest"),
            models.Index(fields=["kind", "detail", "-published_at", "-listing"], name="entry_kind"),
            models.Index(fields=["industry", "-published_at", "-listing"], name="entry_industry"),
            models.Index(fields=["region", "-published_at", "-listing"], name="entry_region"),
            models.Index(fields=["-published_at", "-listing"], condition=Q(in_sale=True), name="entry_in_sale"),
        )

    def __str__(self) -> str:
        return f"{self.listing_id} {self.kind}"


class Watch(models.Model):
    """A user keeps an eye on a listing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="watches")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["user", "listing"], name="one_watch_per_user_and_listing"),)

    def __str__(self) -> str:
        return f"{self.user} {self.listing_id}"
