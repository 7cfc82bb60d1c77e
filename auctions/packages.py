"""Offering lots in packages and bidding for them: bids of one bidder exclude each other, and stay sealed until the end."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from auctions.deposits.rules import covers
from auctions.models import Bidder, Event, Lot, PackageBid, PackageBidder, PackageRun, PackageSale, Sale
from auctions.rules.chain import Json
from auctions.rules.packages import Group, Item, check_bid, check_groups
from auctions.rules.presets import preset
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money, total
from market.parties import access as parties
from market.parties.models import Party, User
from market.parties.queries import related_ids

Groups = Sequence[tuple[str, Collection[int]]]


@transaction.atomic
def offer(*, sale: Sale, rule: str, groups: Groups, by: User) -> PackageSale:
    """Have all lots of a draft sale bid for in packages, at prices by `rule`; `groups`: a name and lot numbers each.

    Again: the lots added since, another rule, other groups. Refused `sale.not_draft`, `sale.empty`, `lot.format`,
    `package.rule_unknown`, `package.item_unknown`, `package.groups_overlap`.
    """
    parties.require(by, sale.agency)
    sale = Sale.objects.select_for_update(of=("self",)).get(pk=sale.pk)
    if sale.state != Sale.State.DRAFT:
        raise Refused("sale.not_draft")
    if Lot.Format.PACKAGE not in preset(sale.ruleset).formats:
        raise Refused("lot.format", format=Lot.Format.PACKAGE)
    if rule not in PackageSale.Rule.values:
        raise Refused("package.rule_unknown", rule=rule)
    codes = dict(sale.lots.order_by("number").values_list("number", "code"))
    if not codes:
        raise Refused("sale.empty")
    named = [Group(name, frozenset(str(number) for number in numbers)) for name, numbers in groups]
    check_groups([Item(str(number)) for number in codes], named)
    kept = [[group.name, sorted(codes[int(number)] for number in group.items)] for group in named]
    Lot.objects.filter(sale=sale, state=Lot.State.DRAFT).update(format=Lot.Format.PACKAGE, params={})
    package, _ = PackageSale.objects.update_or_create(sale=sale, defaults={"rule": rule, "groups": kept})
    return package


def lots_of(package: PackageSale) -> QuerySet[Lot]:
    """The lots bid for in packages, in order, with what a page shows."""
    lots = Lot.objects.filter(sale=package.sale_id, format=Lot.Format.PACKAGE)
    return lots.select_related("listing__right", "listing__seller", "sale").order_by("number")


def ends_at(package: PackageSale) -> datetime | None:
    """When bids are taken no more: the latest end of the lots; None without lots."""
    latest: datetime | None = lots_of(package).aggregate(latest=Max("ends_at"))["latest"]
    return latest


def is_over(package: PackageSale, now: datetime) -> bool:
    """Whether the bidding ended, so that amounts are no longer secret."""
    until = ends_at(package)
    return until is not None and until <= now


def groups_of(package: PackageSale) -> list[Group]:
    """The groups that must not be split, of lot codes."""
    return [Group(name, frozenset(codes)) for name, codes in package.groups]


@transaction.atomic
def bid(*, package: PackageSale, codes: Collection[str], amount: Money, key: UUID, by: User) -> PackageBid:
    """Bid `amount` for the lots `codes` together, for the party `by` acts for; the same `key` again gives the first bid.

    A bid is never withdrawn (拍卖法 36); of a bidder's bids at most one wins. Refused `package.not_registered` with the
    numbers of the lots that the party may not bid on, `bid.key_reused`, `bid.currency`, `bid.not_open`, `bid.lot_closed`,
    `package.too_low` below the starting prices, and what `check_bid` refuses.
    """
    party = parties.verified_party_of(by)
    parties.require(by, party)
    # The row is the queue of this sale's package bids, and what starts an allocation waits for it too.
    package = PackageSale.objects.select_for_update(no_key=True, of=("self",)).select_related("sale").get(pk=package.pk)
    bundle = sorted(set(codes))
    known = PackageBid.objects.filter(package=package, bidder__party=party, key=key).first()
    if known is not None:
        if (known.bundle, known.amount) != (bundle, amount):
            raise Refused("bid.key_reused")
        return known
    lots = {lot.code: lot for lot in lots_of(package)}
    check_bid([Item(code) for code in lots], groups_of(package), dict.fromkeys(bundle, 1), amount.minor)
    chosen = [lots[code] for code in bundle]
    now = clock.database_now()
    _check_open(chosen, ends_at(package), now)
    _check_registered(chosen, party)
    if amount.currency != chosen[0].currency:
        raise Refused("bid.currency", currency=chosen[0].currency)
    least = total([lot.start for lot in chosen], amount.currency)
    if amount < least:
        raise Refused("package.too_low", minimum=least)
    return PackageBid.objects.create(
        package=package,
        bidder=_bidder(package, party),
        user=by,
        key=key,
        place=_next_place(package),
        bundle=bundle,
        currency=amount.currency,
        amount_minor=amount.minor,
        at=now,
    )


def _next_place(package: PackageSale) -> int:
    last: int | None = package.bids.aggregate(last=Max("place"))["last"]
    return 1 + (last or 0)


def _check_open(lots: Sequence[Lot], until: datetime | None, now: datetime) -> None:
    if until is None or now >= until or any(lot.state in Lot.OVER for lot in lots):
        raise Refused("bid.lot_closed", ended_at=until, seq=0)
    if any(lot.state == Lot.State.SUSPENDED for lot in lots):
        raise Refused("bid.suspended")
    if any(lot.state not in Lot.BIDDING for lot in lots):
        raise Refused("bid.not_open", opens_at=lots[0].opens_at)


def _check_registered(lots: Sequence[Lot], party: Party) -> None:
    """The party may bid on every lot: qualified, deposit held to the end, tied to neither seller nor house (拍卖法 22, 30)."""
    active = {row.lot_id: row for row in Bidder.objects.filter(lot__in=lots, party=party, state=Bidder.State.ACTIVE)}
    missing = [str(lot.number) for lot in lots if lot.pk not in active]
    if missing:
        raise Refused("package.not_registered", lots=", ".join(missing))
    if any(lot.deposit_minor and active[lot.pk].deposit != Bidder.Deposit.HELD for lot in lots):
        raise Refused("bid.deposit_missing")
    if not all(covers(active[lot.pk].eligible_until, lot.ends_at) for lot in lots):
        raise Refused("bid.deposit_ends")
    circle = {party.pk, *related_ids(party)}
    if any(circle & {lot.listing.seller_id, lot.sale.agency_id} for lot in lots):
        raise Refused("bid.related_party")


def _bidder(package: PackageSale, party: Party) -> PackageBidder:
    known = package.bidders.filter(party=party).first()
    if known is not None:
        return known
    taken = set(package.bidders.values_list("paddle", flat=True))
    paddle = secrets.choice([number for number in range(1001, 10_000) if number not in taken])
    return PackageBidder.objects.create(package=package, party=party, paddle=paddle)


def own_bids(package: PackageSale, party: Party | None) -> list[PackageBid]:
    """A party's own bids, latest first, for nobody else's eyes."""
    if party is None:
        return []
    return list(package.bids.filter(bidder__party=party).select_related("bidder").order_by("-place"))


def last_run(package: PackageSale) -> PackageRun | None:
    """The latest allocation asked for."""
    return package.runs.order_by("-pk").first()


def result_of(package: PackageSale) -> PackageRun | None:
    """The allocation the public sees: the latest that is done."""
    return package.runs.filter(state=PackageRun.State.DONE).order_by("-pk").first()


def audited(lot: Lot) -> Json | None:
    """What a stranger needs beside the log of a lot of a package sale: the published file that its closing names, the
    starting prices that share a bundle's price out, and under which paddle the winner bid here; where the lot was annulled
    before any allocation, no file (None), and in both languages why. None for any other lot.
    """
    if lot.format != Lot.Format.PACKAGE:
        return None
    named = Event.objects.filter(lot=lot, kind="closed").first()
    files = PackageRun.objects.filter(package__sale=lot.sale_id).values_list("file", flat=True)
    items = Lot.objects.filter(sale=lot.sale_id, format=Lot.Format.PACKAGE).order_by("number")
    return {
        "file": named and files.filter(file__sha256=named.payload["allocation"])[0],
        "why": None if named else _no_file(),
        "lots": [{"lot": one.code, "start": one.start.wire(), "has_reserve": one.has_reserve} for one in items],
        "paddle": lot.leader.paddle if lot.leader else None,
    }


def _no_file() -> Json:
    """Why the audit file of a lot holds no allocation, by language."""
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = _(
                "The lot was annulled before its package bids were allocated, so no allocation decides it. "
                "The last event of the log says why; the bids for packages with the lot in them lapsed."
            )
    return said
