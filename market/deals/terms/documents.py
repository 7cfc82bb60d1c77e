"""A terms document: what its schema asks for, what no schema can say, and its hash."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from market.kernel.errors import Refused
from market.kernel.money import Money

VERSION = "terms/1"
Document = Mapping[str, Any]
_SCHEMA = Path(__file__).with_name("terms.schema.json")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def check(document: Any) -> Document:
    """The document, if it has the shape of the schema and its days, sums and rates can be.

    Refused `terms.shape` with the place ("payments.0.due_on") of the first fault, `terms.currencies` for sums of more than
    one currency, `terms.day`, `terms.tiers` when tiers do not rise to an open end, `terms.parts` for a part above one,
    `terms.products` when two running royalties bear on one product.
    """
    faults = sorted(_validator().iter_errors(document), key=lambda fault: [str(step) for step in fault.absolute_path])
    if faults:
        raise Refused("terms.shape", place=".".join(map(str, faults[0].absolute_path)) or "document")
    _check_leaves(document)
    _check_term(document)
    products = [payment.get("product", "") for payment in document["payments"] if payment["kind"] == "running"]
    if len(set(products)) < len(products):
        raise Refused("terms.products", names=sorted({name for name in products if products.count(name) > 1}))
    for number, payment in enumerate(document["payments"]):
        _check_payment(document, number, payment)
    return document  # type: ignore[no-any-return]


def digest(document: Document) -> str:
    """SHA-256, in hex, of the document with sorted keys: the same terms have the same hash, however they were written."""
    return sha256(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def currency_of(document: Document, unnamed: str = "CNY") -> str:
    """The one currency of all its sums; `unnamed` where it names none."""
    return next((leaf["currency"] for _, leaf in _leaves(document) if isinstance(leaf, dict)), unnamed)


def price_of(document: Document, unnamed: str = "CNY") -> Money:
    """What is paid into the agency's supervised account on signing: the price of the deal that the terms belong to, nought
    for a licence that is paid for in royalties alone, in the currency `unnamed` where it names no sum."""
    held = [Money.from_wire(payment["amount"]) for payment in document["payments"] if payment.get("in_escrow")]
    return sum(held, Money.zero(currency_of(document, unnamed)))


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every text and sum of the document with the key it stands under."""
    if isinstance(value, dict) and set(value) == {"amount", "currency"}:
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif isinstance(value, str):
        yield name, value


DAYS = frozenset({"start", "end", "due_on", "since", "issued_on", "until", "filed_on", "expires_on"})
PARTS = frozenset(
    {"share", "rate", "floor_rate", "cap", "base_share", "tax_included", "combination", "withholding", "tolerance"}
)


def _check_leaves(document: Document) -> None:
    currencies = set()
    for name, leaf in _leaves(document):
        if isinstance(leaf, dict):
            currencies.add(Money.from_wire(leaf).currency)
        elif name in DAYS:
            _read_day(leaf)
        elif name in PARTS and not 0 <= Fraction(leaf) <= 1:
            raise Refused("terms.parts", part=leaf)
    if len(currencies) > 1:
        raise Refused("terms.currencies", currencies=sorted(currencies))


def _check_term(document: Document) -> None:
    end = document["term"].get("end")
    if end is not None and end < document["term"]["start"]:
        raise Refused("terms.day", day=end)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as no_day:
        raise Refused("terms.day", day=text) from no_day


def _check_payment(document: Document, number: int, payment: Document) -> None:
    """One minimum, one cap and one share in sublicences at most, a milestone in the unit it is measured in, rates by rising
    days, tiers that fit; what lies in escrow is paid for good."""
    kinds = [other["kind"] for other in document["payments"][:number]]
    if payment["kind"] in ("minimum", "cap", "sublicence") and payment["kind"] in kinds:
        raise Refused("terms.shape", place=f"payments.{number}")
    if payment.get("in_escrow") and payment.get("recoupable"):
        raise Refused("terms.shape", place=f"payments.{number}.recoupable")
    if payment["kind"] == "milestone" and isinstance(payment["at"], int) is not (payment["measure"] == "units"):
        raise Refused("terms.shape", place=f"payments.{number}.at")
    ladders = [rates["tiers"] for rates in payment.get("rates", ())]
    days = [rates["since"] for rates in payment.get("rates", ())]
    if days != sorted(set(days)) or len({isinstance(tier["rate"], str) for tiers in ladders for tier in tiers}) > 1:
        raise Refused("terms.tiers", product=payment.get("product", ""))
    for tiers in (*ladders, payment.get("staffel", ())):
        _check_tiers(payment, tiers)


def _check_tiers(payment: Document, tiers: Any) -> None:
    """Ends rise, in the unit the tiers count, and only the last is open; all rates are parts, or all sums a unit."""
    ends = [tier.get("up_to") for tier in tiers]
    if not tiers:
        return
    counts = payment.get("measure", "base") == "units" and tiers is not payment.get("staffel")
    closed = ends[:-1]
    fits = ends[-1] is None and None not in closed and all(isinstance(end, int) is counts for end in closed)
    sizes = [end if isinstance(end, int) else Money.from_wire(end).minor for end in closed] if fits else []
    sums = [tier for tier in tiers if not isinstance(tier["rate"], str)]
    if not fits or sizes != sorted(set(sizes)) or (sums and not counts):
        raise Refused("terms.tiers", product=payment.get("product", ""))
