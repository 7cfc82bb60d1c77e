"""A negotiation over a listing, its offers version by version, the seller's floor, and the private round after a lot."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party


class PrivateRound(models.Model):
    """A timed round in which those who were registered for a lot that was passed in may make offers, if its consignor
    agrees. `origin` ("lot:L-…") is unique: the same lot proposes the same round."""

    class State(models.TextChoices):
        """Where it stands."""

        PROPOSED = "proposed", _("Waits for the consignor")
        OPEN = "open", _("Under way")
        REFUSED = "refused", _("Not agreed to")
        OVER = "over", _("Over")

    MOVES: ClassVar[Moves] = {
        State.PROPOSED: frozenset({State.OPEN, State.REFUSED, State.OVER}),
        State.OPEN: frozenset({State.OVER}),
    }

    code = code_field("PR")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="private_rounds")
    origin = models.CharField(max_length=60, unique=True)
    invited = models.ManyToManyField(Party, related_name="private_rounds")
    rules = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(state="open") | Q(ends_at__isnull=False), name="open_round_has_an_end"),
        )
        indexes = (models.Index(fields=["ends_at"], condition=Q(state="open"), name="round_due_to_end"),)

    def __str__(self) -> str:
        return f"{self.code} {self.origin}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("round:PR-…")."""
        return f"round:{self.code}"


class Negotiation(models.Model):
    """What one buyer and the seller say to each other about a listing, under one rule set, kept by value in `rules`.

    `standing` is the offer that counts: the last one. `expires_at` is its end.
    """

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("Being negotiated")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        CLOSED = "closed", _("No longer on offer")
        VOID = "void", _("Accepted, but another deal has the right")

    MOVES: ClassVar[Moves] = {
        State.OPEN: frozenset(State) - {State.OPEN, State.VOID},
        State.ACCEPTED: frozenset({State.VOID}),
    }

    code = code_field("N")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="negotiations")
    buyer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="negotiations")
    round = models.ForeignKey(PrivateRound, null=True, on_delete=models.PROTECT, related_name="negotiations")
    rules = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    standing = models.OneToOneField("listings.Offer", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["listing", "buyer"], condition=Q(state="open"), name="one_open_negotiation_per_buyer"
            ),
            models.CheckConstraint(condition=Q(state="open", ended_at=None) | ~Q(state="open"), name="open_has_no_end"),
        )
        indexes = (
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="offer_due_to_expire"),
            models.Index(fields=["buyer", "-id"], name="negotiation_of_buyer"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("negotiation:N-…")."""
        return f"negotiation:{self.code}"


class Offer(models.Model):
    """One version: a sum, a document of terms whose schema is no business of this room, a message, and how long it binds.
    The sum is nought for a licence that is paid for in royalties alone.

    `number` counts the rounds, `edition` the changes made before the other side had seen it. The database keeps every
    version as it was; only when it was first seen is written later. `key` is its maker's own, so that a repeat is the same
    offer.
    """

    class Side(models.TextChoices):
        """Who made it."""

        BUYER = "buyer", _("Buyer")
        SELLER = "seller", _("Seller")

    code = code_field("O")
    negotiation = models.ForeignKey(Negotiation, on_delete=models.PROTECT, related_name="offers")
    number = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField(default=1)
    side = models.CharField(max_length=6, choices=Side)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    terms = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["negotiation", "number", "edition"], name="one_offer_per_round_and_edition"
            ),
            models.UniqueConstraint(fields=["party", "key"], name="one_offer_per_key"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="offer_is_not_negative"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="offer_binds_for_a_while"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("offer:O-…")."""
        return f"offer:{self.code}"


class Floor(models.Model):
    """Below what a seller wants offers declined at once: a table of its own, shown to nobody but the seller's people."""

    listing = models.OneToOneField(
        "listings.Listing", on_delete=models.PROTECT, related_name="offer_floor", primary_key=True
    )
    currency = currency_field()
    amount_minor = models.BigIntegerField()

    amount = MoneyOf("amount_minor")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="floor_is_positive"),)

    def __str__(self) -> str:
        return f"floor of {self.listing_id}"
