"""A condition of a transfer: what somebody was asked for, by when, and the answer with its paper."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party


class Condition(models.Model):
    """Something a transfer of the right waits for from its `owner`, who alone can give it (co-owner, pledgee) or who
    brings the paper of those that can (a pledgee outside the market, inventors, an office, an appraiser).

    `opened_for` is the listing or deal that needs it ("deal:D-…"), `price` what was agreed there. `since` is the day a
    notice was published inside the unit, or an appraisal's base date; `grade` the class under the export catalogue, or
    how a state asset was valued; `answer` the last one given (`rules.conditions.ANSWERS`); `reminded_of` the due day after
    which its owner was reminded.
    """

    class Kind(models.TextChoices):
        """What is waited for (`rules.conditions`)."""

        CO_OWNER = "co_owner", _("Consent of a co-owner")
        PLEDGEE = "pledgee", _("Agreement of the pledgee")
        FIRST_REFUSAL = "first_refusal", _("First refusal of the inventors")
        PUBLICITY = "publicity", _("Publicity inside the institute")
        EXPORT = "export", _("Export classification")
        APPRAISAL = "appraisal", _("Appraisal of the state asset")
        APPROVAL = "approval", _("Approval of a price below the appraisal")

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("Not answered yet")
        RUNNING = "running", _("Under way")
        OBJECTED = "objected", _("Objection to be settled")
        MET = "met", _("Given")
        REFUSED = "refused", _("Not given")
        DROPPED = "dropped", _("No longer needed")

    MOVES: ClassVar[Moves] = {
        State.OPEN: frozenset({State.RUNNING, State.MET, State.REFUSED, State.DROPPED}),
        State.RUNNING: frozenset({State.OBJECTED, State.MET, State.DROPPED}),
        State.OBJECTED: frozenset({State.RUNNING, State.DROPPED}),
        State.REFUSED: frozenset({State.MET, State.DROPPED}),
        State.MET: frozenset({State.MET}),
    }

    code = code_field("K")
    right = models.ForeignKey("rights.Right", on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=14, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="conditions")
    of_encumbrance = models.ForeignKey(
        "rights.Encumbrance", null=True, on_delete=models.PROTECT, related_name="conditions"
    )
    opened_for = models.CharField(max_length=60)
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="asked_conditions")
    opened_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(null=True)
    reminded_of = models.DateField(null=True)
    currency = currency_field()
    price_minor = models.BigIntegerField(null=True)
    value_minor = models.BigIntegerField(null=True)
    since = models.DateField(null=True)
    grade = models.CharField(max_length=12, blank=True)
    answer = models.CharField(max_length=12, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    paper = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    price = MoneyOf("price_minor")
    value = MoneyOf("value_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["right", "kind", "owner", "opened_for"],
                condition=Q(of_encumbrance=None),
                name="one_condition_per_owner_and_need",
            ),
            models.UniqueConstraint(
                fields=["of_encumbrance", "opened_for"],
                condition=Q(of_encumbrance__isnull=False),
                name="one_condition_per_burden_and_need",
            ),
            models.CheckConstraint(condition=Q(value_minor=None) | Q(value_minor__gt=0), name="appraised_above_zero"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="answered_condition_names_who",
            ),
        )
        indexes = (models.Index(fields=["owner", "state", "due_on"], name="condition_waiting"),)

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("condition:K-…")."""
        return f"condition:{self.code}"
