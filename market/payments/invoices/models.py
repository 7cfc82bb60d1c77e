"""Numbered receipts, what an invoice to a party bears, how a service is taxed, and invoices due, issued and reversed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.money import Money
from market.kernel.states import Moves
from market.parties.models import Party


class Series(models.Model):
    """The last receipt number an agency gave in a year: its row's lock keeps the numbers without gaps."""

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("agency", "year")
        constraints = (models.UniqueConstraint(fields=["agency", "year"], name="one_series_per_agency_and_year"),)

    def __str__(self) -> str:
        return f"{self.agency} {self.year} {self.last}"


class Receipt(models.Model):
    """A receipt (收据) for one charge that arrived or one payout that was sent, with its file, made once."""

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="receipts")
    number = models.CharField(max_length=20)
    charge = models.OneToOneField("payments.Charge", null=True, on_delete=models.PROTECT, related_name="receipt")
    payout = models.OneToOneField("payments.Payout", null=True, on_delete=models.PROTECT, related_name="receipt")
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["agency", "number"], name="receipt_number_once_per_agency"),
            models.CheckConstraint(
                condition=Q(charge=None, payout__isnull=False) | Q(charge__isnull=False, payout=None),
                name="receipt_is_for_one_movement",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Bearer(models.Model):
    """What an invoice to a party bears (发票抬头), kept once by the party and copied into each invoice when issued."""

    class Sort(models.TextChoices):
        """Which invoice the party takes: only a special one lets a general taxpayer deduct the tax."""

        ORDINARY = "ordinary", _("Ordinary invoice")
        SPECIAL = "special", _("Special VAT invoice")

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="bearer")
    sort = models.CharField(max_length=8, choices=Sort, default=Sort.ORDINARY)
    name = models.CharField(max_length=120)
    tax_id = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    account = models.CharField(max_length=34, blank=True)
    email = models.EmailField(blank=True)
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(sort="special") | ~Q(tax_id=""), name="special_invoice_names_its_taxpayer"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Taxation(models.Model):
    """How a service of an agency or a licensor is taxed from a day on, as that one entered it; a change is a new row."""

    class Service(models.TextChoices):
        """What an agency is paid for, or, of a royalty, a holder of the right."""

        PREMIUM = "premium", _("Buyer's premium")
        COMMISSION = "commission", _("Seller's commission")
        OTHER = "other", _("Other fee")
        ROYALTY = "royalty", _("Royalty")

    class Treatment(models.TextChoices):
        """Whether value added tax is charged."""

        TAXED = "taxed", _("Taxed")
        EXEMPT = "exempt", _("Exempt")

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="taxations")
    service = models.CharField(max_length=10, choices=Service)
    item = models.CharField(max_length=90)
    tax_code = models.CharField(max_length=19)
    treatment = models.CharField(max_length=6, choices=Treatment)
    rate_bp = models.PositiveIntegerField(help_text="basis points of the net amount")
    valid_from = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("agency", "service", "valid_from", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(treatment="exempt", rate_bp=0) | Q(treatment="taxed", rate_bp__gt=0),
                name="only_taxed_services_have_a_rate",
            ),
        )

    def __str__(self) -> str:
        return f"{self.service} {self.rate_bp} {self.valid_from}"


class Invoice(models.Model):
    """An invoice (发票) for a service of the agency, or from a holder of a right (`agency`, too) for a royalty; due once for
    `ref`, issued on the tax platform and recorded here.

    What it bears (`bears`, `item`, net and tax) is copied when its number is recorded and stands for ever. A red-letter
    invoice (红字发票) is a row of its own with negative amounts that `reverses` the first. Of a royalty's gross the licensee may
    have `withheld` a tax.
    """

    class State(models.TextChoices):
        """Where the invoice stands."""

        DUE = "due", _("To be issued")
        ISSUED = "issued", _("Issued")
        REVERSED = "reversed", _("Reversed by a red-letter invoice")

    MOVES: ClassVar[Moves] = {
        State.DUE: frozenset({State.ISSUED}),
        State.ISSUED: frozenset({State.REVERSED}),
    }

    code = code_field("N")
    ref = models.CharField(max_length=120, unique=True)
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="issued_invoices")
    buyer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="invoices")
    service = models.CharField(max_length=10, choices=Taxation.Service)
    subject = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=400, blank=True)
    arose_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    currency = currency_field()
    gross_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(null=True)
    tax_minor = models.BigIntegerField(null=True)
    bears = models.JSONField(default=dict)
    number = models.CharField(max_length=20, blank=True)
    number_code = models.CharField(max_length=12, blank=True)
    issued_on = models.DateField(null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")

    gross = MoneyOf("gross_minor")
    withheld = MoneyOf("withheld_minor")
    net = MoneyOf("net_minor")
    tax = MoneyOf("tax_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["agency", "number_code", "number"],
                condition=~Q(number=""),
                name="invoice_number_once_per_issuer",
            ),
            models.CheckConstraint(
                condition=Q(state="due", number="") | (~Q(state="due") & ~Q(number="") & Q(issued_on__isnull=False)),
                name="issued_invoice_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(state="due") | Q(gross_minor=F("net_minor") + F("tax_minor")),
                name="invoice_is_net_and_tax",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, gross_minor__gt=0) | Q(reverses__isnull=False, gross_minor__lt=0),
                name="only_red_letter_invoices_are_negative",
            ),
            models.CheckConstraint(
                condition=Q(withheld_minor__gte=0, withheld_minor__lte=F("gross_minor"))
                | Q(withheld_minor__lte=0, withheld_minor__gte=F("gross_minor")),
                name="withheld_tax_is_a_part_of_the_gross",
            ),
        )
        indexes = (
            models.Index(fields=["agency", "state", "arose_on"], name="invoice_queue"),
            models.Index(fields=["buyer", "arose_on"], name="invoice_of_buyer"),
        )

    def __str__(self) -> str:
        return self.number or self.code

    @property
    def paid(self) -> Money:
        """What of the gross was paid: the tax withheld went to the payer's tax office."""
        return self.gross - self.withheld

    @property
    def about(self) -> str:
        """The code of what it is about, "" for nothing on this site."""
        return self.subject.partition(":")[2]

    @property
    def full_number(self) -> str:
        """The number as people write it, an older invoice's with its code before it."""
        return f"{self.number_code} {self.number}".strip()
