"""A cross-licence from the proposal to its two deals."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import code_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right


class Cross(models.Model):
    """What `proposer` offers `other`: its right `given` for the right `taken`, each on a terms document of its own. Once the other
    agrees it has two deals, which stand and fall together until both licences are active. `key` is the proposer's own, so that
    a repeat is the same proposal."""

    class State(models.TextChoices):
        """Where it stands."""

        PROPOSED = "proposed", _("Waits for an answer")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar[Moves] = {State.PROPOSED: frozenset({State.AGREED, State.DECLINED, State.WITHDRAWN})}

    code = code_field("X")
    proposer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="crosses_proposed")
    other = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="crosses_received")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="crosses_administered")
    given = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="+")
    taken = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="+")
    given_terms = models.JSONField()
    taken_terms = models.JSONField()
    key = models.UUIDField()
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    remark = models.CharField(max_length=300, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["proposer", "key"], name="one_cross_licence_per_key"),
            models.CheckConstraint(condition=~Q(proposer=F("other")), name="cross_licence_joins_two_parties"),
            models.CheckConstraint(condition=~Q(given=F("taken")), name="cross_licence_is_about_two_rights"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("cross:X-…")."""
        return f"cross:{self.code}"
