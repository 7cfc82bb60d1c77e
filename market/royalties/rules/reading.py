"""Reads the terms of a deal and a licensee's figures as the engine takes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from market.deals.terms.documents import Document, currency_of
from market.kernel.money import Money
from market.royalties.rules.lines import NOTHING, Exact, exact
from market.royalties.rules.terms import (
    ONE,
    Arrear,
    Deductions,
    DeMinimis,
    Fixed,
    Interest,
    Limit,
    Milestone,
    Offset,
    Rates,
    Report,
    Rounding,
    RoyaltyTerms,
    Running,
    Sales,
    Tier,
    Withholding,
)

FIXED = ("lump_sum", "instalment", "entry_fee", "advance")


def royalty_terms(document: Document, currency: str = "") -> RoyaltyTerms:
    """What a checked terms document says of payment, in its `currency` where that is known; equity and dividends are other
    rooms' business, and what lies in the deal's escrow is paid already."""
    by_kind: dict[str, list[Document]] = {}
    for payment in document["payments"]:
        by_kind.setdefault(payment["kind"], []).append(payment)
    also: dict[str, Any] = {}
    if "de_minimis" in document:
        small = document["de_minimis"]
        also["de_minimis"] = DeMinimis(sum_of(small["below"]), small["outcome"])
    if "tax" in document:
        also["withholding"] = Withholding(exact(document["tax"]["withholding"]), document["tax"]["borne_by"])
    if "interest" in document:
        also["interest"] = Interest(exact(document["interest"]["rate"]), document["interest"]["year_days"])
    if "rounding" in document:
        also["rounding"] = Rounding(**document["rounding"])
    for kind in ("cap", "minimum"):
        if kind in by_kind:
            (limit,) = by_kind[kind]
            also[kind] = Limit(sum_of(limit["amount"]), limit["scope"])
    return RoyaltyTerms(
        currency=currency or currency_of(document),
        running={row.get("product", ""): _running(row, document) for row in by_kind.get("running", ())},
        fixed=tuple(_fixed(row) for kind in FIXED for row in by_kind.get(kind, ()) if not row.get("in_escrow")),
        milestones=tuple(
            Milestone(row["name"], row["measure"], _size(row["at"]), sum_of(row["amount"]))
            for row in by_kind.get("milestone", ())
        ),
        sublicence=exact(by_kind["sublicence"][0]["share"]) if "sublicence" in by_kind else NOTHING,
        cross_collateral=document.get("cross_collateral", True),
        payment_days=document.get("reports", {}).get("payment_days", 15),
        **also,
    )


@lru_cache(maxsize=1024)
def read_terms(text: str, currency: str) -> RoyaltyTerms:
    """`royalty_terms` of a document in JSON, kept for the next licence on the same terms."""
    return royalty_terms(json.loads(text), currency)


def is_owed(terms: RoyaltyTerms) -> bool:
    """Whether anything is to be stated, now or ever: a licence that is paid for on signing owes nothing more."""
    return bool(terms.running or terms.fixed or terms.milestones or terms.minimum or terms.sublicence)


def changes(document: Document) -> list[date]:
    """The days on which rates change: each begins a period of its own."""
    return sorted({date.fromisoformat(one["since"]) for row in document["payments"] for one in row.get("rates", ())})


def report_of(
    figures: Mapping[str, Any],
    since: date,
    until: date,
    *,
    arrears: Sequence[Arrear] = (),
    final: bool = False,
    sublicensed: Mapping[str, Any] | None = None,
) -> Report:
    """A report from the figures as they are kept: {"product": {"gross": sum, "units": "5", …}}; `sublicensed` are the sums
    that sublicences brought in."""
    sales = {
        product: Sales(
            gross=sum_of(row["gross"]),
            units=exact(row.get("units", "0")),
            deductions={name: sum_of(wire) for name, wire in row.get("deductions", {}).items()},
            third_party=sum_of(row["third_party"]) if "third_party" in row else NOTHING,
        )
        for product, row in figures.items()
    }
    brought = {name: sum_of(wire) for name, wire in (sublicensed or {}).items()}
    return Report(since, until, sales, arrears, final, brought)


def _running(payment: Document, document: Document) -> Running:
    how: dict[str, Any] = {name: payment[name] for name in ("measure", "scope") if name in payment}
    how |= {name: exact(payment[name]) for name in ("base_share", "tax_included", "combination") if name in payment}
    how |= {"threshold": sum_of(payment["threshold"])} if "threshold" in payment else {}
    if "deductions" in document:
        agreed = document["deductions"]
        how["deductions"] = Deductions(tuple(agreed["allowed"]), exact(agreed["cap"]) if "cap" in agreed else ONE)
    if "stacking" in document:
        agreed = document["stacking"]
        floor = exact(agreed["floor_rate"]) if "floor_rate" in agreed else NOTHING
        how["offset"] = Offset(exact(agreed["share"]), floor, agreed["unused"])
    first = payment["rates"][0]["tiers"][0]["rate"]
    return Running(
        rates=tuple(Rates(date.fromisoformat(one["since"]), _tiers(one["tiers"])) for one in payment["rates"]),
        per_unit=not isinstance(first, str),
        staffel=_tiers(payment.get("staffel", ())),
        **how,
    )


def _fixed(payment: Document) -> Fixed:
    return Fixed(
        date.fromisoformat(payment["due_on"]),
        sum_of(payment["amount"]),
        payment["kind"],
        payment.get("recoupable", False),
        payment.get("product", ""),
    )


def _tiers(rows: Sequence[Document]) -> tuple[Tier, ...]:
    return tuple(Tier(_size(row["up_to"]) if "up_to" in row else None, _rate(row["rate"])) for row in rows)


def _rate(rate: Any) -> Exact:
    return exact(rate) if isinstance(rate, str) else sum_of(rate)


def _size(size: Any) -> int:
    return size if isinstance(size, int) else sum_of(size)


def sum_of(wire: Any) -> int:
    """A sum in minor units."""
    return Money.from_wire(wire).minor
