"""Users, the parties they act for, and what lets an agency run an auction."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import code_field
from market.kernel.formats import own
from market.kernel.states import Moves


class Party(models.Model):
    """Who holds rights and owes money: a natural person or an organisation (GB 32100 code for organisations)."""

    class Kind(models.TextChoices):
        """What kind of person in law."""

        ENTERPRISE = "enterprise", _("Enterprise")
        UNIVERSITY = "university", _("University")
        INSTITUTE = "institute", _("Research institute")
        PERSON = "person", _("Natural person")
        AGENCY = "agency", _("Operating agency")
        APPRAISER = "appraiser", _("Appraisal institution")
        REGULATOR = "regulator", _("Regulator")

    class State(models.TextChoices):
        """Identity check by an operating agency."""

        DRAFT = "draft", _("Not submitted")
        SUBMITTED = "submitted", _("Waiting for verification")
        VERIFIED = "verified", _("Verified")
        REJECTED = "rejected", _("Sent back")

    MOVES: ClassVar[Moves] = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.VERIFIED, State.REJECTED}),
        State.VERIFIED: frozenset({State.REJECTED}),
        State.REJECTED: frozenset({State.SUBMITTED}),
    }

    code = code_field("P")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True, null=True, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("account number"), max_length=34, blank=True)
    state_owned = models.BooleanField(_("state-owned"), default=False)
    foreign = models.BooleanField(_("foreign or foreign-controlled"), default=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    remark = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="person") | models.Q(uscc__isnull=False), name="organisation_has_credit_code"
            ),
        )

    def __str__(self) -> str:
        """The name in the reader's language; what binds (papers, accounts) is made out to `name`."""
        return own(self, "name", get_language() or "")

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("party:P-…")."""
        return f"party:{self.code}"

    def named(self, key: str) -> dict[str, str]:
        """What facts call it by, as their entry `key`."""
        return {key: self.name, f"{key}_en": self.name_en}

    @property
    def is_agency(self) -> bool:
        """Whether this party operates sales and settlements."""
        return self.kind == self.Kind.AGENCY


class User(AbstractUser):
    """A person who logs in. Acts for one party at a time (`acting_for`), in a preferred language."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    language = models.CharField(
        _("language"), max_length=10, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    acting_for = models.ForeignKey(Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("user:12")."""
        return f"user:{self.pk}"


class Membership(models.Model):
    """A user may act for a party, within a role."""

    class Role(models.TextChoices):
        """What the member may do for the party."""

        OWNER = "owner", _("Owner")
        AGENT = "agent", _("Agent: lists, bids and signs")
        FINANCE = "finance", _("Finance: pays and confirms payments")
        VIEWER = "viewer", _("Viewer: reads only")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["user", "party"], name="one_membership_per_user_and_party"),)

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.party}"


class Invitation(models.Model):
    """A party asks a user to become its member; it ends when the user answers or the party takes it back."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="invitations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Membership.Role)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["user", "party"], name="one_invitation_per_user_and_party"),)

    def __str__(self) -> str:
        return f"{self.party} asks {self.user}"


class Licence(models.Model):
    """What an agency is licensed for: 拍卖经营批准证书 (拍卖法 11) or registration as an operating agency."""

    class Kind(models.TextChoices):
        """What the licence allows."""

        AUCTION = "auction", _("Auction licence")
        OPERATION = "operation", _("Operating agency registration")

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "number"], name="licence_number_once_per_kind"),
            models.CheckConstraint(
                condition=models.Q(valid_to__gte=models.F("valid_from")), name="licence_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.number


class Auctioneer(models.Model):
    """A registered auctioneer (拍卖师) who may host an agency's auctions (拍卖法 14-16)."""

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="auctioneers")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    certificate = models.CharField(_("certificate number"), max_length=40, unique=True)
    valid_to = models.DateField(_("valid until"))

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """Two parties that may not deal at arm's length: control, employment, kinship or a declared tie (拍卖法 22, 30)."""

    class Kind(models.TextChoices):
        """What ties them."""

        CONTROL = "control", _("Controls")
        EMPLOYMENT = "employment", _("Employs")
        KINSHIP = "kinship", _("Close relative")
        DECLARED = "declared", _("Declared affiliate")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="affiliations")
    other = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="affiliated_by")
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["party", "other", "kind"], name="affiliation_once"),
            models.CheckConstraint(condition=~models.Q(party=models.F("other")), name="affiliation_of_two"),
        )

    def __str__(self) -> str:
        return f"{self.party} {self.kind} {self.other}"
