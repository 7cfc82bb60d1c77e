"""Bidders, and the two append-only tables that prove what they did: bids and events."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auctions.models.sales import Lot
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party


class Bidder(models.Model):
    """A party registered for one lot: qualified by the agency, with a deposit, then a paddle (竞买号) and the right to bid.

    The deposit lets it bid for what ends before `eligible_until` (null: as long as it is held), which lies before the end of
    the hold; `warned_at` is when it was told that this comes near.
    """

    class State(models.TextChoices):
        """Where the registration stands."""

        APPLIED = "applied", _("Waiting for qualification")
        REJECTED = "rejected", _("Not qualified")
        QUALIFIED = "qualified", _("Qualified, deposit to be paid")
        ACTIVE = "active", _("May bid")
        ENDED = "ended", _("Ended")

    class Deposit(models.TextChoices):
        """What became of the deposit; each ends in exactly one of the last three."""

        NONE = "none", _("Not paid")
        HELD = "held", _("Held")
        RELEASED = "released", _("Being refunded")
        APPLIED = "applied", _("Set off against the price")
        FORFEITED = "forfeited", _("Forfeited")

    MOVES: ClassVar[Moves] = {
        State.APPLIED: frozenset({State.QUALIFIED, State.REJECTED}),
        State.REJECTED: frozenset({State.APPLIED}),
        State.QUALIFIED: frozenset({State.ACTIVE, State.ENDED}),
        State.ACTIVE: frozenset({State.ENDED}),
    }

    code = code_field("B")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="bidders")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bidders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paddle = models.PositiveSmallIntegerField(null=True)
    priority = models.PositiveSmallIntegerField(null=True, help_text="rank of a priority right; 1 comes first")
    state = models.CharField(max_length=10, choices=State, default=State.APPLIED)
    deposit = models.CharField(max_length=10, choices=Deposit, default=Deposit.NONE)
    eligible_until = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    terms_sha256 = models.CharField(max_length=64)
    acknowledged_at = models.DateTimeField(default=clock.now)
    remark = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["lot", "party"], name="one_registration_per_lot_and_party"),
            models.UniqueConstraint(fields=["lot", "paddle"], name="paddle_once_per_lot"),
        )
        indexes = (
            models.Index(
                fields=["eligible_until"],
                condition=Q(deposit="held", eligible_until__isnull=False, warned_at=None),
                name="deposit_to_warn_of",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.paddle or ''}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("bidder:B-…")."""
        return f"bidder:{self.code}"

    @property
    def origin(self) -> str:
        """What a deal with this bidder is concluded by: the lot, or its own share of a lot that several may win."""
        return f"{self.lot.ref}#{self.code}" if self.lot.format == Lot.Format.UNIFORM else self.lot.ref


class Bid(models.Model):
    """One answered bid, accepted or refused; the key is the bidder's own, so that a repeat gets the same answer.

    Append-only (the database refuses UPDATE and DELETE): an accepted bid is never withdrawn (拍卖法 36), only superseded.
    What `amount` is depends on the kind: of a proxy it is the most the bidder would pay. An accepted bid has no `seq` if
    nobody else saw it: a leader who raised its own maximum. `code` is empty for every accepted bid.
    """

    class Kind(models.TextChoices):
        """What the amount says (`auctions.rules.lot.Bid`)."""

        EXACT = "exact", _("Exact bid")
        PROXY = "proxy", _("Maximum")
        FLOOR = "floor", _("Called in the room")
        SEALED = "sealed", _("Sealed bid")
        ACCEPT = "accept", _("Falling price accepted")
        BEST = "best", _("Last offer")
        UNITS = "units", _("Price for each of several licences")

    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="bids", db_index=False
    )  # two constraints begin so
    bidder = models.ForeignKey(
        Bidder, on_delete=models.PROTECT, related_name="bids", db_index=False
    )  # the index begins so
    key = models.UUIDField()
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.EXACT)
    units = models.PositiveIntegerField(default=1)
    seq = models.PositiveBigIntegerField(null=True)
    code = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["lot", "bidder", "key"], name="one_answer_per_bid_key"),
            models.UniqueConstraint(fields=["lot", "seq"], name="one_bid_per_seq"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="bid_is_positive"),
            models.CheckConstraint(condition=Q(seq=None) | Q(code=""), name="bid_refused_has_no_event"),
        )
        # By bidder alone, a kept plan would read all that a bidder ever bid to find one key.
        indexes = (models.Index(fields=["bidder", "key"], name="bid_by_bidder_and_key"),)

    def __str__(self) -> str:
        return f"{self.lot_id} {self.amount} {self.code or self.seq}"


class Event(models.Model):
    """One public event of a lot, numbered without a gap and chained by SHA-256: what anybody may replay and verify.

    Append-only (the database refuses UPDATE and DELETE).
    """

    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="events", db_index=False
    )  # the constraint has one
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    at = models.DateTimeField()
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("lot", "seq")
        constraints = (models.UniqueConstraint(fields=["lot", "seq"], name="one_event_per_seq"),)

    def __str__(self) -> str:
        return f"{self.lot_id}#{self.seq} {self.kind}"
