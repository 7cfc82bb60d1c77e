"""What a person was told about a fact, and whether it was read and mailed."""

from django.conf import settings
from django.db import models

from market.kernel import clock
from market.trail.models import Fact


class Notice(models.Model):
    """One fact told to one user; the words are rendered from templates/notices/<fact name>.txt when it is shown."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)  # when a worker last took it to mail it
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["user", "fact"], name="one_notice_per_user_and_fact"),)
        indexes = (
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["at"], condition=models.Q(mailed_at=None), name="notice_unmailed"),
        )

    def __str__(self) -> str:
        return f"{self.fact} for {self.user}"
