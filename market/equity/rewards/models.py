"""A plan of rewards for those who made a right, the statements of what each was due, and what a unit earned of its results."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.equity.fields import PartField
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.money import Money
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right


class RewardPlan(models.Model):
    """What `unit` gives those who made a right (专利法 15; 细则 92-94; 促进科技成果转化法 44-45), made public in
    the unit before it is in force.

    The parts are of the net income from transfer and licence, of the shares got for a contribution, and of each year's profit.
    """

    class Ground(models.TextChoices):
        """What the terms stand on, the first that there is (细则 92)."""

        CONTRACT = "contract", _("Contract with the inventors")
        UNIT_RULE = "unit_rule", _("Published rule of the unit")
        STATUTE = "statute", _("The law, as nothing was agreed")

    class State(models.TextChoices):
        """Where the plan stands."""

        PUBLIC = "public", _("Being publicised")
        OBJECTED = "objected", _("Objection to be settled")
        IN_FORCE = "in_force", _("In force")
        ENDED = "ended", _("Ended")

    LIVE: ClassVar[frozenset[str]] = frozenset({State.PUBLIC, State.OBJECTED, State.IN_FORCE})
    MOVES: ClassVar[Moves] = {
        State.PUBLIC: frozenset({State.OBJECTED, State.IN_FORCE, State.ENDED}),
        State.OBJECTED: frozenset({State.IN_FORCE, State.ENDED}),
        State.IN_FORCE: frozenset({State.ENDED}),
    }

    code = code_field("W")
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="reward_plans")
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="reward_plans")
    ground = models.CharField(max_length=10, choices=Ground)
    paper = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    transfer_part, equity_part, profit_part = PartField(), PartField(), PartField()
    profit_years = models.PositiveSmallIntegerField()
    currency = currency_field()
    award_minor = models.BigIntegerField()
    award_due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.PUBLIC)
    published_on = models.DateField()
    public_until = models.DateField()
    remark = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)

    award = MoneyOf("award_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["right", "unit"],
                condition=Q(state__in=["public", "objected", "in_force"]),
                name="one_live_reward_plan_per_right_and_unit",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("rewards:W-…")."""
        return f"rewards:{self.code}"


class RewardShare(models.Model):
    """Who made the right, and how much of every reward is theirs, by contribution; together one."""

    plan = models.ForeignKey(RewardPlan, on_delete=models.PROTECT, related_name="people")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="reward_shares")
    part = PartField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["plan", "party"], name="inventor_once_per_plan"),)

    def __str__(self) -> str:
        return f"{self.party} {self.part}"


class Reward(models.Model):
    """A pay statement: what one person is due of one source `ref` ("settlement:D-…", "profit:2025", "award"), by which part of
    which base. Never changed but for its payment and the day of its reminder; `by_market` says that settlement or agency pays
    it, else the unit does."""

    class Kind(models.TextChoices):
        """What it is due of."""

        AWARD = "award", _("Award for the grant")
        TRANSFER = "transfer", _("Transfer")
        LICENCE = "licence", _("Licence")
        PROFIT = "profit", _("Profit of own use")

    plan = models.ForeignKey(RewardPlan, on_delete=models.PROTECT, related_name="rewards")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="rewards")
    kind = models.CharField(max_length=8, choices=Kind)
    ref = models.CharField(max_length=60)
    part = PartField()
    currency = currency_field()
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    due_on = models.DateField()
    by_market = models.BooleanField(default=False)
    paid_on = models.DateField(null=True)
    reminded_on = models.DateField(null=True)
    stated_at = models.DateTimeField(default=clock.now)

    base, amount = MoneyOf("base_minor"), MoneyOf("amount_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["plan", "ref", "party"], name="one_reward_per_person_and_source"),
        )
        indexes = (models.Index(fields=["due_on"], condition=Q(paid_on=None, reminded_on=None), name="reward_overdue"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.party}"

    @property
    def source(self) -> str:
        """What it is due of, for a reader: the year, or the code of deal or statement."""
        return self.ref.partition(":")[2]


class Income(models.Model):
    """What a university or institute earned of a result, once for each source; `inventors_minor` of it went to those who made it
    (促进科技成果转化法 21, 43)."""

    class Way(models.TextChoices):
        """How the result was put to use (16)."""

        TRANSFER = "transfer", _("Transfer")
        LICENCE = "licence", _("Licence")
        EQUITY = "equity", _("Contribution for equity")

    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="result_income")
    way = models.CharField(max_length=8, choices=Way)
    ref = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    number = models.CharField(max_length=60)
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    inventors_minor = models.BigIntegerField()
    on = models.DateField()

    amount, inventors = MoneyOf("amount_minor"), MoneyOf("inventors_minor")

    class Meta:
        ordering = ("on", "pk")
        constraints = (models.UniqueConstraint(fields=["unit", "ref"], name="income_counts_once"),)
        indexes = (models.Index(fields=["unit", "on"], name="income_of_a_year"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.ref}"

    @property
    def kept(self) -> Money:
        """What stayed with the unit."""
        return Money(self.amount_minor - self.inventors_minor, self.currency)
