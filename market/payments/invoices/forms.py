"""What people fill in about invoices: what one bears, how a service is taxed, a fee, and a number issued."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.forms import Answering, MoneyField
from market.payments.invoices.models import Bearer, Taxation

DAY = {"type": "date"}
# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "invoice.number": "number",
    "invoice.number_year": "number",
    "invoice.number_taken": "number",
    "invoice.number_code": "number_code",
    "invoice.tax_code": "tax_code",
    "invoice.rate": "rate",
    "invoice.tax_id_missing": "tax_id",
    "uscc.format": "tax_id",
    "uscc.check_digit": "tax_id",
    "affiliation.unknown": "buyer",
    "payment.date_ahead": "on",
}
CODE = {"autocomplete": "off", "spellcheck": "false", "class": "mono"}


class InvoicesForm(Answering):
    """A form that shows a refusal at the field it is about and keeps everything typed."""

    places = FIELDS


class BearerForm(InvoicesForm):
    """What invoices to a party bear."""

    sort = forms.ChoiceField(
        label=_("Invoice"),
        choices=Bearer.Sort.choices,
        help_text=_("A special VAT invoice lets a general taxpayer deduct the tax; it needs the taxpayer number."),
    )
    name = forms.CharField(label=_("Name on the invoice"), max_length=120)
    tax_id = forms.CharField(
        label=_("Taxpayer number"),
        max_length=40,
        required=False,
        help_text=_("An organisation's is its unified social credit code. A natural person leaves it empty."),
        widget=forms.TextInput(attrs=CODE),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    bank = forms.CharField(label=_("Bank and branch"), max_length=120, required=False)
    account = forms.CharField(
        label=_("Account number"),
        max_length=34,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail address for the invoice"),
        required=False,
        help_text=_("The agency has the digital invoice sent there."),
    )


class TaxationForm(InvoicesForm):
    """How a service is taxed from a day on."""

    service = forms.ChoiceField(label=_("Service"), choices=Taxation.Service.choices)
    item = forms.CharField(
        label=_("Item on the invoice"),
        max_length=90,
        help_text=_("As on your tax platform, with the short name of its class between asterisks."),
    )
    tax_code = forms.CharField(
        label=_("Tax classification code"),
        max_length=40,
        help_text=_("19 digits, from your tax platform."),
        widget=forms.TextInput(attrs=CODE | {"inputmode": "numeric"}),
    )
    treatment = forms.ChoiceField(label=_("Value added tax"), choices=Taxation.Treatment.choices)
    rate = forms.CharField(
        label=_("Rate in percent"),
        max_length=10,
        required=False,
        help_text=_(
            "Of the amount without tax, for example 6. Your tax office tells which is yours; leave it empty if exempt."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    valid_from = forms.DateField(
        label=_("From"), initial=clock.today, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    )


class FeeForm(InvoicesForm):
    """Another fee to be invoiced; `key` makes the second press of the button the same fee."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    buyer = forms.CharField(
        label=_("Who is invoiced"),
        max_length=40,
        help_text=_("Its public code (P-…) or its unified social credit code."),
    )
    gross = MoneyField(label=_("Amount with tax (yuan)"))
    note = forms.CharField(label=_("What for"), max_length=120, help_text=_("Stands in the invoice's remark."))


class NumberForm(InvoicesForm):
    """An invoice was issued on the tax platform."""

    number = forms.CharField(
        label=_("Invoice number"),
        max_length=40,
        help_text=_("A digital invoice has 20 digits, an older one 8. Spaces do not matter."),
        widget=forms.TextInput(attrs=CODE | {"inputmode": "numeric"}),
    )
    number_code = forms.CharField(
        label=_("Invoice code"),
        max_length=40,
        required=False,
        help_text=_("Only an older invoice has one, of 10 or 12 digits."),
        widget=forms.TextInput(attrs=CODE | {"inputmode": "numeric"}),
    )
    on = forms.DateField(
        label=_("Issued on"), initial=clock.today, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    )


class ReverseForm(NumberForm):
    """A red-letter invoice was issued."""

    note = forms.CharField(label=_("Reason"), max_length=120, help_text=_("The buyer reads this."))

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "id_red_%s")
        super().__init__(*args, **options)
