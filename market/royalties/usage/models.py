"""The key by which a licensee's program reports for one licence."""

from django.conf import settings
from django.db import models

from market.kernel import clock


class Key(models.Model):
    """A key of a licence, known by its first letters; only its SHA-256 is kept. It acts for whoever issued it, as long as
    that person may report, until it is revoked. `minute` and `calls` count the calls of the minute that runs."""

    licence = models.ForeignKey("royalties.Licence", on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=60)
    start = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    minute = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.start
