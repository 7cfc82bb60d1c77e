"""A run over all licences with how far it has come, and the licences it set aside."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.states import Moves


class Run(models.Model):
    """One run: it opens the periods that are over by `day`, then bills those approved, licence by licence in their order.

    `number` counts the runs from 1 without a gap, so that two workers never begin the same one. `reached` is the key of the
    last licence that was done: the workers look for more behind it, and when there is nothing any more, once from the first
    on, for what one of them left. `expected` is how much there was to do when it began; `opened`, `billed` and `set_aside`
    count periods, statements and licences.
    """

    class State(models.TextChoices):
        """What it is doing."""

        OPENING = "opening", _("Opening periods")
        BILLING = "billing", _("Billing")
        DONE = "done", _("Done")

    MOVES: ClassVar[Moves] = {
        State.OPENING: frozenset({State.OPENING, State.BILLING}),
        State.BILLING: frozenset({State.BILLING, State.DONE}),
    }

    number = models.PositiveIntegerField(unique=True)
    day = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.OPENING)
    reached = models.BigIntegerField(default=0)
    expected = models.PositiveIntegerField()
    opened = models.PositiveIntegerField(default=0)
    billed = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-number",)
        indexes = (models.Index(fields=["number"], condition=~Q(state="done"), name="run_under_way"),)

    def __str__(self) -> str:
        return f"{self.number} {self.day}"

    @property
    def percent(self) -> int:
        """How much of what was expected is done; what came up meanwhile may be more."""
        if self.state == self.State.DONE:
            return 100
        done = self.opened + self.billed + self.set_aside
        return min(99, done * 100 // self.expected) if self.expected else 0


class SetAside(models.Model):
    """A licence that a run could not open or bill, and why; no run touches it until somebody lets it be tried again."""

    licence = models.ForeignKey("royalties.Licence", on_delete=models.PROTECT, related_name="set_asides")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="set_asides")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["licence"], condition=Q(released_at=None), name="a_licence_is_set_aside_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.licence_id}: {self.reason}"
