"""Sealed bids: the key a lot's envelopes are encrypted to, who holds its shares, and the envelopes, append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auctions.models.bidding import Bidder
from auctions.models.sales import Lot
from market.kernel import clock


class OpeningKey(models.Model):
    """The public half of a lot's opening key. The private half was made and split in a browser and never came here.

    `private` is empty until two officers have opened the envelopes; from then on it is published, so that anybody may.
    """

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="opening_key")
    public = models.CharField(max_length=64)
    private = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.lot_id} {self.public[:8]}"


class KeyShare(models.Model):
    """Who holds which share of an opening key, and the SHA-256 by which that share is known again. Never the share."""

    class Role(models.TextChoices):
        """Whose interest the holder stands for: no two of them should be the same hand."""

        AGENCY = "agency", _("For the agency")
        PLATFORM = "platform", _("For the platform")
        NOTARY = "notary", _("Notary")
        SELLER = "seller", _("For the seller")

    key = models.ForeignKey(OpeningKey, on_delete=models.PROTECT, related_name="shares")
    number = models.PositiveSmallIntegerField()
    holder = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=8, choices=Role)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["key", "number"], name="one_share_per_number"),
            models.UniqueConstraint(fields=["key", "role"], name="one_share_per_role"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.holder}"


class Envelope(models.Model):
    """A sealed bid as it came, or its withdrawal: ciphertext and hashes, nothing that says how much.

    Append-only (the database refuses UPDATE and DELETE): a replacement is a later envelope of the same bidder.
    """

    class Kind(models.TextChoices):
        """What the envelope does."""

        BID = "bid", _("Sealed bid")
        WITHDRAWAL = "withdrawal", _("Withdrawal")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="envelopes")
    bidder = models.ForeignKey(Bidder, on_delete=models.PROTECT, related_name="envelopes")
    index = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.UUIDField()
    ciphertext = models.BinaryField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("lot", "index")
        constraints = (
            models.UniqueConstraint(fields=["lot", "index"], name="one_envelope_per_index"),
            models.UniqueConstraint(fields=["lot", "bidder", "key"], name="one_envelope_per_key"),
            models.UniqueConstraint(fields=["lot", "sha256"], condition=~Q(sha256=""), name="no_copied_envelope"),
            models.CheckConstraint(
                condition=Q(kind="withdrawal", sha256="", commitment="")
                | (Q(kind="bid") & ~Q(sha256="") & ~Q(commitment="")),
                name="envelope_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.index} {self.kind}"
