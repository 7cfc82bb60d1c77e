"""Versions of a deal's terms as rows to be written: fit for the deal, numbered and hashed."""

from typing import Any

from market.deals.models import Deal
from market.deals.terms.documents import Document, check, digest, price_of
from market.deals.terms.labels import NAMES
from market.deals.terms.models import TermsVersion
from market.deals.terms.queries import bars_in, void_in
from market.deals.terms.scope import beyond
from market.kernel.errors import Refused
from market.parties.models import Party


def version_of(deal: Deal, document: Any, *, number: int, by: str, proposed_by: Party | None = None) -> TermsVersion:
    """The version, not yet written. Refused as `check` and `check_fits`."""
    document = check(document)
    check_fits(deal, document)
    return TermsVersion(
        deal=deal, number=number, document=document, sha256=digest(document), proposed_by=proposed_by, by=by
    )


def check_fits(deal: Deal, document: Document) -> None:
    """Whether the terms are about this deal: its right's kind, its two sides, and its price paid into escrow.

    Refused `terms.other_deal`, `terms.price`, `sublicence.beyond` naming in what a sublicence goes beyond what it may grant,
    and as `check_paid`.
    """
    sides = (document["licensor"].get("code"), document["licensee"].get("code"), document["right"])
    if sides != (deal.seller.code, deal.buyer.code, deal.right.kind):
        raise Refused("terms.other_deal", deal=deal.code)
    stated = price_of(document, deal.currency)
    if stated != deal.price:
        raise Refused("terms.price", price=deal.price, stated=stated)
    if deal.cross_id is None:  # a cross-licence is paid for with the other
        check_paid(document)
    if deal.within is not None:
        check_within(document, deal.within)


def check_within(document: Document, within: Document) -> None:
    """Refused `sublicence.beyond` naming in what the terms go beyond those they are granted within (专利法 12)."""
    if places := beyond(document, within):
        raise Refused("sublicence.beyond", names=[NAMES[place] for place in places], places=places)


def check_paid(document: Document) -> None:
    """Refused `terms.unpaid` for terms that name no payment at all: a royalty alone will do, nothing will not (民法典 846)."""
    if not document["payments"]:
        raise Refused("terms.unpaid")


def check_bars(document: Document) -> None:
    """Refused `licence.void` naming the law and the places of clauses that are void, `licence.no_reports` when royalties run
    and nobody has to report."""
    found = void_in(document)
    if found:
        laws, places = sorted({finding.law for finding in found}), [finding.place for finding in found]
        raise Refused("licence.void", laws=laws, places=places)
    if bars_in(document):
        raise Refused("licence.no_reports")
