"""The register: rights of five kinds, the chain of title, encumbrances and consents."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from market.documents.models import Document, Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.formats import own
from market.kernel.states import Moves
from market.parties.models import Party
from market.rights.alarms.models import Alarm, Round
from market.rights.columns import AtomsField
from market.rights.conditions.models import Condition
from market.rights.importers.models import Import, ImportRow
from market.rights.origin import Creator, Family
from market.rights.particulars import Copyright, LayoutDesign, Patent, PlantVariety, Trademark
from market.rights.portfolios.models import Member, Portfolio, ProductLine
from market.rights.rules.taxonomy import RIGHT_KINDS

# Tables of this room that live in files of their own.
__all__ = [
    "Alarm",
    "Condition",
    "Copyright",
    "Creator",
    "Family",
    "Import",
    "ImportRow",
    "LayoutDesign",
    "Member",
    "Patent",
    "PlantVariety",
    "Portfolio",
    "ProductLine",
    "Round",
    "Trademark",
]


class Right(models.Model):
    """A right of one of five kinds; what only its kind has is in the row of that name (`particulars`). `key` is the
    canonical number; one right per (kind, office, key). `conveyances` are the office's entries about owners that its file
    told (`importers.kept`); they become events when somebody has looked at the office."""

    class Kind(models.TextChoices):
        """Which law protects it."""

        PATENT = "patent", _("Patent")
        TRADEMARK = "trademark", _("Trademark")
        COPYRIGHT = "copyright", _("Copyright")
        IC_LAYOUT = "ic_layout", _("IC layout design")
        PLANT_VARIETY = "plant_variety", _("Plant variety")

    class State(models.TextChoices):
        """Where the right stands in the register."""

        DRAFT = "draft", _("Draft")
        VERIFIED = "verified", _("Verified")
        PENDING = "pending", _("Application pending")
        GRANTED = "granted", _("Granted, in force")
        REGISTERED = "registered", _("Registered, in force")
        LAPSED = "lapsed", _("Lapsed")
        EXPIRED = "expired", _("Expired")
        INVALIDATED = "invalidated", _("Invalidated")

    class Industry(models.TextChoices):
        """The ten industries of the policy, 二(一)."""

        BIOMEDICINE = "biomedicine", _("Biomedicine")
        BIOCHEMICALS = "biochemicals", _("Biochemicals")
        ELECTRONICS = "electronics", _("Electronic information")
        MATERIALS = "materials", _("New materials")
        ENERGY = "energy", _("New energy")
        VEHICLES = "vehicles", _("New-energy vehicles")
        EQUIPMENT = "equipment", _("Advanced equipment")
        ENVIRONMENT = "environment", _("Energy saving and environment")
        CULTURE = "culture", _("Culture")
        TOURISM = "tourism", _("Tourism")

    IN_FORCE: ClassVar[frozenset[str]] = frozenset({State.GRANTED, State.REGISTERED})
    MOVES: ClassVar[Moves] = {
        State.DRAFT: frozenset({State.VERIFIED, State.PENDING, State.GRANTED, State.REGISTERED}),
        State.VERIFIED: frozenset({State.PENDING, State.GRANTED, State.REGISTERED}),
        State.PENDING: frozenset({State.GRANTED, State.REGISTERED, State.LAPSED}),
        State.GRANTED: frozenset({State.LAPSED, State.EXPIRED, State.INVALIDATED}),
        State.REGISTERED: frozenset({State.LAPSED, State.EXPIRED, State.INVALIDATED}),
        State.LAPSED: frozenset({State.GRANTED, State.REGISTERED}),
    }

    code = code_field("R")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    office = models.CharField(_("office"), max_length=2, default="CN", help_text="WIPO ST.3")
    key = models.CharField(max_length=60)
    number = models.CharField(_("number"), max_length=60)
    title = models.CharField(_("title"), max_length=600)
    title_en = models.CharField(_("English title"), max_length=400, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    abstract_en = models.TextField(_("English abstract"), blank=True)
    industry = models.CharField(_("industry"), max_length=16, choices=Industry, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    granted_on = models.DateField(_("granted or registered on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    service_result = models.BooleanField(_("made in the course of employment"), default=False)
    source = models.CharField(max_length=120, blank=True)
    conveyances = models.JSONField(null=True, blank=True)
    checked_on = models.DateField(_("status checked on"), null=True, blank=True)
    family = models.ForeignKey(Family, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    registered_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="registered_rights")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "office", "key"], name="one_right_per_number"),
            models.CheckConstraint(condition=Q(kind__in=RIGHT_KINDS), name="right_kind_known"),
        )
        indexes = (models.Index(fields=["kind", "industry"]), models.Index(fields=["expires_on"]))

    def __str__(self) -> str:
        """Number and title, in the reader's language, as a choice in a form names it."""
        return f"{self.number} {own(self, 'title', get_language() or '')}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("right:R-…")."""
        return f"right:{self.code}"

    @property
    def named(self) -> dict[str, str]:
        """What facts call it by."""
        return {"title": self.title, "title_en": self.title_en}


