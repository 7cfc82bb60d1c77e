"""How an escrow is shared out, line by line, and the claims the agency enters before it is."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.deals.models import Deal
from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, currency_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Encumbrance


class Claim(models.Model):
    """What somebody is to get before the holders, as the agency entered it with the paper that proves it.

    `holder` is whose share alone bears it; without one it comes off the whole price. A reward may be a `part` ("1/3") of
    what is left of that share instead of a sum. A pledgee that agrees to keep its pledge claims nothing. What was wrong is
    dropped and entered anew; the row stays.
    """

    class Kind(models.TextChoices):
        """What is claimed (`rules.CLAIMED`)."""

        PLEDGE = "pledge", _("Payoff of the pledgee")
        FEE = "fee", _("Fees laid out by the agency")
        TAX = "tax", _("Tax withheld")
        INVENTORS = "inventors", _("Share of the inventors")

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=10, choices=Kind)
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    burden = models.ForeignKey(Encumbrance, null=True, on_delete=models.PROTECT, related_name="+")
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    part = models.CharField(max_length=80, blank=True)
    tax = models.CharField(max_length=10, blank=True)
    base_minor = models.BigIntegerField(null=True)
    on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    document = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    amount = MoneyOf("amount_minor")
    base = MoneyOf("base_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["deal", "burden"],
                condition=Q(burden__isnull=False, dropped_at=None),
                name="one_claim_per_pledge",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="claim_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(kind="tax") | (~Q(tax="") & Q(base_minor__gt=0)), name="tax_has_its_base"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Settlement(models.Model):
    """How a deal's escrow is shared out, or given back when the deal is undone; prepared first, posted once by the agency."""

    class Purpose(models.TextChoices):
        """Which of the two."""

        SHARE_OUT = "share_out", _("Settlement")
        UNDO = "undo", _("Return of the payments")

    class State(models.TextChoices):
        """Where the settlement stands."""

        PREPARED = "prepared", _("Prepared")
        POSTED = "posted", _("Posted")

    MOVES: ClassVar[Moves] = {State.PREPARED: frozenset({State.POSTED})}

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="settlement")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.SHARE_OUT)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    statement = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=clock.now)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"settlement of {self.deal}"


class SettlementLine(models.Model):
    """One line of a settlement: who gets how much of the escrow, by which formula, from which inputs, on what ground.

    `short_minor` is what was claimed and the escrow cannot pay: the seller still owes it.
    """

    class Kind(models.TextChoices):
        """What the line pays (`rules`)."""

        PLEDGE = "pledge", _("Payoff of the pledgee")
        PREMIUM = "premium", _("Buyer's premium")
        COMMISSION = "commission", _("Seller's commission")
        FEE = "fee", _("Fees laid out by the agency")
        TAX = "tax", _("Tax withheld")
        INVENTORS = "inventors", _("Share of the inventors")
        PROCEEDS = "proceeds", _("Proceeds of the right holder")
        PRICE_BACK = "price_back", _("Price and premium, back to the buyer")
        DEPOSIT_BACK = "deposit_back", _("Deposit, back to the buyer")

    class Source(models.TextChoices):
        """The ground a line stands on."""

        PLEDGE = "pledge", _("The pledgee's agreement and payoff letter (Civil Code, article 444)")
        COMMISSION = "commission", _("Commission as agreed with each side (Auction Law, article 56)")
        FEE = "fee", _("Receipts of what was laid out, as agreed")
        TAX = "tax", _("Tax law, as the agency declared it")
        INVENTORS = (
            "inventors",
            _("Reward of the inventors (Law on Promoting Transformation of Results, articles 44-45)"),
        )
        CONTRACT = "contract", _("The assignment contract")
        SHARES = "shares", _("The assignment contract, by the shares in the register")
        RESCINDED = "rescinded", _("Rescission: what was paid goes back (Civil Code, article 566)")
        ANNULLED = "annulled", _("Annulment: what was paid goes back (Civil Code, article 157)")

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    short_minor = models.BigIntegerField(default=0)
    formula = models.CharField(max_length=300)
    source = models.CharField(max_length=20, choices=Source)
    inputs: Any = models.JSONField(default=dict)
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="lines")

    amount, short = MoneyOf("amount_minor"), MoneyOf("short_minor")

    class Meta:
        ordering = ("settlement", "number")
        constraints = (
            models.UniqueConstraint(fields=["settlement", "number"], name="settlement_line_number_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, short_minor__gte=0) | Q(amount_minor=0, short_minor__gt=0),
                name="settlement_line_pays_or_falls_short",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
