"""The terms of a deal as versions, and which of them both sides agreed to; rows that never change."""

from django.conf import settings
from django.db import models

from market.kernel import clock
from market.parties.models import Party


class TermsVersion(models.Model):
    """One version of a deal's terms document, numbered from 1, known by the hash of what it says.

    `proposed_by` is the side that proposed it; nobody for what the deal was concluded on, which both agreed to already.
    Append-only (the database refuses the rest).
    """

    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["deal", "number"], name="one_terms_version_per_number"),)

    def __str__(self) -> str:
        return f"{self.deal_id} v{self.number}"

    @property
    def agreed(self) -> bool:
        """Whether both sides want it."""
        return self.proposed_by_id is None or hasattr(self, "adoption")


class Adoption(models.Model):
    """The other side's yes to a proposed version, under the hash it read. Append-only, as the version is."""

    version = models.OneToOneField(TermsVersion, on_delete=models.PROTECT, related_name="adoption")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.version} {self.party_id}"
