"""What people fill in at the reconciliation desk: an account, a file, what a table's columns say, and why a decision."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.kernel.money import EXPONENTS
from market.kernel.typed import bare
from market.payments.bank.formats.columns import FIELDS, ColumnMap
from market.payments.forms import PaymentForm

FIELD_WORDS = {
    "booked_on": _("Day of the entry"),
    "credit": _("What came in"),
    "debit": _("What went out"),
    "amount": _("Amount, one column for both"),
    "direction": _("In or out, beside the amount"),
    "balance": _("Balance after the entry"),
    "currency": _("Currency"),
    "number": _("Bank transaction number"),
    "name": _("Name of the other side"),
    "account": _("Account of the other side"),
    "text": _("Purpose"),
    "remark": _("Further remark"),
}


class AccountForm(PaymentForm):
    """An account whose statements will come."""

    bank = forms.CharField(label=_("Bank"), max_length=120)
    number = forms.CharField(
        label=_("Account number"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mono"})
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in EXPONENTS])
    bic = forms.CharField(label=_("BIC"), help_text=_("For payments abroad."), max_length=14, required=False)

    def clean_number(self) -> str:
        """The number without blanks and hyphens; letters and digits, at most 34."""
        number = bare(self.cleaned_data["number"])
        if not number.isalnum() or not number.isascii() or len(number) > 34:
            raise forms.ValidationError(_("Write the number in digits and letters, as on the statement."))
        return number

    def clean_bic(self) -> str:
        """Eight or eleven letters and digits, or nothing."""
        bic = bare(self.cleaned_data["bic"])
        if bic and (len(bic) not in (8, 11) or not bic.isalnum() or not bic.isascii()):
            raise forms.ValidationError(_("A BIC has eight or eleven letters and digits."))
        return bic


class HandInForm(PaymentForm):
    """A file from the bank."""

    def __init__(self, data: Any = None, files: Any = None, *, accounts: Sequence[tuple[int, str]]) -> None:
        super().__init__(data, files)
        choices = [("", _("Named in the file (CAMT.053, MT940)")), *accounts]
        self.fields["account"] = forms.ChoiceField(
            label=_("Account"), choices=choices, required=False, help_text=_("A table does not say whose it is.")
        )
        if len(accounts) == 1:
            self.initial.setdefault("account", accounts[0][0])

    file = forms.FileField(
        label=_("Bank statement"),
        help_text=_(
            "CAMT.053, MT940, CSV or XLSX, at most 20 MB and 2,000 entries. Days that were there before add nothing."
        ),
        widget=forms.FileInput(attrs={"accept": ".xml,.sta,.txt,.csv,.tsv,.xlsx"}),
        allow_empty_file=True,
    )


class LayoutForm(PaymentForm):
    """What each column of a bank's table says."""

    def __init__(self, data: Any = None, *, headings: Sequence[str], told: dict[str, str]) -> None:
        super().__init__(data, initial={f"column_{field}": heading for field, heading in told.items()})
        named = list(dict.fromkeys(heading for heading in headings if heading))
        choices = [("", _("Not in this table")), *((heading, heading) for heading in named)]
        for field in FIELDS:
            self.fields[f"column_{field}"] = forms.ChoiceField(
                label=FIELD_WORDS[field], choices=choices, required=field == "booked_on"
            )
        self.order_fields([f"column_{field}" for field in FIELDS])

    days = forms.ChoiceField(
        label=_("How days are written"),
        choices=[("ymd", _("Year first: 2026-11-24, 20261124")), ("dmy", "24/11/2026"), ("mdy", "11/24/2026")],
    )
    point = forms.ChoiceField(
        label=_("How amounts are written"), choices=[(".", "1,180,000.00"), (",", "1.180.000,00")]
    )

    def as_map(self) -> ColumnMap:
        """What was chosen."""
        said = {field: self.cleaned_data[f"column_{field}"] for field in FIELDS}
        columns = {field: heading for field, heading in said.items() if heading}
        return ColumnMap(columns, self.cleaned_data["days"], self.cleaned_data["point"])


class NoteForm(PaymentForm):
    """Why a decision is in order."""

    note = forms.CharField(
        label=_("Why this is in order"),
        help_text=_(
            "Needed for a third party's money, the bank's own entries and what cancels out; kept with the decision."
        ),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
