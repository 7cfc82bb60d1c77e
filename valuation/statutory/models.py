"""An appraisal institution's engagement, its report, and the appraisers' signatures: rows that are never changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.parties.models import Party
from valuation.purposes import Premise, Purpose


class Engagement(models.Model):
    """That the client, who offers the right of the listing, lets an institution appraise it."""

    code = code_field("VE")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["listing", "institution", "purpose"], name="one_engagement_a_purpose"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.institution}"

    @property
    def ref(self) -> str:
        """The text reference facts are about ("engagement:VE-…")."""
        return f"engagement:{self.code}"


class Report(models.Model):
    """A statutory report as the institution gave it: the file, and what it says. It counts once two appraisers have signed."""

    code = code_field("VR")
    key = models.UUIDField(unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="reports")
    paper = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("number of the report"), max_length=60)
    premise = models.CharField(_("premise of value"), max_length=12, choices=Premise)
    methods = models.CharField(_("methods"), max_length=200)
    valuation_date = models.DateField(_("base date"))
    valid_until = models.DateField(_("valid until"))
    currency = currency_field()
    value_minor = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    value = MoneyOf("value_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(value_minor__gt=0), name="statutory_value_above_zero"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valuation_date")), name="statutory_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def ref(self) -> str:
        """The text reference facts are about ("statutory:VR-…")."""
        return f"statutory:{self.code}"


class Signature(models.Model):
    """A certified appraiser's name under a report: over the bytes whose `sha256` it bears."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    certificate = models.CharField(_("certificate number"), max_length=20)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["report", "user"], name="one_signature_an_appraiser"),
            models.UniqueConstraint(fields=["report", "certificate"], name="one_signature_a_certificate"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.certificate}"
