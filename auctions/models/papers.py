"""The record of a lot's bidding (拍卖笔录, 拍卖法 53) as a paper, and who signed it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from auctions.models.sales import Lot
from market.documents.models import Version
from market.kernel import clock


class Record(models.Model):
    """The record of one lot, drafted from its log when the bidding is over; the file is what is signed."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="record")
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    roles = models.JSONField(help_text="who must sign, in order")
    drafted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"record of {self.lot_id}"


class RecordSignature(models.Model):
    """One electronic signature under a record (电子签名法 13-14): who, the consent sentence, the hash, when."""

    class Role(models.TextChoices):
        """In which role."""

        AUCTIONEER = "auctioneer", _("Auctioneer")
        RECORDER = "recorder", _("Recorder")
        BUYER = "buyer", _("Purchaser")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=10, choices=Role)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["record", "role"], name="one_signature_per_record_and_role"),)

    def __str__(self) -> str:
        return f"{self.record} {self.role}"
