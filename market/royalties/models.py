"""A licence with its terms, the periods it is reported for, what was reported, and the statements of what is owed."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right
from market.royalties.amendments.models import Amendment, AmendmentSignature
from market.royalties.runs.models import Run, SetAside
from market.royalties.sublicences.models import Sublicence
from market.royalties.usage.models import Key

__all__ = [
    "Amendment",
    "AmendmentSignature",
    "Key",
    "Licence",
    "Paid",
    "ReportingPeriod",
    "Run",
    "SetAside",
    "Statement",
    "Sublicence",
    "UsageReport",
]


NEVER = date.max


class Licence(models.Model):
    """A licence that bears royalties, granted once for `granted_for` ("deal:D-…") on the terms `terms`, which never change.

    `until` is its last day, earlier than agreed where it was terminated for the reason `ended_for`. `opens_on` is the day
    on which its next period is over and is opened; None until a run has looked, `NEVER` where it is paid for and owes nothing
    more.
    """

    class State(models.TextChoices):
        """Whether periods are still to come."""

        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    MOVES: ClassVar[Moves] = {State.ACTIVE: frozenset({State.ENDED})}

    code = code_field("Y")
    granted_for = models.CharField(max_length=60, unique=True)
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="royalty_licences")
    licensor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="licences_granted")
    licensee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="licences_taken")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="licences_administered")
    terms = models.JSONField()
    terms_sha256 = models.CharField(max_length=64)
    ended_for = models.CharField(max_length=300, blank=True)
    currency = currency_field()
    since = models.DateField()
    until = models.DateField(null=True)
    every = models.CharField(max_length=9)
    opens_on = models.DateField(null=True)
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(licensor=F("licensee")), name="licence_joins_two_parties"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="licence_ends_after_it_begins"
            ),
        )
        indexes = (models.Index(fields=["state", "opens_on"], name="licence_to_open"),)

    def __str__(self) -> str:
        return self.code

    @property
    def paid_up(self) -> bool:
        """Whether nothing is to be reported and stated, ever."""
        return self.opens_on == NEVER

    @property
    def deal(self) -> str:
        """The code of the deal it was granted by, "" where it was entered by its contract."""
        kind, _colon, code = self.granted_for.partition(":")
        return code if kind == "deal" else ""

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("licence:Y-…")."""
        return f"licence:{self.code}"


class ReportingPeriod(models.Model):
    """One period of a licence, opened once it is over; `number` counts them from 1 without a gap. `amendment` is the
    supplementary agreement whose terms hold for it, nothing for the licence's own. `reminded_on` is the day on which its
    licensee was told that the report is overdue."""

    class State(models.TextChoices):
        """Where the period stands (DESIGN 5)."""

        OPEN = "open", _("To be reported")
        REPORTED = "reported", _("Reported")
        APPROVED = "approved", _("Approved")
        BILLED = "billed", _("Billed")
        PAID = "paid", _("Paid")

    MOVES: ClassVar[Moves] = {
        State.OPEN: frozenset({State.REPORTED}),
        State.REPORTED: frozenset({State.REPORTED, State.OPEN, State.APPROVED}),
        State.APPROVED: frozenset({State.BILLED}),
        State.BILLED: frozenset({State.PAID}),
        State.PAID: frozenset({State.BILLED}),  # a correction asks for more
    }

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="periods", db_index=False)
    number = models.PositiveIntegerField()
    amendment = models.ForeignKey(
        Amendment, null=True, on_delete=models.PROTECT, related_name="periods", db_index=False
    )
    since = models.DateField()
    until = models.DateField()
    final = models.BooleanField(default=False)
    report_due_on = models.DateField()
    reminded_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("licence", "number")
        constraints = (
            models.UniqueConstraint(fields=["licence", "number"], name="one_period_per_number"),
            models.UniqueConstraint(fields=["licence", "since"], name="one_period_per_first_day"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="period_ends_after_it_begins"),
        )
        indexes = (
            models.Index(fields=["state", "licence", "number"], name="period_to_bill"),
            models.Index(fields=["amendment"], condition=Q(amendment__isnull=False), name="period_amended"),
            models.Index(fields=["report_due_on"], condition=Q(state="open", reminded_on=None), name="report_overdue"),
        )

    def __str__(self) -> str:
        return f"{self.licence_id} {self.since}"

    @property
    def code(self) -> str:
        """The period as people write it ("2026-01-01 – 2026-03-31")."""
        return f"{self.since} – {self.until}"

    @property
    def terms(self) -> Any:
        """The terms document that holds for it."""
        return self.amendment.document if self.amendment else self.licence.terms

    @property
    def terms_sha256(self) -> str:
        """The hash of these terms."""
        return self.amendment.sha256 if self.amendment else self.licence.terms_sha256


class UsageReport(models.Model):
    """What the licensee reported for a period; a correction is a new one. Append-only (the database refuses the rest)."""

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="reports")
    figures = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.period} {self.at}"


class Statement(models.Model):
    """What is owed for a period, line by line, computed from `opening`, the report and the licence's terms.

    `number` 1 is the first, each correction the next; `due_minor` is what it asks for beside those before. `sublicensed` is what
    sublicences brought in, by the code of what says so, where the licensor has a share in it. Append-only
    (the database refuses UPDATE and DELETE), and known by the hash of everything it says and was computed from.
    """

    code = code_field("YS")
    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="statements", db_index=False)
    report = models.OneToOneField(UsageReport, on_delete=models.PROTECT, related_name="statement")
    number = models.PositiveIntegerField()
    opening = models.JSONField()
    arrears = models.JSONField(default=list)
    sublicensed = models.JSONField(null=True)
    said = models.JSONField()
    sha256 = models.CharField(max_length=64)
    currency = currency_field()
    payable_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    due_on = models.DateField()
    issued_at = models.DateTimeField(default=clock.now)
    issued_by = models.CharField(max_length=60)

    payable = MoneyOf("payable_minor")
    withheld = MoneyOf("withheld_minor")
    due = MoneyOf("due_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["period", "number"], name="one_statement_per_period_and_number"),
            models.CheckConstraint(
                condition=Q(payable_minor__gte=0, withheld_minor__gte=0, due_minor__gte=0),
                name="a_statement_asks_for_nothing_back",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("statement:YS-…")."""
        return f"statement:{self.code}"

    @property
    def closing(self) -> Any:
        """The balances the next period opens with, as JSON."""
        return self.said["closing"]


class Paid(models.Model):
    """What a statement asked for arrived on a day, once. Append-only, as the statement is."""

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="paid")
    on = models.DateField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.statement} {self.on}"
