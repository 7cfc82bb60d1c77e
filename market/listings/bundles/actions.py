"""Writes about a portfolio on offer: begun, handed over, vouched for and withdrawn, all its listings or none.

Each listing keeps its own mandate, review and story; what happens to them together happens in one transaction, in the
order of their pk.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from market.kernel.errors import Refused
from market.listings import actions, rules
from market.listings import queries as of_listings
from market.listings.bundles import queries
from market.listings.fees import rules as fees
from market.listings.models import Bundle, FeeSchedule, Listing
from market.parties.models import Party, User
from market.rights.models import Right
from market.rights.portfolios import queries as portfolios
from market.rights.portfolios.models import Portfolio
from market.rights.rules.intents import LIST
from market.trail import journal

FEWEST = 2


@transaction.atomic
def begin(
    portfolio: Portfolio,
    *,
    way: str,
    agency: Party,
    summary: str,
    summary_en: str,
    defects: str,
    by: User,
    seller_commission_bp: int = fees.STANDARD_COMMISSION_BP,
    schedules: Mapping[str, FeeSchedule] | None = None,
) -> Bundle:
    """Draft a listing for every member, by auction through `agency`, tied together [bundle.begun].

    A member's own draft listing is taken along with the words it has. Refused `bundle.too_few`, `bundle.splits_marks`
    with the marks that the law would leave behind, `bundle.blocked` with the members that bar it,
    `bundle.listed_already`, and as `actions.offer` is.
    """
    owner = portfolio.owner
    rights = portfolios.rights_of(portfolio)
    if len(rights) < FEWEST:
        raise Refused("bundle.too_few", least=FEWEST)
    if left := portfolios.left_behind(rights, owner):
        raise Refused("bundle.splits_marks", marks=_named(left))
    by_key: dict[Any, Right] = {right.pk: right for right in rights}
    if barred := portfolios.standing(rights, owner, LIST).barred:
        bars = [(by_key[key].number, found) for key, found in barred]
        raise Refused("bundle.blocked", barred=bars, count=len(bars))
    bundle = Bundle.objects.create(
        portfolio=portfolio,
        seller=owner,
        agency=agency,
        way=way,
        groups=_groups(portfolio, rights, way),
        created_by=by,
    )
    text = {"summary": summary, "summary_en": summary_en, "defects": defects}
    known = queries.open_listings(rights)
    for right in rights:
        listing = _drafted(right, known.get(right.pk), owner, by)
        listing = actions.offer(
            listing,
            edition=listing.edition,
            pricing=Listing.Pricing.AUCTION,
            asking=None,
            agency=agency,
            by=by,
            seller_commission_bp=seller_commission_bp,
            schedules=schedules,
        )
        fresh = {name: said for name, said in text.items() if not getattr(listing, name)}
        listing = actions.edit(listing, edition=listing.edition, by=by, **fresh)
        listing.bundle = bundle
        listing.save(update_fields=["bundle"])
    _record("bundle.begun", bundle, by.ref, [], rights=len(rights))
    return bundle


def _drafted(right: Right, known: Listing | None, owner: Party, by: User) -> Listing:
    """The owner's draft of the right, a new one where there is none. Refused `bundle.listed_already`."""
    if known is None:
        return actions.draft(right=right, seller=owner, by=by)
    if known.seller_id != owner.pk or known.state != Listing.State.DRAFT or known.bundle_id is not None:
        seen = known.state in Listing.PUBLIC or known.seller_id == owner.pk
        raise Refused("bundle.listed_already", number=right.number, listing=known.code if seen else "")
    return known


def _groups(portfolio: Portfolio, rights: Sequence[Right], way: str) -> list[list[str]]:
    """What goes to one buyer only, as codes of rights."""
    if way == Bundle.Way.WHOLE:
        return [sorted(right.code for right in rights)]
    groups = portfolios.undivided(rights, portfolio.owner, portfolios.lines_of(portfolio))
    return sorted(sorted(right.code for right in rights if right.pk in group) for group in groups)


@transaction.atomic
def submit(bundle: Bundle, *, by: User) -> Bundle:
    """Hand all its drafts to the agency [bundle.submitted]. Refused `bundle.incomplete` with the members whose listing
    lacks something, `bundle.nothing_to_do`, and as `actions.submit` is."""
    drafts = _in(bundle, Listing.State.DRAFT)
    lacking = [listing for listing in drafts if rules.missing_steps(of_listings.done(listing))]
    if lacking:
        raise Refused("bundle.incomplete", rights=_named([listing.right for listing in lacking]), count=len(lacking))
    for listing in drafts:
        actions.submit(listing, by=by)
    _record("bundle.submitted", bundle, by.ref, [bundle.agency.ref], rights=len(drafts))
    return bundle


@transaction.atomic
def accept(bundle: Bundle, *, ticked: Collection[str], by: User) -> Bundle:
    """The agency vouches for everything it `ticked` about every listing that waits, and publishes them
    [bundle.published]. Refused `bundle.nothing_to_do`, and as `actions.accept` is."""
    waiting = _in(bundle, Listing.State.SUBMITTED)
    for listing in waiting:
        actions.accept(listing, by=by, ticked=ticked)
    _record("bundle.published", bundle, by.ref, [bundle.seller.ref], rights=len(waiting))
    return bundle


@transaction.atomic
def withdraw(bundle: Bundle, *, reason: str, by: User) -> Bundle:
    """Take all its open listings off the market, for the `reason` readers are told [bundle.withdrawn].

    Refused `listing.in_sale` while a sale has one of them, `bundle.nothing_to_do`.
    """
    opened = _in(bundle, *Listing.OPEN)
    for listing in opened:
        actions.withdraw(listing, by=by, reason=reason)
    _record("bundle.withdrawn", bundle, by.ref, [bundle.agency.ref], reason=reason)
    return bundle


def _in(bundle: Bundle, *states: str) -> list[Listing]:
    """Its listings in one of the states, their rows held. Refused `bundle.nothing_to_do` where there is none."""
    held = Listing.objects.select_for_update(of=("self",)).filter(bundle=bundle, state__in=states)
    found = list(held.select_related("right", "seller", "agency").order_by("pk"))
    if not found:
        raise Refused("bundle.nothing_to_do")
    return found


def _named(rights: Sequence[Right]) -> str:
    return "、".join(f"{right.number} {right.title}" for right in rights)


def _record(name: str, bundle: Bundle, actor: str, audience: list[str], **data: Any) -> None:
    told = {"bundle": bundle.code, "portfolio": bundle.portfolio.name}
    journal.record(name, subject=bundle.ref, actor=actor, audience=audience, **told, **data)
