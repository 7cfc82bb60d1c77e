"""A scoring that was kept: by which scheme and version, on which facts, with whose answers and what they rest on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import code_field
from market.parties.models import Party


class Scoring(models.Model):
    """One scoring of a right by a party, never changed. `facts` are the register's, `judged` the scorer's with evidence."""

    code = code_field("VS")
    key = models.UUIDField(unique=True, editable=False)
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=40)
    version = models.CharField(max_length=10)
    scenario = models.CharField(max_length=40)
    on = models.DateField(_("day"))
    facts = models.JSONField()
    judged = models.JSONField()
    score = models.DecimalField(max_digits=7, decimal_places=4)
    coverage = models.DecimalField(max_digits=5, decimal_places=4)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.code} {self.scheme} {self.version}"

    @property
    def ref(self) -> str:
        """The text reference facts are about ("scoring:VS-…")."""
        return f"scoring:{self.code}"
