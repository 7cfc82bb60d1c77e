"""Appraisals side by side; those of one right by several methods are weighed into one, the spread between them in sight."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, require
from valuation import access, actions
from valuation.labels import named
from valuation.methods.errors import ValuationError
from valuation.models import Appraisal
from valuation.rules import RECONCILED, work
from valuation.shown import given, shown


class WeighForm(forms.Form):
    """What each of several appraisals weighs, and why."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, appraisals: Sequence[Appraisal], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.appraisals = appraisals
        for one in appraisals:
            title = format_lazy("{} {}", one.code, named(one.method))
            self.fields[f"weight_{one.code}"] = forms.DecimalField(
                label=format_lazy("{}: {}", title, _("weight, %")), min_value=0, max_value=100
            )
            self.fields[f"reason_{one.code}"] = forms.CharField(
                label=format_lazy("{}: {}", title, _("why")), max_length=300
            )

    def pairs(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Weight and reason of each."""
        return ((self[f"weight_{one.code}"], self[f"reason_{one.code}"]) for one in self.appraisals)

    def terms(self) -> dict[str, Any]:
        """What `actions.keep` and `rules.work` ask for."""
        said = self.cleaned_data
        codes = {one.code: one for one in self.appraisals}
        inputs = {
            "parts": {
                code: {"method": one.method, "inputs": one.inputs, "currency": one.currency}
                for code, one in codes.items()
            },
            "weights": {code: f"{said[f'weight_{code}'].normalize():f}%" for code in codes},
            "reasons": {code: said[f"reason_{code}"] for code in codes},
        }
        return {"method": RECONCILED, "inputs": inputs, "ranges": {}, "currency": self.appraisals[0].currency}

    def tell(self, refused: ValuationError) -> None:
        """Put a refusal where the reader can cure it."""
        name = refused.facts.get("name") if refused.field == "reasons" else None
        self.add_error(f"reason_{name}" if name else f"weight_{self.appraisals[-1].code}", refused.message)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: SignedIn) -> HttpResponse:
    """Two to four appraisals side by side, and their reconciliation where they are of one right for one purpose and day."""
    codes = list(dict.fromkeys(request.GET.getlist("of")))
    if not access.FEWEST_COMPARED <= len(codes) <= access.MOST_COMPARED:
        messages.error(request, _("Choose two to four valuations."))
        return redirect("appraisals")
    found = [access.appraisal_for(request.user, code) for code in codes]
    context: dict[str, Any] = {
        "appraisals": found,
        "rows": _rows(found),
        "values": _values(found),
        "named": [named(one.method) for one in found],
    }
    status = 200
    if _of_one(found):
        form = WeighForm(found, request.POST if request.method == "POST" else None, initial={"key": uuid4()})
        context["form"] = form
        if form.is_valid():
            try:
                if "keep" in request.POST:
                    return redirect("appraisal", _keep(request, found, form).code)
                context |= shown(work(**form.terms()), {})
            except ValuationError as refused:
                form.tell(refused)
            except Refused as refused:
                form.add_error(None, sentence(refused))
        status = 422 if form.is_bound and form.errors else 200
    return render(request, "valuation/compare.html", context, status=status)


def _keep(request: SignedIn, found: Sequence[Appraisal], form: WeighForm) -> Appraisal:
    first = found[0]
    require(request.user, first.party, access.ACTING)
    return actions.keep(
        key=form.cleaned_data["key"],
        listing=first.listing,
        party=first.party,
        purpose=first.purpose,
        premise=first.premise,
        valuation_date=first.valuation_date,
        valid_until=min(one.valid_until for one in found),
        sources={},
        follows=None,
        by=request.user,
        **form.terms(),
    )


def _of_one(found: Sequence[Appraisal]) -> bool:
    """Whether they may be weighed: one right, party, purpose, premise, base date, and none a reconciliation itself."""
    same = {(one.listing_id, one.party_id, one.purpose, one.premise, one.valuation_date) for one in found}
    return len(same) == 1 and all(one.method != RECONCILED for one in found)


def _rows(found: Sequence[Appraisal]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each input with what every appraisal was given, and how it differs from the first."""
    tables = [{str(one.label): one.figure for one in given(appraisal)} for appraisal in found]
    labels = dict.fromkeys(label for table in tables for label in table)
    return [
        (label, [(table.get(label, "—"), _differs(table.get(label), tables[0].get(label))) for table in tables])
        for label in labels
    ]


def _differs(figure: str | None, first: str | None) -> str:
    if figure == first:
        return ""
    try:
        moved = [Decimal(one.strip("¥%").replace(",", "")) for one in (figure or "", first or "")]
    except ArithmeticError:
        return "≠"
    return "▲" if moved[0] > moved[1] else "▼"


def _values(found: Sequence[Appraisal]) -> list[tuple[Appraisal, str]]:
    """Each value, and by how much it is above or below the first."""
    first = found[0].value_minor
    told = []
    for one in found:
        moved = (
            Decimal(one.value_minor - first) / first * 100
            if first and one.currency == found[0].currency
            else Decimal(0)
        )
        told.append((one, f"{'▲ +' if moved > 0 else '▼ −'}{abs(moved):.1f}%" if moved else ""))
    return told
