"""A declaration that a patent is open to everybody's licence for a stated fee."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.listings.models import Listing
from market.parties.models import Party
from market.rights.models import Right


class Declaration(models.Model):
    """One declaration (专利法实施细则 85): the patent, the fee a licence costs, how many years it lasts, and what else is said.

    It is declared by the holder, published once the office has published it, and stays kept when it is withdrawn: the
    licences taken until then go on. `listing` is what its deals hang on.
    """

    class State(models.TextChoices):
        """Where the declaration stands."""

        DECLARED = "declared", _("Handed to the office")
        PUBLISHED = "published", _("Open to licences")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar[Moves] = {
        State.DECLARED: frozenset({State.PUBLISHED, State.WITHDRAWN}),
        State.PUBLISHED: frozenset({State.WITHDRAWN}),
    }

    code = code_field("O")
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="open_licences")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="open_licences")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    currency = currency_field()
    fee_minor = models.BigIntegerField()
    years = models.PositiveSmallIntegerField(_("years a licence lasts"))
    remarks = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DECLARED)
    declared_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pack = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    office_number = models.CharField(_("number of the publication"), max_length=60, blank=True)
    published_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    listing = models.OneToOneField(Listing, null=True, on_delete=models.PROTECT, related_name="declaration")

    fee = MoneyOf("fee_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["right"], condition=~Q(state="withdrawn"), name="one_open_licence_declared_per_right"
            ),
            models.CheckConstraint(condition=Q(fee_minor__gt=0), name="open_licence_fee_is_positive"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("open_licence:O-…")."""
        return f"open_licence:{self.code}"
