"""When an agency reminds its payers, and the reminders that went out."""

from django.db import models

from market.kernel import clock
from market.parties.models import Party


class Schedule(models.Model):
    """The days on which an agency reminds, counted from the due day: -3 is three days before it, 7 a week after."""

    agency = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="reminder_schedule")
    days = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.agency} {self.days}"


class Reminder(models.Model):
    """One reminder of a charge, of the level `step` (a day of the schedule): each level goes out once."""

    charge = models.ForeignKey("payments.Charge", on_delete=models.PROTECT, related_name="reminders")
    step = models.SmallIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["charge", "step"], name="one_reminder_per_charge_and_step"),)

    def __str__(self) -> str:
        return f"{self.charge} {self.step:+}"
