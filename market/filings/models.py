"""A filing at the office: what was submitted when, what the office asked, and what it decided."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.deals.models import LICENCES, Deal
from market.deals.open_licences.models import Declaration
from market.deals.rules.moves import ENDED_BADLY
from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import code_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right


class Filing(models.Model):
    """The recordal of one deal's assignment (专利法 10; 商标法 42; 著作权法实施条例 25) or licence (专利法实施细则 15; 商标法 43),
    or of the transfer back when a deal is undone after title has passed; or the announcement of an open licence's declaration
    or of its withdrawal (专利法 50)."""

    class Purpose(models.TextChoices):
        """Which way the title goes, or whether an open licence begins or ends."""

        PASS = "pass", _("Transfer to the buyer")
        RETURN = "return", _("Transfer back to the seller")
        OPEN = "open", _("Declaration of an open licence")
        CLOSE = "close", _("Withdrawal of an open licence")

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
    deal = models.ForeignKey(Deal, null=True, on_delete=models.PROTECT, related_name="filings")
    declaration = models.ForeignKey(Declaration, null=True, on_delete=models.PROTECT, related_name="filings")
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
        constraints = (
            models.UniqueConstraint(fields=["deal", "purpose"], name="one_filing_per_deal_and_purpose"),
            models.UniqueConstraint(fields=["declaration", "purpose"], name="one_filing_per_declaration_and_purpose"),
            models.CheckConstraint(
                condition=Q(deal=None, declaration__isnull=False, purpose__in=["open", "close"])
                | Q(deal__isnull=False, declaration=None, purpose__in=["pass", "return"]),
                name="a_filing_is_about_a_deal_or_a_declaration",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def back(self) -> bool:
        """Whether the title goes back to the seller."""
        return self.purpose == self.Purpose.RETURN

    @property
    def grants(self) -> bool:
        """Whether a licence is recorded, and no title goes anywhere."""
        return self.deal is not None and self.deal.mode in LICENCES

    @property
    def about(self) -> Deal | Declaration:
        """What is filed."""
        return self.deal or self.declaration  # type: ignore[return-value]  # the database sees to one of them

    @property
    def right(self) -> Right:
        """The right it is about."""
        return self.about.right

    @property
    def agency(self) -> Party:
        """Who hands it in."""
        return self.about.agency

    @property
    def kind(self) -> str:
        """By which law the office's day counts: the kind of right, or "open"."""
        return self.right.kind if self.deal else "open"

    @property
    def parties(self) -> list[Party]:
        """Who gives the title or grants the licence, who gets it unless everybody may, and the agency."""
        if self.declaration is not None:
            return [self.declaration.holder, self.agency]
        deal: Any = self.deal
        return [deal.buyer, deal.seller, self.agency] if self.back else [deal.seller, deal.buyer, self.agency]

    @property
    def undone(self) -> bool:
        """Whether what it is about came to nothing while it was not recorded."""
        if self.declaration is not None:
            given_up = self.declaration.state == Declaration.State.WITHDRAWN and self.purpose == self.Purpose.OPEN
            return given_up and self.state != self.State.ACCEPTED
        return self.about.state in ENDED_BADLY

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
