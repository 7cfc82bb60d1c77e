"""What was warned of, and how far the look through the register has come today."""

from django.db import models

from market.kernel import clock


class Alarm(models.Model):
    """One warning that was given: of what (`what`, `of`: see `rules.upkeep.Due`), due `on`, at which `step`."""

    right = models.ForeignKey("rights.Right", on_delete=models.PROTECT, related_name="alarms")
    what = models.CharField(max_length=12)
    of = models.CharField(max_length=160, blank=True)
    on = models.DateField()
    step = models.CharField(max_length=4)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["right", "what", "of", "on", "step"], name="one_alarm_per_due_and_step"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.of} {self.on} {self.step}"


class Round(models.Model):
    """One day's look through the register: the key of the last right looked at, and whether all were."""

    day = models.DateField(unique=True)
    reached = models.BigIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.reached}"
