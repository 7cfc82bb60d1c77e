"""What a buyer looks for, and the answers of those who may have it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.models import Right


class WantedPost(models.Model):
    """A buyer's wanted post, moderated by an agency. The public reads neither who it is nor its budget."""

    class State(models.TextChoices):
        """Where it stands."""

        SUBMITTED = "submitted", _("Waiting for the agency's review")
        SENT_BACK = "sent_back", _("Sent back")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    MOVES: ClassVar[Moves] = {
        State.SUBMITTED: frozenset({State.PUBLISHED, State.SENT_BACK, State.WITHDRAWN}),
        State.SENT_BACK: frozenset({State.SUBMITTED, State.WITHDRAWN}),
        State.PUBLISHED: frozenset({State.WITHDRAWN, State.EXPIRED}),
    }
    OPEN: ClassVar[frozenset[str]] = frozenset({State.SUBMITTED, State.SENT_BACK, State.PUBLISHED})

    code = code_field("W")
    buyer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="wanted_posts")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="moderated_posts")
    title = models.CharField(_("what is wanted"), max_length=80)
    text = models.TextField(_("description"))
    kind = models.CharField(_("kind of right"), max_length=14, choices=Right.Kind, blank=True)
    industry = models.CharField(_("industry"), max_length=16, choices=Right.Industry, blank=True)
    currency = currency_field()
    lowest_minor = models.BigIntegerField(null=True)
    highest_minor = models.BigIntegerField(null=True)
    until = models.DateField(_("wanted until"))
    state = models.CharField(max_length=10, choices=State, default=State.SUBMITTED)
    remark = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    lowest = MoneyOf("lowest_minor")
    highest = MoneyOf("highest_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(lowest_minor=None) | Q(highest_minor=None) | Q(highest_minor__gte=F("lowest_minor")),
                name="budget_in_order",
            ),
            models.CheckConstraint(
                condition=Q(lowest_minor=None) | Q(lowest_minor__gt=0), name="budget_begins_above_zero"
            ),
        )
        indexes = (models.Index(fields=["state", "-id"], name="wanted_by_state"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("wanted:W-…")."""
        return f"wanted:{self.code}"


class WantedReply(models.Model):
    """A holder's answer: one of its listings on offer, or a message, or both."""

    post = models.ForeignKey(WantedPost, on_delete=models.PROTECT, related_name="replies")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="wanted_replies")
    listing = models.ForeignKey("listings.Listing", null=True, on_delete=models.PROTECT, related_name="wanted_replies")
    message = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["post", "listing"], name="one_reply_per_post_and_listing"),
            models.CheckConstraint(condition=Q(listing__isnull=False) | ~Q(message=""), name="reply_says_something"),
        )

    def __str__(self) -> str:
        return f"{self.post_id} {self.party_id}"
