"""The payments of a terms document as the form shows them, in rows, and back; what no row can show is kept as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from market.deals.terms.documents import Document
from market.kernel.money import Money

Row = Mapping[str, Any]
SUMS = ("lump_sum", "instalment", "entry_fee", "advance")
PERCENT, PER_UNIT = "percent", "sum"
STATED, ESCROW, RECOUPED = "", "escrow", "recouped"  # how a sum is paid: asked for by a statement unless told
_PLAIN_RUNNING = frozenset({"kind", "rates", "measure", "scope"})


def shown(payment: Document) -> bool:
    """Whether the form shows it: sums, royalties, minimum, cap, milestones that name no product of several, and the share in
    sublicences."""
    return payment["kind"] not in ("equity", "dividend") and not payment.get("product")


def split(payments: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """The payments the form shows, and those it keeps as they are."""
    mine = [payment for payment in payments if shown(payment)]
    return mine, [payment for payment in payments if not shown(payment)]


def sum_rows(payments: Sequence[Document]) -> list[dict[str, Any]]:
    """Lump sums, instalments, entry fees and advances as rows."""
    return [
        {
            "kind": payment["kind"],
            "amount": Money.from_wire(payment["amount"]),
            "due_on": payment["due_on"],
            "held": ESCROW if payment.get("in_escrow") else RECOUPED if payment.get("recoupable") else STATED,
        }
        for payment in payments
        if payment["kind"] in SUMS
    ]


def sums_from(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The payments of the rows."""
    held = {STATED: {}, ESCROW: {"in_escrow": True}, RECOUPED: {"recoupable": True}}
    return [
        {
            "kind": row["kind"],
            "amount": row["amount"].wire(),
            "due_on": row["due_on"].isoformat(),
            **held[row["held"]],
        }
        for row in rows
    ]


def rate_rows(running: Document | None) -> list[dict[str, Any]]:
    """The tiers of a running royalty, a row each; only the first of each day names the day."""
    return [
        {"since": rates["since"] if place == 0 else "", "up_to": tier.get("up_to"), "rate": tier["rate"]}
        for rates in (running["rates"] if running else ())
        for place, tier in enumerate(rates["tiers"])
    ]


def running_from(rows: Sequence[Row], *, start: str, measure: str, scope: str, was: Document | None) -> dict[str, Any]:
    """The running royalty of the rows, with what it said before that no row shows. A row without a day goes on with the
    rates before it, the first begins on the day `start`."""
    rates: list[dict[str, Any]] = []
    for row in rows:
        if row["since"] or not rates:
            rates.append({"since": row["since"].isoformat() if row["since"] else start, "tiers": []})
        tier = {"rate": row["rate"]}
        rates[-1]["tiers"].append(tier if row["up_to"] is None else {"up_to": row["up_to"], **tier})
    made = {name: said for name, said in (was or {}).items() if name not in _PLAIN_RUNNING}
    made |= {"kind": "running", "rates": rates}
    for name, said, silent in (("measure", measure, "base"), ("scope", scope, "cumulative")):
        if said != silent or name in (was or {}):
            made[name] = said
    return made


def how_counted(running: Document | None) -> dict[str, str]:
    """What the form asks once about a running royalty: by what it goes, what its tiers count, and over which time."""
    if running is None:
        return {"royalty": "", "measure": "base", "scope": "cumulative"}
    per_unit = not isinstance(running["rates"][0]["tiers"][0]["rate"], str)
    counted = {"measure": running.get("measure", "base"), "scope": running.get("scope", "cumulative")}
    return {"royalty": PER_UNIT if per_unit else PERCENT, **counted}


def milestone_rows(payments: Sequence[Document]) -> list[dict[str, Any]]:
    """Milestones as rows, reached at units sold or at a base."""
    return [
        {
            "name": payment["name"],
            "units": payment["at"] if payment["measure"] == "units" else None,
            "base": None if payment["measure"] == "units" else Money.from_wire(payment["at"]),
            "amount": Money.from_wire(payment["amount"]),
        }
        for payment in payments
        if payment["kind"] == "milestone"
    ]


def milestones_from(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The milestones of the rows."""
    return [
        {
            "kind": "milestone",
            "name": row["name"],
            "measure": "units" if row["units"] else "base",
            "at": row["units"] or row["base"].wire(),
            "amount": row["amount"].wire(),
        }
        for row in rows
    ]


def share_of(payments: Sequence[Document]) -> str:
    """The share in what sublicences bring in; "" for none."""
    return next((str(payment["share"]) for payment in payments if payment["kind"] == "sublicence"), "")


def limit_of(payments: Sequence[Document], kind: str) -> tuple[Money | None, str]:
    """The minimum or the cap and what it counts over."""
    found = next((payment for payment in payments if payment["kind"] == kind), None)
    return (Money.from_wire(found["amount"]), found["scope"]) if found else (None, "year")
