"""A right contributed to a company for shares: the parties, the report, the resolution, title, and who holds what."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.equity.dividends.models import Beneficiary, Declaration, DividendPlan, DividendStatement
from market.equity.fields import PartField
from market.equity.rewards.models import Income, Reward, RewardPlan, RewardShare
from market.equity.rules.shares import Held
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right

# Tables of this room that live in files of their own.
__all__ = [
    "Beneficiary",
    "Contribution",
    "Declaration",
    "DividendPlan",
    "DividendStatement",
    "Holding",
    "Income",
    "Option",
    "Reward",
    "RewardPlan",
    "RewardShare",
]


class Contribution(models.Model):
    """`contributor` gives a right to a limited liability company for new shares that come to `part` of it (知识产权作价入股; 公司法
    48-49), of which its inventors get `inventors_part`.

    No price is paid, so it is no deal: title passes by its own filing. `value` is what the parties agreed, never more than
    the `report_amount`; `capital` is the company's registered capital before. Columns of later steps are null until then;
    `reminded_of` is the last day that went by in vain of which the parties were told.
    """

    class State(models.TextChoices):
        """Where the contribution stands (DESIGN 5)."""

        PROPOSED = "proposed", _("Proposed")
        VALUED = "valued", _("Valued")
        RESOLVED = "resolved", _("Resolved")
        FILED = "filed", _("Filed at the office")
        TITLE_TRANSFERRED = "title_transferred", _("Title transferred")
        CERTIFIED = "certified", _("Certified")
        FORFEITED = "forfeited", _("Forfeited")
        DISPOSED = "disposed", _("Forfeited shares dealt with")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Fate(models.TextChoices):
        """What became of forfeited shares (公司法 52)."""

        TRANSFERRED = "transferred", _("Transferred to another")
        CANCELLED = "cancelled", _("Cancelled, the capital reduced")
        OTHERS = "others", _("Paid up by the other shareholders pro rata")

    MOVES: ClassVar[Moves] = {
        State.PROPOSED: frozenset({State.VALUED, State.WITHDRAWN}),
        State.VALUED: frozenset({State.VALUED, State.RESOLVED, State.WITHDRAWN}),
        State.RESOLVED: frozenset({State.FILED, State.FORFEITED}),
        State.FILED: frozenset({State.TITLE_TRANSFERRED, State.RESOLVED}),
        State.TITLE_TRANSFERRED: frozenset({State.CERTIFIED}),
        State.FORFEITED: frozenset({State.DISPOSED}),
    }
    LIVE: ClassVar[frozenset[str]] = frozenset({State.PROPOSED, State.VALUED, State.RESOLVED, State.FILED})

    code = code_field("K")
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="contributions")
    contributor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contributions")
    company = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contributions_received")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contributions_administered")
    part = PartField()
    inventors_part = PartField()
    currency = currency_field()
    capital_minor = models.BigIntegerField()
    established_on = models.DateField()
    state = models.CharField(max_length=17, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(default=clock.now)

    value_minor = models.BigIntegerField(null=True)
    report_minor = models.BigIntegerField(null=True)
    report_by = models.CharField(max_length=120, blank=True)
    report_number = models.CharField(max_length=60, blank=True)
    report_base_on = models.DateField(null=True)
    report_until = models.DateField(null=True)
    report = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")

    resolved_on = models.DateField(null=True)
    resolution = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)

    office_number = models.CharField(max_length=60, blank=True)
    filed_on = models.DateField(null=True)
    title_on = models.DateField(null=True)
    office_certificate = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    certified_on = models.DateField(null=True)

    called_on = models.DateField(null=True)
    grace_until = models.DateField(null=True)
    reminded_of = models.DateField(null=True)
    forfeited_on = models.DateField(null=True)
    fate = models.CharField(max_length=11, choices=Fate, blank=True)
    fate_to = models.CharField(max_length=120, blank=True)
    fate_on = models.DateField(null=True)

    capital, value, report_amount = MoneyOf("capital_minor"), MoneyOf("value_minor"), MoneyOf("report_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(contributor=F("company")), name="contribution_joins_two_parties"),
            models.CheckConstraint(condition=Q(capital_minor__gt=0), name="contribution_finds_capital"),
            models.CheckConstraint(
                condition=Q(value_minor=None) | Q(value_minor__gt=0, value_minor__lte=F("report_minor")),
                name="contribution_not_over_report",
            ),
            models.UniqueConstraint(
                fields=["right"],
                condition=Q(state__in=["proposed", "valued", "resolved", "filed"]),
                name="one_live_contribution_per_right",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("contribution:K-…")."""
        return f"contribution:{self.code}"


class Holding(models.Model):
    """One row of the cap table: a holder before the contribution, the pool kept for options, or who gets new shares.

    `part` of a row before is of the company before, that of a new one of the company after. `certificate` is the
    capital-contribution certificate (出资证明书) of a new one.
    """

    class Kind(models.TextChoices):
        """Which of the three."""

        BEFORE = "before", _("Shareholder")
        POOL = "pool", _("Option pool")
        NEW = "new", _("New shares")

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(max_length=6, choices=Kind)
    holder = models.CharField(max_length=120)
    part = PartField()
    certificate = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["contribution", "holder", "kind"], name="a_holder_stands_once_in_a_cap_table"
            ),
        )

    def __str__(self) -> str:
        return f"{self.holder} {self.part}"


class Option(models.Model):
    """An option out of the pool: `part` of the company, earned month by month from `since` once the cliff is over."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="options")
    holder = models.CharField(max_length=120)
    part = PartField()
    since = models.DateField()
    cliff_months = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(months__gt=0, cliff_months__lte=F("months")), name="option_vests"),
            models.UniqueConstraint(fields=["contribution", "holder", "since"], name="option_granted_once"),
        )

    def __str__(self) -> str:
        return f"{self.holder} {self.part}"


def held(rows: Iterable[Any]) -> list[Held]:
    """Rows with a holder and a part as the rules see them."""
    return [Held(row.holder, row.part) for row in rows]
