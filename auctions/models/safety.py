"""What proves that bids could be taken, and what stops them: probes through the public door, and halts.

Append-only, all of it (migration 0003): a halt is never edited, it is over when two people have agreed to go on.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auctions.models.sales import Lot
from market.kernel import clock
from market.kernel.fields import code_field
from market.parties.models import Party


class Probe(models.Model):
    """One bid, refused by design, that came in by the public address `target` and was decided at `at`.

    The database deletes none that is younger than a day; `probes.forget` bounds how many are kept.
    """

    target = models.CharField(max_length=200)
    key = models.UUIDField(unique=True)
    process = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "platform_probe"
        ordering = ("pk",)
        indexes = (models.Index(fields=["target", "at"], name="probe_of_target"),)

    def __str__(self) -> str:
        return f"{self.target} {self.at:%H:%M:%S}"


class Halt(models.Model):
    """No new bids and no closings, and every countdown stands still: on one lot, for one agency, or everywhere.

    One person stops, saying why in public; two others than each other go on (`Release`). `by_platform`: the platform's
    staff stopped it, so only they go on. An `outage` is found by the closing itself, and nobody's doing.
    """

    class Scope(models.TextChoices):
        """How much stands still."""

        LOT = "lot", _("One lot")
        AGENCY = "agency", _("All lots of the agency")
        PLATFORM = "platform", _("Every lot on the platform")

    class Cause(models.TextChoices):
        """What stopped it."""

        SWITCH = "switch", _("Stopped by hand")
        OUTAGE = "outage", _("Bids could not be taken")

    RELEASES: ClassVar[int] = 2

    code = code_field("H")
    scope = models.CharField(max_length=8, choices=Scope)
    cause = models.CharField(max_length=6, choices=Cause, default=Cause.SWITCH)
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="halts")
    agency = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by_platform = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(scope="lot", lot__isnull=False, agency__isnull=False)
                | Q(scope="agency", lot=None, agency__isnull=False)
                | Q(scope="platform", lot=None, agency=None),
                name="halt_names_its_scope",
            ),
            models.CheckConstraint(condition=Q(cause="outage") | Q(by__isnull=False), name="halt_has_its_person"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.scope}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("halt:H-…")."""
        return f"halt:{self.code}"

    @property
    def is_over(self) -> bool:
        """Whether two people have ended it."""
        return len(self.releases.all()) >= self.RELEASES


class Release(models.Model):
    """One person's word that it may go on; the second person's makes it so."""

    halt = models.ForeignKey(Halt, on_delete=models.PROTECT, related_name="releases")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["halt", "by"], name="two_different_people_go_on"),)

    def __str__(self) -> str:
        return f"{self.halt} released by {self.by}"


class Pause(models.Model):
    """A lot that a halt holds, by the event `seq` of its log: what is to go on when nothing stops it any more."""

    halt = models.ForeignKey(Halt, on_delete=models.PROTECT, related_name="pauses")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="pauses")
    seq = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["lot", "seq"], name="one_pause_an_event"),)

    def __str__(self) -> str:
        return f"{self.lot_id}#{self.seq} {self.halt_id}"
