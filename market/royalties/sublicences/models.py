"""A sublicence from the request to the deal and the licence that came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.states import Moves
from market.parties.models import Party


class Sublicence(models.Model):
    """What the licensee of `head` wants to let `sublicensee` do, on the terms `document`, which the deal's later terms stay
    within. Where `head` asks for it, its licensor consents first. `licence` is there once the deal is paid. `shared`: the
    licensor of `head` has a share in what it brings in. `key` is its maker's own, so that a repeat is the same request."""

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("Waits for the licensor's consent")
        REFUSED = "refused", _("Not consented to")
        OPENED = "opened", _("Deal opened")

    MOVES: ClassVar[Moves] = {State.ASKED: frozenset({State.REFUSED, State.OPENED})}

    head = models.ForeignKey("royalties.Licence", on_delete=models.PROTECT, related_name="sublicences", db_index=False)
    sublicensee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sublicences_taken")
    document = models.JSONField()
    key = models.UUIDField()
    state = models.CharField(max_length=7, choices=State, default=State.ASKED)
    remark = models.CharField(max_length=300, blank=True)
    shared = models.BooleanField(default=False)
    deal = models.OneToOneField(Deal, null=True, on_delete=models.PROTECT, related_name="sublicence")
    licence = models.OneToOneField(
        "royalties.Licence", null=True, on_delete=models.PROTECT, related_name="granted_under"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["head", "key"], name="one_sublicence_per_key"),
            models.CheckConstraint(
                condition=Q(state="opened", deal__isnull=False) | (~Q(state="opened") & Q(deal=None)),
                name="opened_sublicence_has_a_deal",
            ),
        )

    def __str__(self) -> str:
        return f"{self.head_id} {self.sublicensee}"

    @property
    def ref(self) -> str:
        """What concludes its deal ("sublicence:7")."""
        return f"sublicence:{self.pk}"
