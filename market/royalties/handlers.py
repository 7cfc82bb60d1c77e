"""What licences do when money has come in: a licence begins with its deal's price, a statement is paid."""

from typing import Any

from market.deals import queries as deals
from market.deals.readiness import agreed_document
from market.kernel.formats import read_day
from market.royalties import actions, queries
from market.royalties.sublicences import actions as sublicences
from market.royalties.telling import ACTOR
from market.trail.models import Fact

PREFIX = "statement:"


def on_deal_paid(fact: Fact) -> None:
    """The price of a licence is in escrow, or there is none to pay: its licence begins, on the terms of its contract, unless
    the one it was to be granted under has ended meanwhile."""
    deal = deals.by_ref(fact.subject)
    document = agreed_document(deal)
    if document is None or (deal.within is not None and sublicences.has_lapsed(deal)):
        return
    sides: dict[str, Any] = {"licensor": deal.seller, "licensee": deal.buyer, "agency": deal.agency}
    given: dict[str, Any] = {"right": deal.right, "document": document, "currency": deal.currency, **sides}
    licence = actions.grant(granted_for=deal.ref, by=None, **given)
    if deal.within is not None:
        sublicences.begin(licence, deal=deal)


def on_deal_undone(fact: Fact) -> None:
    """The deal a licence was granted by is undone: no period of it is opened any more."""
    actions.end(granted_for=fact.subject)


def on_charge_confirmed(fact: Fact) -> None:
    """A royalty arrived, if the charge was for a statement."""
    for_ = fact.data["for"]
    if for_.startswith(PREFIX):
        statement = queries.statements().get(code=for_.removeprefix(PREFIX))
        actions.paid(statement=statement, on=read_day(fact.data["on"]), actor=ACTOR)
