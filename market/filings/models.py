"""A filing at the office: what was submitted when, what the office asked, and what it decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from market.deals.models import LICENCES, Deal
from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import code_field
from market.kernel.states import Moves
from market.parties.models import Party


class Filing(models.Model):
    """The recordal of one deal's assignment (专利法 10; 商标法 42; 著作权法实施条例 25) or licence (专利法实施细则 15; 商标法 43),
    or of the transfer back when a deal is undone after title has passed."""

    class Purpose(models.TextChoices):
        """Which way the title goes."""

        PASS = "pass", _("Transfer to the buyer")
        RETURN = "return", _("Transfer back to the seller")

    class State(models.TextChoices):
        """Where the filing stands."""

        PREPARED = "prepared", _("Prepared")
        SUBMITTED = "submitted", _("Submitted")
        CORRECTION = "correction", _("Correction requested")
        ACCEPTED = "accepted", _("Recorded")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar[Moves] = {
        State.PREPARED: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.CORRECTION, State.ACCEPTED, State.REFUSED, State.WITHDRAWN}),
        State.CORRECTION: frozenset({State.SUBMITTED, State.REFUSED, State.WITHDRAWN}),
        State.REFUSED: frozenset({State.SUBMITTED}),
    }

    code = code_field("F")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="filings")
    purpose = models.CharField(max_length=6, choices=Purpose, default=Purpose.PASS)
    office = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    pack = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    office_number = models.CharField(_("office file number"), max_length=60, blank=True)
    submitted_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    decided_on = models.DateField(_("date of registration or gazette"), null=True)
    certificate = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["deal", "purpose"], name="one_filing_per_deal_and_purpose"),)

    def __str__(self) -> str:
        return self.code

    @property
    def back(self) -> bool:
        """Whether the title goes back to the seller."""
        return self.purpose == self.Purpose.RETURN

    @property
    def grants(self) -> bool:
        """Whether a licence is recorded, and no title goes anywhere."""
        return self.deal.mode in LICENCES

    @property
    def assignor(self) -> Party:
        """Who gives the title, or grants the licence."""
        return self.deal.buyer if self.back else self.deal.seller

    @property
    def assignee(self) -> Party:
        """Who gets it."""
        return self.deal.seller if self.back else self.deal.buyer

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("filing:F-…")."""
        return f"filing:{self.code}"


class FilingEntry(models.Model):
    """One entry of a filing's history: a submission, a correction notice, an answer, a decision; never changed."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Filing.State)
    on = models.DateField()
    number = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    document = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.filing} {self.kind}"
