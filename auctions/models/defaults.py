"""A deal in default: the buyer's (拍卖法 39), with what is claimed and the second sale, and the seller's on earnest money."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auctions.models.sales import Lot
from market.deals.models import Deal
from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, currency_field
from market.kernel.states import Moves
from market.payments.models import Charge


class Default(models.Model):
    """One purchase that its buyer did not complete, declared by a person of the agency for a reason.

    The amounts are those of the first sale, written down when it was declared: both commissions, what was `forfeited` of the
    deposit, and the `advance`, which stays in escrow until the claim is final. `second` is the price of the re-auction
    `sold_again`; a claim that is final without one knows no shortfall.
    """

    class State(models.TextChoices):
        """Where the claim stands."""

        OPEN = "open", _("The seller decides on a re-auction")
        REAUCTION = "reauction", _("Claim waits for the re-auction")
        FINAL = "final", _("Claim is final")

    MOVES: ClassVar[Moves] = {
        State.OPEN: frozenset({State.REAUCTION, State.FINAL}),
        State.REAUCTION: frozenset({State.FINAL}),
    }

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="default")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="defaults")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)
    deposit_kind = models.CharField(max_length=14)
    currency = currency_field()
    seller_commission_minor = models.BigIntegerField()
    buyer_commission_minor = models.BigIntegerField()
    forfeited_minor = models.BigIntegerField()
    advance_minor = models.BigIntegerField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    sold_again = models.OneToOneField(Lot, null=True, on_delete=models.PROTECT, related_name="settles_default")
    second_minor = models.BigIntegerField(null=True)
    final_at = models.DateTimeField(null=True)

    seller_commission = MoneyOf("seller_commission_minor")
    buyer_commission = MoneyOf("buyer_commission_minor")
    forfeited = MoneyOf("forfeited_minor")
    advance = MoneyOf("advance_minor")
    second = MoneyOf("second_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    seller_commission_minor__gte=0,
                    buyer_commission_minor__gte=0,
                    forfeited_minor__gte=0,
                    advance_minor__gte=0,
                ),
                name="default_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(sold_again=None, second_minor=None)
                | Q(sold_again__isnull=False, second_minor__gt=0, state="final"),
                name="default_shortfall_has_its_sale",
            ),
            models.CheckConstraint(
                condition=~Q(state="final") | Q(final_at__isnull=False), name="final_claim_says_since_when"
            ),
        )

    def __str__(self) -> str:
        return f"default of {self.deal}"


class SellerDefault(models.Model):
    """A sale on earnest money that its seller did not carry out, stated by a person of the agency with its evidence.

    `paid` is the earnest money the buyer had given, which goes back out of the escrow; `again` the same once more, as far as
    it is earnest money, which the seller pays under `charge` (民法典 587).
    """

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="seller_default")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="seller_defaults")
    reason = models.TextField()
    evidence = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)
    currency = currency_field()
    paid_minor = models.BigIntegerField()
    again_minor = models.BigIntegerField()
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="+")

    paid = MoneyOf("paid_minor")
    again = MoneyOf("again_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(again_minor__gt=0, paid_minor__gte=models.F("again_minor")),
                name="no_more_is_owed_again_than_was_paid",
            ),
        )

    def __str__(self) -> str:
        return f"default of the seller of {self.deal}"
