"""A copyright licence as the seventeen fields of the Programmable IP License, without a chain: currencies by their ISO code."""

from datetime import date
from fractions import Fraction
from typing import Any

from market.deals.terms.documents import Document, check, currency_of, digest
from market.deals.terms.exporting import beyond, refuse
from market.kernel.calendar import end_of
from market.kernel.money import Money

NOBODY = "0x0000000000000000000000000000000000000000"
WHOLE_SHARE = 100_000_000  # a share of revenue is counted in millionths of a percent
EXPRESSED = ("exclusivity", "territory", "field", "sublicence", "transferable", "payments")
TIMES = ("lump_sum", "entry_fee")


def to_pil(document: Document) -> dict[str, Any]:
    """The fields by name; sums are minor units of `currency`, `expiration` a Unix time (0: never).

    A fee at the outset becomes the minting fee, one flat royalty the share of revenue, a cap on all royalties its ceiling.
    Refused `terms.export` for everything else: another right, an exclusive licence, a part of the world, tiers, a sublicence
    that needs consent, free clauses; `terms.…` as `check`.
    """
    check(document)
    kinds = [payment["kind"] for payment in document["payments"]]
    fees = [payment for payment in document["payments"] if payment["kind"] in TIMES]
    running = [payment for payment in document["payments"] if payment["kind"] == "running"]
    caps = [payment for payment in document["payments"] if payment["kind"] == "cap"]
    terms = beyond(document, EXPRESSED)
    terms += ["right"] if document["right"] != "copyright" else []
    terms += ["exclusivity"] if document["exclusivity"] != "non" else []
    terms += ["territory"] if "WORLD" not in document["territory"] else []
    terms += ["field"] if document["field"] else []
    terms += ["sublicence"] if document["sublicence"] != "none" else []
    terms += [f"payments.{kind}" for kind in kinds if kind not in (*TIMES, "running", "cap")]
    terms += ["payments.running"] if len(running) > 1 or not all(map(_is_flat, running)) else []
    terms += ["payments.cap"] if len(caps) > 1 or any(one["scope"] != "cumulative" for one in caps) else []
    terms += ["payments.due_on"] if any(fee["due_on"] != document["term"]["start"] for fee in fees) else []
    terms += ["payments.in_escrow"] if any(fee.get("in_escrow") for fee in fees) else []
    terms += ["payments.recoupable"] if any(fee.get("recoupable") for fee in fees) else []
    refuse("PIL", terms)
    share = Fraction(running[0]["rates"][0]["tiers"][0]["rate"]) if running else Fraction(0)
    paid = bool(document["payments"])
    return {
        "transferable": document["transferable"],
        "royaltyPolicy": NOBODY,
        "defaultMintingFee": sum(Money.from_wire(fee["amount"]).minor for fee in fees),
        "expiration": _moment(document["term"].get("end")),
        "commercialUse": paid or "distribution" in document["grant"],
        "commercialAttribution": True,  # 著作权法 10(1)(2): authorship is never licensed away
        "commercializerChecker": NOBODY,
        "commercializerCheckerData": "0x",
        "commercialRevShare": int(share * WHOLE_SHARE),
        "commercialRevCeiling": sum(Money.from_wire(cap["amount"]).minor for cap in caps),
        "derivativesAllowed": "adaptation" in document["grant"],
        "derivativesAttribution": "adaptation" in document["grant"],
        "derivativesApproval": False,
        "derivativesReciprocal": False,
        "derivativeRevCeiling": 0,
        "currency": currency_of(document),
        "uri": f"urn:sha256:{digest(document)}",
    }


def _is_flat(payment: Document) -> bool:
    """Whether it is one rate on everything from the first day, exact in millionths of a percent."""
    plain = set(payment) <= {"kind", "rates", "measure", "scope"} and len(payment["rates"]) == 1
    tiers = payment["rates"][0]["tiers"]
    flat = plain and len(tiers) == 1 and isinstance(tiers[0]["rate"], str)
    return flat and (Fraction(tiers[0]["rate"]) * WHOLE_SHARE).denominator == 1


def _moment(day: str | None) -> int:
    """The end of a day, in Beijing as the licence counts it, as Unix time."""
    if day is None:
        return 0
    return int(end_of(date.fromisoformat(day)).timestamp())
