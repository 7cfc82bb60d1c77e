"""A licence's terms as a form, for the editor of a deal's terms and for offers: it reads a document and writes one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from market.deals.terms.documents import Document, check, currency_of
from market.deals.terms.fields import LinesField, PartField, PlacesField
from market.deals.terms.labels import (
    ACTS,
    DEDUCTIONS,
    DISPUTES,
    EXCLUSIVITY,
    GRANTABLE,
    GRANTBACK,
    HELD,
    PERIODS,
    ROYALTY,
    SCOPES,
    SUBLICENCE,
    SUMS,
    TAX,
)
from market.deals.terms.writing import typed_terms, written_terms
from market.kernel.errors import Refused
from market.kernel.forms import MoneyField
from market.kernel.words import sentence

MOST_ROWS = 20
FULL, LONG = 500, 5000


def _select(label: Any, words: Mapping[str, Any], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(words.items()), **more)


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=180)


def _date(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class TermsForm(forms.Form):
    """The terms of a licence. `base` is the document it starts from: what the form has no field for is kept from it.

    Payments, rates, milestones and clauses are rows, with an empty one at the end. `document()` is what was typed, of the
    shape `documents.check` asks for: a form that is valid has passed it. Sums are in the `currency` where the base names none.
    """

    exclusivity = _select(_("Kind of licence"), EXCLUSIVITY, widget=forms.RadioSelect)
    grant = forms.MultipleChoiceField(label=_("What may be done"), widget=forms.CheckboxSelectMultiple)
    territory = PlacesField(
        label=_("Territory"), max_length=200, help_text=_("Country codes like CN, JP; WORLD for the whole world.")
    )
    field = LinesField(
        label=_("Field of use"), required=False, max_length=2000, help_text=_("One a line; empty: every field.")
    )
    start = _date(_("From"))
    end = _date(_("Until"), required=False, help_text=_("Empty: without an end, as long as the right lasts."))
    sublicence = _select(_("Sublicences"), SUBLICENCE)
    sublicence_share = PartField(label=_("Licensor's share in what sublicences bring in, %"), required=False)
    transferable = forms.BooleanField(label=_("The licence may be transferred"), required=False)
    royalty = _select(_("Running royalty"), ROYALTY, required=False)
    measure = _select(_("Tiers count"), {"base": _("the royalty base"), "units": _("units sold")}, required=False)
    scope = _select(_("Counted over"), SCOPES, required=False)
    base_definition = forms.CharField(
        label=_("Royalty base"), required=False, max_length=FULL, help_text=_("For example: sales net of VAT.")
    )
    deductions = forms.MultipleChoiceField(
        label=_("What may be deducted"),
        required=False,
        choices=list(DEDUCTIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    deductions_cap = PartField(label=_("Deductions at most (percent of receipts)"), required=False)
    minimum_scope = _select(_("The minimum is for"), SCOPES, required=False)
    cap_scope = _select(_("The cap is for"), SCOPES, required=False)
    reports = _select(_("Reports"), PERIODS, required=False)
    due_days = _days(_("Report due, days after the period"))
    payment_days = _days(_("Payment due, days after the statement"))
    audit = forms.BooleanField(label=_("The licensor may inspect the books"), required=False)
    tolerance = PartField(
        label=_("Licensee pays the audit from a shortfall of, %"), required=False, help_text=_("Usually 5.")
    )
    withholding = PartField(label=_("Tax withheld, %"), required=False)
    tax = _select(_("The tax is borne by"), TAX, required=False)
    interest = PartField(label=_("Interest on late payments, % a year"), required=False)
    grantback = _select(_("Improvements by the licensee"), GRANTBACK)
    grantback_paid = forms.BooleanField(label=_("The other side pays for them"), required=False)
    grantback_mutual = forms.BooleanField(label=_("It goes both ways"), required=False)
    breach = forms.CharField(
        label=_("Breach"), required=False, max_length=FULL, widget=forms.Textarea(attrs={"rows": 3})
    )
    termination = LinesField(
        label=_("When it may be ended early"), required=False, max_length=4000, help_text=_("One reason a line.")
    )
    disputes = _select(_("Disputes"), DISPUTES, required=False)

    # What is laid out together: the heading, the fields, and the rows that follow them.
    SECTIONS = (
        (_("What is licensed"), ("exclusivity", "grant", "territory", "field", "start", "end"), ""),
        (_("Sums"), (), "sum"),
        (_("Running royalty"), ("royalty", "measure", "scope"), "rate"),
        (_("Royalty base"), ("base_definition", "deductions", "deductions_cap"), ""),
        (_("Minimum and cap"), ("minimum", "minimum_scope", "cap", "cap_scope"), ""),
        (_("Milestones"), (), "milestone"),
        (_("Reports, books and tax"), ("reports", "due_days", "payment_days", "audit", "tolerance"), ""),
        ("", ("withholding", "tax", "interest"), ""),
        (_("Sublicences and improvements"), ("sublicence", "sublicence_share", "transferable"), ""),
        ("", ("grantback", "grantback_paid", "grantback_mutual"), ""),
        (_("Breach, end and disputes"), ("breach", "termination", "disputes"), ""),
        (_("Further clauses"), (), "clause"),
    )

    def __init__(self, base: Document, *args: Any, currency: str = "CNY", **more: Any) -> None:
        super().__init__(*args, **more)
        self.base, self.currency = base, currency_of(base, currency)
        self.written: dict[str, Any] | None = None
        choices = {act: ACTS[act] for act in (*GRANTABLE[base["right"]], *base["grant"])}
        self.fields["grant"].choices = list(choices.items())  # type: ignore[attr-defined]
        for name, label in (("minimum", _("At least")), ("cap", _("At most"))):
            self.fields[name] = MoneyField(label=label, currency=self.currency, required=False)
        plain, rows = typed_terms(base)
        self.initial = {**plain, **dict(self.initial)}
        for kind, known in rows.items():
            self._add_rows(kind, known)

    def _add_rows(self, kind: str, known: list[dict[str, Any]]) -> None:
        for place in range(self._count(kind, len(known))):
            for name, field in self._row(kind).items():
                self.fields[f"{kind}-{place}-{name}"] = field
            if place < len(known):
                self.initial.update({f"{kind}-{place}-{name}": said for name, said in known[place].items()})

    def _count(self, kind: str, known: int) -> int:
        """As many rows as there are or were sent, and an empty one."""
        if self.is_bound:
            sent = re.compile(re.escape(self.add_prefix(kind)) + r"-(\d{1,3})-\w+")
            filled = [
                int(match[1]) for name, said in self.data.items() if said and (match := sent.fullmatch(str(name)))
            ]
            known = max(filled, default=-1) + 1
        return min(known + 1, MOST_ROWS)

    def _row(self, kind: str) -> dict[str, forms.Field]:
        """The fields of one row, none of them required: a row that says nothing is left out."""
        money = MoneyField(label=_("Amount"), currency=self.currency, required=False)
        if kind == "sum":
            return {
                "kind": _select(_("Kind"), SUMS, required=False),
                "amount": money,
                "due_on": _date(_("Due on"), required=False),
                "held": _select(_("How it is paid"), HELD, required=False),
            }
        if kind == "rate":
            return {
                "since": _date(pgettext_lazy("terms", "Since"), required=False),
                "up_to": forms.CharField(label=_("Up to"), required=False, max_length=30),
                "rate": forms.CharField(label=_("Rate: percent, or a sum a unit"), required=False, max_length=30),
            }
        if kind == "milestone":
            return {
                "name": forms.CharField(label=_("Milestone"), required=False, max_length=FULL),
                "units": forms.IntegerField(label=_("At units sold"), required=False, min_value=1),
                "base": MoneyField(label=_("or at a royalty base of"), currency=self.currency, required=False),
                "amount": money,
            }
        return {
            "heading": forms.CharField(label=_("Heading"), required=False, max_length=FULL),
            "text": forms.CharField(
                label=_("Text of the clause"), required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3})
            ),
        }

    def rows(self, kind: str) -> list[list[BoundField]]:
        """The rows of a kind, each as its fields."""
        found: dict[str, list[BoundField]] = {}
        for name in self.fields:
            if name.startswith(f"{kind}-"):
                found.setdefault(name.split("-")[1], []).append(self[name])
        return list(found.values())

    def sections(self) -> Iterator[tuple[Any, list[BoundField], list[list[BoundField]]]]:
        """How the form is laid out: (heading, fields, rows) of each part; a part without heading goes on with the last."""
        for heading, names, kind in self.SECTIONS:
            yield heading, [self[name] for name in names], self.rows(kind) if kind else []

    def clean(self) -> dict[str, Any]:
        """The document of what was typed, if it can be one; each fault at its field."""
        data = super().clean() or {}
        if not self.errors:
            document, faults = written_terms(self.base, data, self.currency)
            for name, text in faults:
                self.add_error(name, text)
            if not faults:
                try:
                    self.written = dict(check(document))
                except Refused as refused:
                    self.add_error(FIELDS.get(refused.code), sentence(refused))
        return data

    def document(self) -> dict[str, Any]:
        """What was typed, as a terms document that has passed `check`. ValueError for a form that is not valid."""
        if self.written is None:
            raise ValueError("the terms are not complete")
        return self.written


# Where the refusals of `documents.check` belong.
FIELDS: Mapping[str, str] = {"terms.day": "end", "terms.tiers": "rate-0-up_to", "terms.parts": "rate-0-rate"}
