"""A terms document as the fields of its form hold it, and back: what is typed replaces what the form shows, nothing else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.deals.terms import payments as rows_of
from market.deals.terms.documents import Document
from market.deals.terms.fields import PartField, percent_of
from market.kernel.forms import MoneyField
from market.kernel.money import Money

Faults = list[tuple[str, Any]]
_WHOLE_ROW: Promise = _("Fill in the whole row, or nothing of it.")


def typed_terms(document: Document) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """What the form shows of a document: its plain fields, and its rows by their kind."""
    mine, _kept = rows_of.split(document["payments"])
    running = _running(mine)
    minimum, minimum_scope = rows_of.limit_of(mine, "minimum")
    cap, cap_scope = rows_of.limit_of(mine, "cap")
    improvements, audit = document.get("improvements", {"grantback": "none"}), document.get("audit", {})
    reports, tax, deductions = (document.get(name, {}) for name in ("reports", "tax", "deductions"))
    plain = {
        **{
            name: document[name]
            for name in ("exclusivity", "grant", "territory", "field", "sublicence", "transferable")
        },
        "start": document["term"]["start"],
        "end": document["term"].get("end"),
        **rows_of.how_counted(running),
        "base_definition": document.get("base_definition", ""),
        "deductions": deductions.get("allowed", []),
        "deductions_cap": _percent(deductions.get("cap")),
        "minimum": minimum,
        "minimum_scope": minimum_scope,
        "cap": cap,
        "cap_scope": cap_scope,
        "sublicence_share": _percent(rows_of.share_of(mine)),
        "reports": reports.get("period", ""),
        "due_days": reports.get("due_days"),
        "payment_days": reports.get("payment_days"),
        "audit": audit.get("allowed", False),
        "tolerance": _percent(audit.get("tolerance")),
        "withholding": _percent(tax.get("withholding")),
        "tax": tax.get("borne_by", "licensor"),
        "interest": _percent(document.get("interest", {}).get("rate")),
        "grantback": improvements["grantback"],
        "grantback_paid": improvements.get("paid", False),
        "grantback_mutual": improvements.get("mutual", False),
        "breach": document.get("breach", ""),
        "termination": document.get("termination", []),
        "disputes": document.get("disputes", ""),
    }
    rates = [{**row, "up_to": _size(row["up_to"]), "rate": _rate(row["rate"])} for row in rows_of.rate_rows(running)]
    return plain, {
        "sum": rows_of.sum_rows(mine),
        "rate": rates,
        "milestone": rows_of.milestone_rows(mine),
        "clause": [dict(clause) for clause in document.get("clauses", ())],
    }


def written_terms(base: Document, data: Mapping[str, Any], currency: str) -> tuple[dict[str, Any], Faults]:
    """The document `base` with what was typed in place of what the form shows, and what is wrong with it, by field."""
    faults: Faults = []
    said: dict[str, Any] = {
        **{name: data[name] for name in ("exclusivity", "grant", "territory", "field", "sublicence", "transferable")},
        "term": _only(base["term"], start=data["start"].isoformat(), end=_day(data["end"])),
        "payments": _payments(base, data, currency, faults),
        "base_definition": data["base_definition"],
        "deductions": _deductions(data),
        "reports": _reports(data, faults),
        "audit": _audit(base, data),
        "tax": {"withholding": data["withholding"], "borne_by": data["tax"]} if data["withholding"] else None,
        "interest": _interest(base, data),
        "improvements": _improvements(base, data),
        "breach": data["breach"],
        "termination": data["termination"],
        "disputes": data["disputes"],
        "clauses": [
            _only({}, heading=row["heading"], text=row["text"])
            for row in _rows("clause", data, ("text",), faults).values()
        ],
    }
    if data["end"] and data["end"] < data["start"]:
        faults.append(("end", _("The licence ends before it begins.")))
    kept = {name: what for name, what in base.items() if name not in said}
    always = ("field", "transferable", "payments")
    return {**kept, **{name: what for name, what in said.items() if what or name in always}}, faults


def _payments(base: Document, data: Mapping[str, Any], currency: str, faults: Faults) -> list[Document]:
    mine, kept = rows_of.split(base["payments"])
    sums = _rows("sum", data, ("kind", "amount", "due_on"), faults)
    for number, row in sums.items():
        if row["held"] == rows_of.RECOUPED and row["kind"] != "advance":
            faults.append((f"sum-{number}-held", _("Only an advance is set off against later royalties.")))
    made: list[Document] = []
    rates = _rates(data, currency, faults)
    if data["royalty"]:
        measure = "units" if data["royalty"] == rows_of.PER_UNIT else data["measure"] or "base"
        how = {"start": data["start"].isoformat(), "measure": measure, "scope": data["scope"] or "cumulative"}
        if rates and not faults:
            made.append(rows_of.running_from(rates, **how, was=_running(mine)))
        elif not rates:
            faults.append(("rate-0-rate", _("Say how high the royalty is.")))
    elif rates:
        faults.append(("royalty", _("Rates are filled in: say by what the royalty goes.")))
    made += [
        {"kind": kind, "amount": data[kind].wire(), "scope": data[f"{kind}_scope"] or "year"}
        for kind in ("minimum", "cap")
        if data[kind]
    ]
    if data["sublicence_share"]:
        made.append({"kind": "sublicence", "share": data["sublicence_share"]})
    reached = _rows("milestone", data, ("name", "amount"), faults)
    for number, row in reached.items():
        if bool(row["units"]) is bool(row["base"]):
            faults.append((f"milestone-{number}-units", _("Say at how many units, or at which base; one of the two.")))
    if faults:
        return kept
    return [*rows_of.sums_from([*sums.values()]), *made, *rows_of.milestones_from([*reached.values()]), *kept]


def _rates(data: Mapping[str, Any], currency: str, faults: Faults) -> list[dict[str, Any]]:
    """The rows of rates read as the royalty goes: percent or sums a unit, tiers up to sums or to units. What cannot be read
    is a fault and stays as it was typed."""
    per_unit = data["royalty"] == rows_of.PER_UNIT
    sums = MoneyField(currency=currency, required=False)
    rate = sums if per_unit else PartField(required=False)
    size = forms.IntegerField(min_value=1, required=False) if per_unit or data["measure"] == "units" else sums
    found = []
    for number, row in _rows("rate", data, ("rate",), faults).items():
        read = dict(row)
        for name, field in (("up_to", size), ("rate", rate)):
            try:
                value = field.clean(row[name])
                read[name] = value.wire() if isinstance(value, Money) else value
            except forms.ValidationError as wrong:
                faults.append((f"rate-{number}-{name}", wrong))
        found.append(read)
    return found


def _rows(kind: str, data: Mapping[str, Any], needed: tuple[str, ...], faults: Faults) -> dict[int, dict[str, Any]]:
    """The rows of a kind in which something was typed, by their place; one that lacks what it needs is a fault."""
    found: dict[int, dict[str, Any]] = {}
    for name, said in data.items():
        kind_of, _dash, rest = name.partition("-")
        if kind_of == kind:
            number, _dash, column = rest.partition("-")
            found.setdefault(int(number), {})[column] = said
    filled = {place: row for place, row in found.items() if any(row.values())}
    for place, row in filled.items():
        lacking = [name for name in needed if not row[name]]
        if lacking:
            faults.append((f"{kind}-{place}-{lacking[0]}", _WHOLE_ROW))
    return {place: row for place, row in filled.items() if all(row[name] for name in needed)}


def _deductions(data: Mapping[str, Any]) -> dict[str, Any] | None:
    if not data["deductions"]:
        return None
    return _only({}, allowed=data["deductions"], cap=data["deductions_cap"])


def _reports(data: Mapping[str, Any], faults: Faults) -> dict[str, Any] | None:
    """Whoever owes a running royalty reports; a report has its days."""
    if not data["reports"]:
        if data["royalty"]:
            faults.append(("reports", _("Royalties run, so the licensee has to report: say how often.")))
        return None
    for name in ("due_days", "payment_days"):
        if not data[name]:
            faults.append((name, _("Say within how many days.")))
    return {"period": data["reports"], "due_days": data["due_days"], "payment_days": data["payment_days"]}


def _audit(base: Document, data: Mapping[str, Any]) -> dict[str, Any] | None:
    if not data["audit"] and "audit" not in base:
        return None
    return _only(base.get("audit", {}), allowed=data["audit"], tolerance=data["tolerance"])


def _interest(base: Document, data: Mapping[str, Any]) -> dict[str, Any] | None:
    if not data["interest"]:
        return None
    return {"year_days": 365, **base.get("interest", {}), "rate": data["interest"]}


def _improvements(base: Document, data: Mapping[str, Any]) -> dict[str, Any] | None:
    if data["grantback"] == "none":
        return {"grantback": "none"} if "improvements" in base else None
    agreed = {name: data[f"grantback_{name}"] or None for name in ("paid", "mutual")}
    return _only({}, grantback=data["grantback"], **agreed)


def _only(base: Document, **said: Any) -> dict[str, Any]:
    """`base` with what was said; what says nothing is left out."""
    return {name: what for name, what in {**base, **said}.items() if what not in (None, "")}


def _running(payments: list[Document]) -> Document | None:
    return next((payment for payment in payments if payment["kind"] == "running"), None)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _percent(part: str | None) -> str:
    return percent_of(part) if part else ""


def _size(size: Any) -> str:
    """The end of a tier as one would type it."""
    return "" if size is None else str(size) if isinstance(size, int) else Money.from_wire(size).plain()


def _rate(rate: Any) -> str:
    return percent_of(rate) if isinstance(rate, str) else Money.from_wire(rate).plain()
