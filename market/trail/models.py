"""Facts, which are never changed or deleted, and the state of their delivery to each handler."""

from typing import Any, ClassVar

from django.db import models

from market.kernel import clock
from market.kernel.states import Moves


class Fact(models.Model):
    """Something that happened: `name` ("deal.signed") about `subject` ("deal:D-…"), by `actor`, for `audience`.

    Subject, actor and audience are text references, not foreign keys, so that the trail knows nobody and outlives them.
    The database refuses UPDATE and DELETE (migration 0002).
    """

    name = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    actor = models.CharField(max_length=60)
    audience = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["subject", "id"]), models.Index(fields=["name", "id"]))

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Delivery(models.Model):
    """One handler's copy of one fact: pending until its effect is committed, dead after too many failures."""

    class State(models.TextChoices):
        """Where a delivery stands."""

        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    MOVES: ClassVar[Moves] = {
        State.PENDING: frozenset({State.DONE, State.DEAD}),
        State.DEAD: frozenset({State.PENDING}),
    }

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    handler = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["fact", "handler"], name="one_delivery_per_fact_and_handler"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "done", "dead"]), name="delivery_state_known"
            ),
        )
        indexes = (models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="delivery_due"),)

    def __str__(self) -> str:
        return f"{self.fact} -> {self.handler}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Rows are made by the journal and moved by `states.move`; saving over one is a mistake."""
        if self.pk is not None:
            raise TypeError("deliveries move through the journal")
        super().save(*args, **kwargs)
