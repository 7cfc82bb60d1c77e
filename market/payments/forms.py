"""What people fill in about money: a transfer made, a transfer seen, a transfer sent."""

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.formats import money
from market.kernel.forms import Answering, MoneyField
from market.kernel.money import EXPONENTS, Money
from market.kernel.typed import plain

# The field a refusal is about; what is not here is about the whole form.
FIELDS = {
    "payment.number": "bank_reference",
    "payment.number_taken": "bank_reference",
    "payment.date_ahead": "on",
    "charge.amount_mismatch": "received",
    "charge.currency": "received",
    "charge.remark_missing": "remark",
    "charge.reference": "q",
    "rate.range": "value",
    "rate.same_currency": "quote",
    "rate.source": "source",
    "rate.ahead": "on",
    "rate.noted": "value",
    "file.type": "proof",
    "file.size": "proof",
    "file.empty": "proof",
}


class PaymentForm(Answering):
    """A form that shows a refusal at the field it is about and keeps everything typed."""

    places = FIELDS


def _number() -> forms.CharField:
    return forms.CharField(
        label=_("Bank transaction number"),
        help_text=_("On the bank's receipt or statement; spaces do not matter."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=_("As on the bank statement, for example 2026-12-02."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=clock.today,
    )


class ReportForm(PaymentForm):
    """The payer has made the transfer."""

    bank_reference = _number()
    proof = forms.FileField(
        label=_("Receipt of the bank"),
        help_text=_("PDF, PNG or JPG, at most 20 MB. It helps the agency find the transfer; only you and they see it."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class ConfirmForm(PaymentForm):
    """The agency sees a transfer on its account."""

    def __init__(self, *args: Any, due: Money, **options: Any) -> None:
        super().__init__(*args, **options)
        currency = due.currency
        self.fields["received"] = MoneyField(
            currency=currency,
            label=_("Amount received (yuan)") if currency == "CNY" else _("Amount received"),
            help_text=gettext("Exactly what the account shows; %(due)s is due.") % {"due": money(due, "2")},
        )
        self.order_fields(["received", "bank_reference", "on"])

    bank_reference = _number()
    on = _day(_("Received on"))


class NotFoundForm(PaymentForm):
    """The agency does not see what was reported."""

    remark = forms.CharField(
        label=_("What the payer should look for"),
        help_text=_("The payer reads this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ApproveForm(PaymentForm):
    """A payout is released to the account that was seen."""

    account_seen = forms.CharField(widget=forms.HiddenInput, label=_("Account"))

    def __init__(self, data: Any = None, *, account: str) -> None:
        super().__init__(data, initial={"account_seen": account})


class SendForm(PaymentForm):
    """The agency has sent a payout."""

    bank_reference = _number()
    on = _day(_("Sent on"))


class RateForm(PaymentForm):
    """What one currency was in another on a day, as somebody published it."""

    base = forms.ChoiceField(label=_("One unit of"), choices=[(code, code) for code in EXPONENTS], initial="USD")
    value = forms.CharField(
        label=_("was worth"),
        max_length=20,
        help_text=_("In figures, for example 7.0986."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    quote = forms.ChoiceField(label=_("in"), choices=[(code, code) for code in EXPONENTS], initial="CNY")
    on = forms.DateField(label=_("On the day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        help_text=_("Who published it, for example the China Foreign Exchange Trade System."),
    )

    def clean_value(self) -> Fraction:
        """The rate, exactly as typed."""
        typed = plain(self.cleaned_data["value"])
        if not re.fullmatch(r"\d{1,9}(\.\d{1,8})?", typed, re.ASCII):
            raise forms.ValidationError(_("Write the rate in figures, at most eight decimals."))
        return Fraction(typed)


class WithdrawRateForm(PaymentForm):
    """Why a rate is taken back."""

    reason = forms.CharField(label=_("What is wrong with it"), max_length=200)


class ReferenceForm(PaymentForm):
    """What stands on the bank statement."""

    q = forms.CharField(label=_("Payment reference"), required=False, max_length=80)
