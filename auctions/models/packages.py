"""Package bids over the lots of one sale, who makes them, and the runs that allocate the lots."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auctions.models.sales import Sale
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party


class PackageSale(models.Model):
    """A sale whose lots of the format `package` are bid for in bundles, with the pricing rule that bidders were promised.

    `groups`: [[name, [lot code, ...]], ...], lots that go to one buyer together (商标法 42).
    """

    class Rule(models.TextChoices):
        """What the winners pay (`rules.packages.pricing`). VCG alone may bring next to nothing, so it is never the default."""

        CORE_NEAREST_VCG = "core_nearest_vcg", _("Core price nearest to VCG")
        CORE_NEAREST_BIDS = "core_nearest_bids", _("Core price nearest to the bids")
        PAY_AS_BID = "pay_as_bid", _("Each winner pays its bid")
        VCG = "vcg", _("Vickrey-Clarke-Groves price")

    sale = models.OneToOneField(Sale, on_delete=models.PROTECT, related_name="packages")
    rule = models.CharField(_("pricing rule"), max_length=20, choices=Rule, default=Rule.CORE_NEAREST_VCG)
    groups = models.JSONField(default=list, blank=True)
    settled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"packages of {self.sale}"


class PackageBidder(models.Model):
    """The number under which a party's package bids appear once they are public."""

    package = models.ForeignKey(PackageSale, on_delete=models.PROTECT, related_name="bidders")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    paddle = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["package", "party"], name="one_package_paddle_per_party"),
            models.UniqueConstraint(fields=["package", "paddle"], name="package_paddle_once_per_sale"),
        )

    def __str__(self) -> str:
        return str(self.paddle)


class PackageBid(models.Model):
    """One accepted offer for a bundle of lots, all or nothing; of a bidder's bids at most one wins (XOR).

    Append-only (the database refuses UPDATE and DELETE). Until the sale's bidding ended nobody but its bidder is shown it.
    """

    package = models.ForeignKey(PackageSale, on_delete=models.PROTECT, related_name="bids")
    bidder = models.ForeignKey(PackageBidder, on_delete=models.PROTECT, related_name="bids")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    place = models.PositiveIntegerField(help_text="order of submission, from 1")
    bundle = models.JSONField(help_text="lot codes, sorted")
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=["package", "bidder", "key"], name="one_package_bid_per_key"),
            models.UniqueConstraint(fields=["package", "place"], name="package_bids_are_numbered"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="package_bid_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.package_id}#{self.place}"


class PackageRun(models.Model):
    """One attempt to allocate the lots: queued by the agency, carried out in the background, resumed if that was cut off.

    `value_minor` and `bound_minor` tell how far it is; `file` is the published result (`rules.packages.file`).
    """

    class State(models.TextChoices):
        """Where the run stands."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being calculated")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Phase(models.TextChoices):
        """What a run is doing."""

        DECIDING = "deciding", _("Looking for the best allocation")
        PRICING = "pricing", _("Working out the prices")

    MOVES: ClassVar[Moves] = {
        State.QUEUED: frozenset({State.RUNNING}),
        State.RUNNING: frozenset({State.RUNNING, State.QUEUED, State.DONE, State.FAILED}),
    }

    code = code_field("R")
    package = models.ForeignKey(PackageSale, on_delete=models.PROTECT, related_name="runs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    limit_s = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(max_length=8, choices=Phase, default=Phase.DECIDING)
    steps = models.PositiveIntegerField(default=0)
    currency = currency_field()
    value_minor = models.BigIntegerField(null=True)
    bound_minor = models.BigIntegerField(null=True)
    stale_at = models.DateTimeField(null=True, help_text="when a run that has not moved since counts as cut off")
    ended_at = models.DateTimeField(null=True)
    file = models.JSONField(null=True)
    error = models.TextField(blank=True)

    value = MoneyOf("value_minor")
    bound = MoneyOf("bound_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["package"], condition=Q(state__in=["queued", "running"]), name="one_package_run_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.state}"
