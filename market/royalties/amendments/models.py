"""A supplementary agreement from the proposal to its signatures."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.states import Moves
from market.parties.models import Party


class Amendment(models.Model):
    """The terms `document` of a licence for its periods from the day `since` on, numbered from 1, as one side proposed them.

    The other side adopts them under the hash it read, then the agreement is drafted as `paper` and signed by both. At most one
    is open at a time.
    """

    class State(models.TextChoices):
        """Where it stands."""

        PROPOSED = "proposed", _("Proposed, not agreed yet")
        DRAFTED = "drafted", _("To be signed")
        SIGNED = "signed", _("Signed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar[Moves] = {
        State.PROPOSED: frozenset({State.DRAFTED, State.WITHDRAWN}),
        State.DRAFTED: frozenset({State.SIGNED, State.WITHDRAWN}),
    }

    licence = models.ForeignKey(
        "royalties.Licence", on_delete=models.PROTECT, related_name="amendments", db_index=False
    )
    number = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    since = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    paper = models.OneToOneField(Version, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["licence", "number"], name="one_amendment_per_number"),
            models.UniqueConstraint(
                fields=["licence"],
                condition=Q(state__in=["proposed", "drafted"]),
                name="one_open_amendment_per_licence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn"]) | Q(paper__isnull=False),
                name="drafted_amendment_has_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.licence_id} /{self.number}"


class AmendmentSignature(models.Model):
    """One side's electronic signature under a supplementary agreement (电子签名法 13-14). Append-only (the database refuses
    the rest)."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    role = models.CharField(max_length=8)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["amendment", "role"], name="one_signature_per_amendment_and_role"),
        )

    def __str__(self) -> str:
        return f"{self.amendment} {self.role}"
