"""Fair play: marks of where people came from, reviews that hold a settlement, and who may not bid for a while."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from auctions.models.sales import Lot
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.fields import code_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right


class Trace(models.Model):
    """A keyed digest of the network or the browser from which a person of a lot's parties came; never the thing itself."""

    class Kind(models.TextChoices):
        """What was digested."""

        NETWORK = "network", _("Network")
        DEVICE = "device", _("Browser")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="traces")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["lot", "user", "kind", "mark"], name="one_trace"),)

    def __str__(self) -> str:
        return f"{self.lot_id} {self.kind} {self.mark[:8]}"


class Review(models.Model):
    """What was found at a closed lot, and what two people made of it. While it is open the settlement is held.

    One proposes an outcome with a reason, another agrees; who disagrees lets it stay open.
    """

    class State(models.TextChoices):
        """Where the review stands."""

        OPEN = "open", _("Under review")
        CLEARED = "cleared", _("Cleared")
        UPHELD = "upheld", _("Upheld")

    OUTCOMES: ClassVar[frozenset[str]] = frozenset({State.CLEARED, State.UPHELD})
    MOVES: ClassVar[Moves] = {State.OPEN: OUTCOMES}

    code = code_field("V")
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="review")
    findings = models.JSONField(default=list)
    points = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    proposed = models.CharField(max_length=8, blank=True, choices=State)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None)
                | (Q(decided_by__isnull=False, proposed_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="review_decided_by_a_second_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.lot_id}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("review:V-…")."""
        return f"review:{self.code}"


class Bar(models.Model):
    """A party that may not register: for one right (the one it did not pay for), or for everything an agency sells.

    Entered when a purchase is in default (拍卖法 39; 法释〔2016〕18号 24). `until` None: as long as that right is sold.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bars")
    agency = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="bars_given")
    right = models.ForeignKey(Right, null=True, on_delete=models.PROTECT, related_name="bars")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="bars")
    since = models.DateField()
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    appeal = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["deal", "right"], name="one_bar_per_default_and_right"),
            models.UniqueConstraint(fields=["deal", "agency"], name="one_bar_per_default_and_agency"),
            models.CheckConstraint(
                condition=Q(agency=None, right__isnull=False) | Q(agency__isnull=False, right=None),
                name="bar_is_for_a_right_or_an_agency",
            ),
        )

    def __str__(self) -> str:
        return f"{self.party_id} {self.since}"
