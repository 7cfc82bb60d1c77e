"""What other rooms' pages show of the auctions."""

from typing import Any

from django import template
from django.utils.functional import Promise

from auctions import live, portfolios, queries
from auctions.defaults import access as defaults
from auctions.defaults.queries import default_of, may_be_declared
from auctions.earnest import queries as earnest
from auctions.forms import RULESETS
from auctions.models import Bidder, Lot
from auctions.rules import ways
from auctions.rules.formats import FALLING
from market.deals.access import role_of
from market.deals.models import Deal
from market.deals.rules.moves import AGENCY
from market.kernel import clock
from market.kernel.money import Money
from market.listings.fees.rules import Schedule
from market.listings.models import Bundle, Listing
from market.parties.models import Party

register = template.Library()
SHOWN = 6
LIVE = 9  # lots being bid on, three rows of them


@register.filter
def ruleset(name: str) -> Promise | str:
    """What a preset of rules is called on pages; one that is none by its name."""
    return RULESETS.get(name, name)


@register.filter
def is_falling(lot: Lot) -> bool:
    """Whether the price of a lot falls until somebody takes it."""
    return lot.format in FALLING


@register.filter
def price_now(lot: Lot) -> Money:
    """The price of a lot at this moment: the last bid's, a falling one that nobody took yet, or the starting price."""
    return ways.price_shown(live.state_of(lot), clock.now())


@register.simple_tag
def lot_premium(lot: Lot) -> Schedule:
    """{% lot_premium lot as fees %}: what the buyer of a lot pays beside the price."""
    return queries.buyer_fees(lot)


@register.inclusion_tag("auctions/_lots.html")
def live_lots() -> dict[str, Any]:
    """The lots being bid on, soonest end first."""
    return {"lots": queries.lots_live(limit=LIVE), "kind": "live"}


@register.inclusion_tag("auctions/_lots.html")
def upcoming_lots() -> dict[str, Any]:
    """The lots announced, soonest opening first."""
    return {"lots": queries.lots_upcoming(limit=SHOWN), "kind": "upcoming"}


@register.inclusion_tag("auctions/_lots.html")
def closed_lots() -> dict[str, Any]:
    """The lots that ended, latest first."""
    return {"lots": queries.lots_over(limit=SHOWN), "kind": "over"}


@register.inclusion_tag("auctions/_lot_of_listing.html")
def lot_of_listing(listing: Listing) -> dict[str, Any]:
    """The latest lot of a listing: when it opens or ends, at what price, and the way in; nothing if it has none."""
    return {"lot": queries.lot_of(listing)}


@register.inclusion_tag("auctions/_bundle_in_sale.html")
def bundle_in_sale(bundle: Bundle) -> dict[str, Any]:
    """{% bundle_in_sale bundle %}: the sale a portfolio is in, and the way in; nothing if it is in none."""
    lots = list(portfolios.lots_of(bundle))
    return {"bundle": bundle, "lots": lots, "sale": lots[0].sale if lots else None}


@register.inclusion_tag("auctions/_my_lots.html")
def my_lots(party: Party | None) -> dict[str, Any]:
    """The lots a party is registered for."""
    return {"bidders": queries.registrations_of(party, limit=SHOWN) if party else []}


@register.inclusion_tag("auctions/_registrations_waiting.html")
def registrations_waiting(party: Party | None) -> dict[str, Any]:
    """What a party has still to do for its registrations: go to a room that is open."""
    states = [Bidder.State.ACTIVE]
    rows = queries.registrations_of(party, limit=queries.PAGE) if party else []
    return {"bidders": [row for row in rows if row.state in states and row.lot.state in Lot.BIDDING]}


@register.inclusion_tag("auctions/_queue.html")
def auctions_queue(agency: Party) -> dict[str, Any]:
    """The agency's registrations to decide, and its sales of the coming days."""
    waiting = queries.waiting_for_qualification(agency)
    return {"waiting": waiting[:SHOWN], "count": waiting[:100].count(), "sales": queries.sales_ahead(agency)[:SHOWN]}


@register.inclusion_tag("auctions/_deal_default.html", takes_context=True)
def deal_default(context: dict[str, Any], deal: Deal) -> dict[str, Any]:
    """{% deal_default deal %}: the way to the claim of a deal in default, or the agency's to a buyer or a seller that is
    late."""
    user = context["request"].user
    found = default_of(deal) if deal.state == Deal.State.DEFAULTED else None
    agencys = role_of(user, deal) == AGENCY
    late = agencys and may_be_declared(deal, clock.today())
    return {
        "deal": deal,
        "default": found,
        "of_seller": earnest.default_of(deal) if deal.state == Deal.State.RESCINDED else None,
        "earnest": agencys and earnest.on_earnest_money(deal) is not None,
        "late": late,
        "may_decide": found is not None and defaults.may_decide(user, found),
    }