class Title(models.Model):
    """A link of the chain of title: `holder` owns `share_num`/`share_den` of the right from `since` until `until`."""

    class Basis(models.TextChoices):
        """How the holder came to it."""

        ORIGINAL = "original", _("Original grant or registration")
        ASSIGNMENT = "assignment", _("Assignment")
        SUCCESSION = "succession", _("Other succession")

    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="titles")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="titles")
    share_num = models.PositiveIntegerField(default=1)
    share_den = models.PositiveIntegerField(default=1)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=12, choices=Basis)
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ("right", "since", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["right", "holder"], condition=Q(until=None), name="one_live_title_per_holder"
            ),
            models.CheckConstraint(
                condition=Q(share_num__gte=1, share_num__lte=F("share_den")), name="share_is_a_proper_fraction"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="title_ends_after_start"),
        )

    def __str__(self) -> str:
        return f"{self.holder}: {self.share_num}/{self.share_den}"


class Encumbrance(models.Model):
    """A burden on the right (细则 106): pledge, preservation, suspension, licence, open licence, dispute.

    A licence has a grade and the three sets it covers; two that keep others out never overlap (the database sees to it on
    PostgreSQL, `actions.add_encumbrance` everywhere). A pledge has the debt it secures.
    """

    class Kind(models.TextChoices):
        """What burdens it."""

        PLEDGE = "pledge", _("Pledge")
        PRESERVATION = "preservation", _("Property preservation")
        SUSPENSION = "suspension", _("Suspension of procedures")
        LICENCE = "licence", _("Licence")
        OPEN_LICENCE = "open_licence", _("Open licence")
        DISPUTE = "dispute", _("Ownership dispute")

    class Grade(models.TextChoices):
        """技术合同解释 25: who may use the right beside the licensee."""

        EXCLUSIVE = "exclusive", _("Exclusive licence")
        SOLE = "sole", _("Sole licence")
        ORDINARY = "ordinary", _("Ordinary licence")

    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="encumbrances")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    in_favour_of = models.CharField(_("in favour of"), max_length=160)
    number = models.CharField(_("registration number"), max_length=60, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    released_on = models.DateField(_("released on"), null=True, blank=True)
    grade = models.CharField(_("grade of the licence"), max_length=10, choices=Grade, blank=True)
    territory = AtomsField(_("territory"))
    fields = AtomsField(_("fields of use"))
    acts = AtomsField(_("acts"))
    currency = currency_field()
    debt_minor = models.BigIntegerField(_("secured debt"), null=True, blank=True)

    debt = MoneyOf("debt_minor")

    class Meta:
        ordering = ("right", "since", "pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.in_favour_of}"


class Consent(models.Model):
    """A written consent that a transfer needs: of a co-owner (专利法 14) or a pledgee (民法典 444)."""

    class Kind(models.TextChoices):
        """Whose consent."""

        CO_OWNER = "co_owner", _("Co-owner")
        PLEDGEE = "pledgee", _("Pledgee")

    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind)
    of_party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    of_encumbrance = models.ForeignKey(
        Encumbrance, null=True, blank=True, on_delete=models.PROTECT, related_name="consents"
    )
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.of_party or self.of_encumbrance}"


class Event(models.Model):
    """One entry of the register (专利法实施细则 106), never changed: `on` is the legal day, `data` what it says (see
    `rules.register.Entry`). What the other tables show of today follows from these by `rules.register.fold`."""

    class Kind(models.TextChoices):
        """What the office enters."""

        FILING = "filing", _("Application filed")
        GRANT = "grant", _("Granted or registered")
        TRANSFER = "transfer", _("Title passed")
        CHANGE = "change", _("Entry changed")
        PLEDGE = "pledge", _("Pledge registered")
        PLEDGE_RELEASE = "pledge_release", _("Pledge deleted")
        PRESERVATION = "preservation", _("Preservation ordered")
        PRESERVATION_RELEASE = "preservation_release", _("Preservation lifted")
        SUSPENSION = "suspension", _("Procedures suspended")
        SUSPENSION_END = "suspension_end", _("Procedures resumed")
        LICENCE = "licence", _("Licence filed")
        LICENCE_END = "licence_end", _("Licence ended")
        OPEN_LICENCE = "open_licence", _("Open licence declared")
        OPEN_LICENCE_END = "open_licence_end", _("Open licence withdrawn")
        COMPULSORY_LICENCE = "compulsory_licence", _("Compulsory licence granted")
        DISPUTE = "dispute", _("Ownership disputed")
        DISPUTE_END = "dispute_end", _("Dispute ended")
        LAPSE = "lapse", _("Lapsed")
        RESTORATION = "restoration", _("Restored")
        EXPIRY = "expiry", _("Term ended")
        INVALIDATION = "invalidation", _("Declared invalid")

    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    on = models.DateField()
    data = models.JSONField(default=dict)
    source = models.CharField(max_length=120, blank=True)
    document = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.CharField(max_length=60)
    entered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("right", "on", "pk")

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"
