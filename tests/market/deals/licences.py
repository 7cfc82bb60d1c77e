"""Licence deals at each step of their walk, made the way the market makes them."""

from datetime import date
from typing import Any

from market.deals import actions as deals
from market.deals.models import Deal, Paper
from market.deals.terms import actions, queries
from market.deals.terms.models import TermsVersion
from market.listings.models import Listing
from market.parties.models import Party
from tests.market.deals import stage
from tests.people import owner_of

START = date(2026, 12, 1)


def licensed(seller: Party, buyer: Party, agency: Party, **more: Any) -> Deal:
    """A licence deal fresh from its conclusion, without terms unless told."""
    listing = stage.dealt(seller, agency, draft=more.pop("draft", None))
    listing.mode = more.pop("mode", Listing.Mode.LICENCE)
    listing.save()
    return deals.open(**stage.terms(listing, buyer, **more))


def draft(deal: Deal, **changed: Any) -> dict[str, Any]:
    """The terms a draft starts from, with some of them changed."""
    given = {"licensor": deal.seller, "licensee": deal.buyer, "price": deal.price, "asset": actions.asset_of(deal)}
    from_ = queries.standard(right=deal.right, start=START, **given)
    return {**from_, **changed}


def agree(deal: Deal, **changed: Any) -> TermsVersion:
    """The licensor proposes, the licensee adopts."""
    said, over = draft(deal, **changed), deal.terms.count()
    made = actions.propose(deal=deal, role="seller", document=said, over=over, by=owner_of(deal.seller))
    return actions.adopt(deal=deal, role="buyer", sha256=made.sha256, by=owner_of(deal.buyer))


def confirm(deal: Deal) -> Deal:
    """Both sign the sale confirmation."""
    paper = deals.draft_confirmation(deal, actor=stage.SYSTEM)
    return stage.signed_by(paper, buyer=deal.buyer, agency=deal.agency)


def contract_of(deal: Deal, **changed: Any) -> Paper:
    """The licence contract of a deal whose terms are agreed and whose confirmation is signed."""
    agree(deal, **changed)
    return deals.draft_contract(confirm(deal), actor=stage.SYSTEM)


def signed(deal: Deal, **changed: Any) -> Deal:
    """A licence deal whose contract both have signed."""
    return stage.signed_by(contract_of(deal, **changed), seller=deal.seller, buyer=deal.buyer)
