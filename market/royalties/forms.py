"""What a licensee fills in about a period, product by product, and what the other sides answer."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.deals.terms.documents import Document
from market.kernel.errors import Refused
from market.kernel.forms import MoneyField
from market.kernel.money import Money
from market.kernel.words import sentence

DEDUCTIONS: dict[str, Promise] = {
    "returns": _("Returns"),
    "discounts": _("Discounts"),
    "freight": _("Freight"),
    "insurance": _("Insurance"),
    "taxes": _("Taxes and duties"),
    "packaging": _("Packaging"),
}
FIELDS = {"royalty.reason_missing": "reason", "royalty.remark_missing": "remark"}


class SumField(MoneyField):
    """A sum that may be nothing: an empty field is zero."""

    def to_python(self, value: Any) -> Any:
        """Money; zero where nothing, or a nought, was typed."""
        if not str(value or "").strip(" 0.,"):
            return Money.zero(self.currency)
        return super().to_python(value)


class ReportForm(forms.Form):
    """A report: for each product its units and gross receipts, the deductions the licence names, third parties' royalties."""

    def __init__(self, document: Document, currency: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = currency
        self.products = [row.get("product", "") for row in document["payments"] if row["kind"] == "running"]
        allowed = document.get("deductions", {}).get("allowed", [])
        for place, product in enumerate(self.products):
            self._ask(f"{place}-gross", _("Gross receipts"), product, required=True)
            self.fields[f"{place}-units"] = forms.IntegerField(
                label=self._named(_("Units, net of returns"), product), required=False, min_value=0
            )
            for name in allowed:
                self._ask(f"{place}-{name}", DEDUCTIONS[name], product)
            if "stacking" in document:
                self._ask(f"{place}-third_party", _("Royalties paid to third parties"), product)

    def _ask(self, field: str, label: Promise, product: str, *, required: bool = False) -> None:
        named = self._named(label, product)
        self.fields[field] = SumField(label=named, currency=self.currency, required=required)

    @staticmethod
    def _named(label: Promise, product: str) -> str:
        return f"{product}{gettext(': ')}{label}" if product else str(label)

    @classmethod
    def showing(cls, document: Document, currency: str, figures: Document) -> "ReportForm":
        """The form filled in with figures that were reported."""
        form = cls(document, currency)
        form.initial = dict(form._typed(figures))
        return form

    def _typed(self, figures: Document) -> Iterator[tuple[str, Any]]:
        for place, product in enumerate(self.products):
            row = figures.get(product, {})
            named = {"gross": row.get("gross"), "third_party": row.get("third_party"), **row.get("deductions", {})}
            yield f"{place}-units", row.get("units")
            yield from ((f"{place}-{name}", Money.from_wire(wire)) for name, wire in named.items() if wire)

    def figures(self) -> dict[str, Any]:
        """What was typed, as it is kept."""
        return dict(self._rows())

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for place, product in enumerate(self.products):
            typed = {
                name.partition("-")[2]: value
                for name, value in self.cleaned_data.items()
                if name.startswith(f"{place}-") and value
            }
            row: dict[str, Any] = {"gross": typed.get("gross", Money.zero(self.currency)).wire()}
            row |= {"units": str(typed["units"])} if "units" in typed else {}
            row |= {"third_party": typed["third_party"].wire()} if "third_party" in typed else {}
            taken = {name: typed[name].wire() for name in DEDUCTIONS if name in typed}
            yield product, row | ({"deductions": taken} if taken else {})

    def refuse(self, refused: Refused) -> None:
        """Show the refusal where it belongs."""
        field = FIELDS.get(refused.code)
        self.add_error(field if field in self.fields else None, sentence(refused))


class CorrectionForm(ReportForm):
    """A report put right by the agency, with the reason; after an audit, where the terms allow one, with what it cost."""

    def __init__(self, document: Document, currency: str, *args: Any, **more: Any) -> None:
        super().__init__(document, currency, *args, **more)
        if document.get("audit", {}).get("allowed"):
            self.fields["cost"] = SumField(
                label=_("Cost of the audit, if there was one"),
                currency=currency,
                required=False,
                help_text=_("The licensee bears it when too little was reported by more than the agreed tolerance."),
            )
        self.fields["reason"] = forms.CharField(
            label=_("Why the figures are corrected"),
            max_length=300,
            error_messages={"required": _("Say why the figures are corrected: it stays with the new statement.")},
            widget=forms.Textarea(attrs={"rows": 3}),
        )


class TerminationForm(forms.Form):
    """When a licence ends before its time, and why."""

    on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    ended_for = forms.CharField(label=_("Why it ends"), max_length=300)


class LicenceForm(forms.Form):
    """A licence contract as the agency enters it: its number, the right, both sides, and its terms as data."""

    number = forms.CharField(label=_("Number of the contract"), max_length=30)
    licensor = forms.CharField(
        label=_("Licensor"), max_length=40, help_text=_("Public code (P-…) or unified social credit code.")
    )
    licensee = forms.CharField(
        label=_("Licensee"), max_length=40, help_text=_("Public code (P-…) or unified social credit code.")
    )
    right = forms.CharField(label=_("Number of the right"), max_length=60)
    terms = forms.JSONField(
        label=_("Terms as data"),
        help_text=_(
            "JSON of version terms/1. Check it first: what the law has against it is named, and it is put in plain words."
        ),
        widget=forms.Textarea(attrs={"rows": 16, "class": "mono", "spellcheck": "false"}),
    )

    def refuse(self, refused: Refused) -> None:
        """Show the refusal where it belongs."""
        field = "right" if refused.code == "licence.right" else "terms" if refused.code.startswith("terms.") else None
        self.add_error(field, sentence(refused))


class CertificateForm(forms.Form):
    """The certificate of a tax that was withheld and paid."""

    file = forms.FileField(
        label=_("Certificate of the tax paid"),
        help_text=_("PDF, PNG or JPG, at most 20 MB. Licensor and agency see it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        allow_empty_file=True,
    )


class DisputeForm(forms.Form):
    """What is wrong with a report."""

    remark = forms.CharField(
        label=_("What is wrong with the report"),
        max_length=300,
        error_messages={"required": _("Say what is wrong with the report, so that the licensee can put it right.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def refuse(self, refused: Refused) -> None:
        """Show the refusal where it belongs."""
        self.add_error(FIELDS.get(refused.code), sentence(refused))
