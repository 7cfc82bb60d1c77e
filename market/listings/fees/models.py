"""The fee schedules an agency publishes: which side pays what of the price, version by version."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import code_field
from market.listings.fees.fields import ScheduleField
from market.parties.models import Party


class FeeSchedule(models.Model):
    """One version of what an agency asks of a side; a change is a new version under the same name, guarded in the database.

    The newest version of a name is on offer until it is withdrawn. Consignments and sales keep what they agreed by value.
    """

    class Side(models.TextChoices):
        """Who pays it."""

        SELLER = "seller", _("Seller's commission")
        BUYER = "buyer", _("Buyer's premium")

    code = code_field("F")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="fee_schedules")
    side = models.CharField(_("who pays it"), max_length=6, choices=Side)
    name = models.CharField(_("name"), max_length=40)
    version = models.PositiveSmallIntegerField()
    fees = ScheduleField()
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("agency", "side", "name", "-version")
        constraints = (
            models.UniqueConstraint(fields=["agency", "side", "name", "version"], name="one_fee_schedule_per_version"),
        )

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
