"""A deal between seller and buyer, the papers it needs, and who signed which version."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.deals.crosses.models import Cross
from market.deals.open_licences.models import Declaration
from market.deals.rules.moves import SIGNERS
from market.deals.terms.models import Adoption, TermsVersion
from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.listings.fees.fields import ScheduleField
from market.listings.models import Listing
from market.parties.models import Party
from market.rights.models import Right

# Tables of this room that live in files of their own.
__all__ = ["LICENCES", "Adoption", "Cross", "Deal", "Declaration", "Hold", "Paper", "Signature", "TermsVersion"]

LICENCES = frozenset({Listing.Mode.LICENCE, Listing.Mode.OPEN_LICENCE})  # deals that grant a licence; title stays


class Deal(models.Model):
    """One agreement. `origin` ("lot:L-…", "offer:O-…") is unique: the same hammer, the same acceptance opens the same deal.

    Where one hammer concludes several deals, each has its share of the origin behind a "#" ("lot:L-…#B-…"). `mode` is what
    was offered: a right is assigned once and licensed to as many as its holder likes. A licence that is paid for in royalties
    alone has the price nought. `seller_fees` and `buyer_fees` are the terms each side agreed with the agency, kept by value
    from the hammer on.
    """

    class State(models.TextChoices):
        """Where the deal stands (DESIGN 4)."""

        FORMED = "formed", _("Formed")
        CONFIRMED = "confirmed", _("Confirmed")
        SIGNED = "signed", _("Contract signed")
        PAID = "paid", _("Paid into escrow")
        FILED = "filed", _("Filed at the office")
        TITLE_PASSED = "title_passed", _("Title passed")
        RECORDED = "recorded", _("Licence recorded")
        RETURNING = "returning", _("Title on its way back")
        SETTLED = "settled", _("Settled")
        CLOSED = "closed", _("Closed")
        DEFAULTED = "defaulted", _("Defaulted")
        RESCINDED = "rescinded", _("Rescinded")
        ANNULLED = "annulled", _("Annulled")
        REFUSED = "refused", _("Refused by the office")

    # What an assignment no longer keeps from another deal (see the constraint).
    FREE: ClassVar[tuple[str, ...]] = (State.CLOSED, State.DEFAULTED, State.RESCINDED, State.ANNULLED)
    MOVES: ClassVar[Moves] = {
        State.FORMED: frozenset({State.CONFIRMED, State.SIGNED, State.DEFAULTED, State.RESCINDED, State.ANNULLED}),
        State.CONFIRMED: frozenset({State.SIGNED, State.DEFAULTED, State.RESCINDED, State.ANNULLED}),
        State.SIGNED: frozenset({State.PAID, State.DEFAULTED, State.RESCINDED, State.ANNULLED}),
        State.PAID: frozenset({State.FILED, State.RESCINDED, State.ANNULLED}),
        State.FILED: frozenset({State.TITLE_PASSED, State.RECORDED, State.REFUSED, State.ANNULLED}),
        State.REFUSED: frozenset({State.FILED, State.RESCINDED, State.ANNULLED}),
        State.TITLE_PASSED: frozenset({State.SETTLED, State.RETURNING}),
        State.RECORDED: frozenset({State.SETTLED, State.RESCINDED, State.ANNULLED}),
        State.RETURNING: frozenset({State.RESCINDED, State.ANNULLED}),
        State.SETTLED: frozenset({State.CLOSED}),
    }

    code = code_field("D")
    origin = models.CharField(max_length=60, unique=True)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="deals")
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="deals")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sales")
    buyer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="purchases")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="administered_deals")
    mode = models.CharField(max_length=12, choices=Listing.Mode, default=Listing.Mode.ASSIGNMENT)
    currency = currency_field()
    price_minor = models.BigIntegerField()
    seller_fees = ScheduleField()
    buyer_fees = ScheduleField()
    rounding = models.CharField(max_length=20, default="half-up")
    state = models.CharField(max_length=14, choices=State, default=State.FORMED)
    formed_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("next step due on"), null=True)
    agreed_days = models.JSONField(
        default=dict, blank=True, help_text="working days by state, where not the usual ones"
    )
    title_passed_on = models.DateField(null=True)
    facts_on_record = models.JSONField(default=dict, blank=True)
    within = models.JSONField(
        null=True, help_text="the terms a sublicence may not go beyond; nothing for every other deal"
    )
    cross = models.ForeignKey(Cross, null=True, on_delete=models.PROTECT, related_name="deals")

    price = MoneyOf("price_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(price_minor__gt=0) | Q(price_minor=0, mode="licence"), name="deal_has_a_price_or_royalties"
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="deal_joins_two_parties"),
            models.UniqueConstraint(
                fields=["right"],
                condition=Q(mode="assignment") & ~Q(state__in=["closed", "defaulted", "rescinded", "annulled"]),
                name="one_live_assignment_per_right",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def sides(self) -> dict[str, str]:
        """What its seller and its buyer are called."""
        return Listing.Mode(self.mode).sides

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("deal:D-…")."""
        return f"deal:{self.code}"

    @property
    def concluded_at(self) -> str:
        """The reference of what concluded the deal ("lot:L-…"), whichever share of it this deal is."""
        return self.origin.partition("#")[0]


class Hold(models.Model):
    """What keeps a deal's escrow from being shared out until it is released; who placed it is known by its `ref` alone.

    A hold stops no signature, no payment and no filing: only the settlement (see `market.payments`).
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="holds")
    ref = models.CharField(max_length=60)
    reason = models.CharField(max_length=40)
    placed_at = models.DateTimeField(default=clock.now)
    placed_by = models.CharField(max_length=60)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["deal", "ref"], name="one_hold_per_deal_and_ref"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by="") | (Q(released_at__isnull=False) & ~Q(released_by="")),
                name="released_hold_names_who",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deal} {self.reason}"


class Paper(models.Model):
    """A document the deal needs signed: the sale confirmation (拍卖法 52), the contract (民法典 863, in writing), or the notice
    by which an open licence is taken (专利法 51)."""

    class Kind(models.TextChoices):
        """Which paper."""

        CONFIRMATION = "confirmation", _("Sale confirmation")
        CONTRACT = "contract", _("Contract")
        NOTICE = "notice", _("Notice of taking an open licence")

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=14, choices=Kind)
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["deal", "kind"], name="one_paper_per_deal_and_kind"),)

    def __str__(self) -> str:
        return f"{self.deal} {self.kind}"

    @property
    def heading(self) -> str:
        """What it is called, in the language that binds."""
        return str(self.terms["heading"][0])

    @property
    def heading_en(self) -> str:
        """What it is called in English."""
        return str(self.terms["heading"][1])


class Signature(models.Model):
    """One party's electronic signature under a paper (电子签名法 13-14): who, the consent sentence, the hash, when."""

    class Role(models.TextChoices):
        """In which role the party signs."""

        SELLER = "seller", _("Assignor")
        BUYER = "buyer", _("Assignee")
        AGENCY = "agency", _("Agency")

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=8, choices=Role)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["paper", "role"], name="one_signature_per_paper_and_role"),)

    def __str__(self) -> str:
        return f"{self.paper} {self.role}"

    @property
    def role_name(self) -> str:
        """The role as the paper calls it, in the language that binds."""
        return str(self._signatory[0])

    @property
    def role_name_en(self) -> str:
        """The role as the paper calls it in English."""
        return str(self._signatory[1])

    @property
    def _signatory(self) -> list[str]:
        place = SIGNERS[self.paper.kind].index(self.role)
        return self.paper.terms["signatories"][place]
