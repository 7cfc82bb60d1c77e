"""What the hammer does to the lots that are due: events, deals, listings and every deposit's outcome, all or nothing.

Written for many lots at once: no step costs a statement a lot. Locks are taken floor by floor, downward: lots, charges,
listings, the books.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import prefetch_related_objects

from auctions.deposits.actions import return_deposits, waive_deposits
from auctions.engine import halts
from auctions.engine.concerned import CONCERNED, said
from auctions.engine.gate import Remedy, remedies
from auctions.engine.rows import ACTOR
from auctions.engine.ruled import Ruled, write_all
from auctions.live import TAKEN, state_of
from auctions.models import Bidder, Event, Lot, Sale
from auctions.queries import buyer_fees
from auctions.rules import lot as rules
from auctions.rules.chain import stamp
from auctions.rules.english import beats, in_window
from auctions.rules.presets import RuleSet
from market.deals import actions as deals
from market.deals.queries import taken
from market.kernel.errors import Refused
from market.kernel.formats import money
from market.kernel.states import move_many
from market.listings import actions as listings
from market.listings.models import Listing
from market.listings.queries import reserves_of
from market.payments import actions as payments
from market.trail import journal
from market.trail.models import Fact

NEEDED = (*CONCERNED, "sale__auctioneer", "listing__agency", "listing__mandate")


class Fallen(Ruled):
    """A lot whose end came, and what was decided: usually that it is over."""

    @property
    def over(self) -> bool:
        """Whether it is; a lot may be kept open instead, or held, or go on to its format's next stage."""
        return self.after.phase in Lot.OVER

    @property
    def sold(self) -> bool:
        """Whether the hammer fell for somebody."""
        return self.after.phase == rules.SOLD

    @property
    def void(self) -> bool:
        """Whether it fell for somebody and was annulled at once."""
        return self.after.phase == rules.ANNULLED

    def annulled(self, now: datetime) -> "Fallen":
        """The same, and annulled, since another deal has the right."""
        after = rules.decide(self.after, [rules.Annul("right_taken")], now)
        return Fallen(self.lot, replace(after, events=[*self.decision.events, *after.events]))

    @property
    def winners(self) -> list[tuple[Bidder, int]]:
        """Who gets how many units: the registration behind the leading paddle one, or each with an allotment its own."""
        if not self.sold:
            return []
        units = dict(self.after.public.get("allotments", [(self.after.leader, 1)]))
        return [(row, units[row.paddle]) for row in self.lot.bidders.all() if row.paddle and row.paddle in units]


def fall(lots: Sequence[Lot], now: datetime) -> list[Lot]:
    """Close those of `lots`, all held by us, that are still due at `now`; returns them. Must run in a transaction.

    One that was not provably open to its end is extended or held instead (see `gate`). The deal is formed by the hammer
    (拍卖法 51); deposits of the others go back (法释〔2016〕18号 23). Writes `lot.sold`, `lot.passed_in` or `lot.annulled`.
    """
    prefetch_related_objects(lots, *NEEDED)
    ailing = remedies(lots, now)
    ruled = _void(_ruled(lots, ailing, now), now)
    over = [one for one in ruled if one.over]
    write_all(ruled, now)
    _settle(over)
    _tell_of_outages([one for one in ruled if one.lot.pk in ailing])
    journal.record_many(_to_match(one) for one in ruled if not one.over and in_window(one.after))
    journal.record_many(_said(one) for one in over)
    return [one.lot for one in over]


def award(lots: Sequence[Lot], awards: Mapping[int, rules.Award], now: datetime) -> list[Lot]:
    """End `lots`, all held by us, as the allocation of their package bids has it (pk -> award); as `fall` otherwise.

    Refused `package.lot_not_open` for a lot that is held or not due, and then nothing is written.
    """
    prefetch_related_objects(lots, *NEEDED)
    ruled = [Fallen(lot, rules.decide(state_of(lot), [awards[lot.pk]], now)) for lot in lots]
    stuck = next((one.lot for one in ruled if not one.over), None)
    if stuck is not None:
        raise Refused("package.lot_not_open", lot=stuck.number)
    ruled = _void(ruled, now)
    write_all(ruled, now)
    _settle(ruled)
    journal.record_many(_said(one) for one in ruled)
    return [one.lot for one in ruled]


def _ruled(lots: Sequence[Lot], ailing: Mapping[int, Remedy], now: datetime) -> list[Fallen]:
    """What the rules say of each lot; one that is not due is not among them."""
    reserves = reserves_of([lot.listing for lot in lots])
    bids = Event.objects.filter(lot__in=lots, kind__in=TAKEN).order_by()
    paddles = Counter(lot for lot, _ in bids.values_list("lot", "payload__paddle").distinct())
    ruled = []
    for lot in lots:
        reserve = reserves.get(lot.listing_id)
        met = reserve is None or lot.price is None or lot.price >= reserve
        close = rules.Close(reserve_met=met, bidders=paddles[lot.pk], matchable=_matchable(lot))
        command = ailing.get(lot.pk) or close
        ruled.append(Fallen(lot, rules.decide(state_of(lot), [command], now)))
    return [one for one in ruled if one.decision.events]


def _matchable(lot: Lot) -> bool:
    """Whether somebody who may bid holds a better priority right than whoever leads."""
    held = lot.public.get("priority")
    others = (row for row in lot.bidders.all() if row.state == Bidder.State.ACTIVE and row.pk != lot.leader_id)
    return any(beats(row.priority, held) for row in others)


def _void(ruled: Sequence[Fallen], now: datetime) -> list[Fallen]:
    """A sale of what another deal has already, annulled at once: nobody could keep it (民法典 580), and all deposits go back."""
    sold = {one.lot.listing.right_id for one in ruled if one.sold and one.lot.listing.mode == Listing.Mode.ASSIGNMENT}
    lost = taken(sold) if sold else set()
    return [one.annulled(now) if one.sold and one.lot.listing.right_id in lost else one for one in ruled]


def _settle(over: Sequence[Fallen]) -> None:
    """Deals, listings and deposits of the lots that are over."""
    sold, void = [one for one in over if one.sold], [one for one in over if one.void]
    passed = [one for one in over if not (one.sold or one.void)]
    winners = [row for one in sold for row, _ in one.winners]
    won = {row.pk for row in winners}
    others = [row for one in over for row in one.lot.bidders.all() if row.pk not in won]
    waive_deposits(others, actor=ACTOR)
    deals.open_many([deal for one in sold for deal in _concluded(one)], actor=ACTOR)
    listings.mark_dealt_many([one.lot.listing for one in sold], actor=ACTOR)
    listings.leave_sale_many([one.lot.listing for one in passed], actor=ACTOR)
    listings.lose_many([one.lot.listing for one in void], actor=ACTOR)
    lapsed = payments.lapsed(row.code for row in winners if row.deposit == Bidder.Deposit.HELD)
    _set_off([row for row in winners if row.code not in lapsed])
    return_deposits([*others, *(row for row in winners if row.code in lapsed)], actor=ACTOR)


def _tell_of_outages(ruled: Sequence[Fallen]) -> None:
    """Tell of the lots that were extended [lot.extended_for_outage]; who is held is held by a halt of its own."""
    held = [one for one in ruled if one.after.phase == rules.SUSPENDED]
    halts.note_outage(held)
    journal.record_many(
        said(
            "lot.extended_for_outage",
            one.lot,
            gap_s=one.decision.events[-1].payload["gap_s"],
            ends_at=stamp(one.after.ends_at),
        )
        for one in ruled
        if one not in held
    )


def _to_match(one: Fallen) -> Fact:
    """What those concerned are told when the holders of a priority right have their turn [lot.to_match]."""
    price = one.after.terms.money(one.after.price or 0)
    return said("lot.to_match", one.lot, price=price.wire(), ends_at=stamp(one.after.ends_at))


def _concluded(one: Fallen) -> list[deals.Concluded]:
    """What the hammer concluded: with each winner, at the price times the units it gets."""
    lot, winners, price = one.lot, one.winners, one.after.price
    if not winners or price is None:
        raise AssertionError(f"{lot} sold to nobody")
    each, sale_rules = one.after.terms.money(price), RuleSet.from_data(lot.sale.rules)
    days = {"formed": sale_rules.confirm_days, "confirmed": sale_rules.sign_days, "signed": sale_rules.pay_days}
    return [
        deals.Concluded(
            origin=winner.origin,
            listing=lot.listing,
            buyer=winner.party,
            price=one.after.terms.money(price * units),
            seller_fees=lot.listing.mandate.seller_fees,
            buyer_fees=buyer_fees(lot),
            agreed_days=days,
            on_record=_on_record(lot, winner, one.after.head)
            | ({"units": f"{units} × {money(each, '2')}"} if "allotments" in one.after.public else {}),
        )
        for winner, units in winners
    ]


def _on_record(lot: Lot, winner: Bidder, head: str) -> dict[str, str]:
    """What the sale confirmation states of the lot (拍卖法 52): sale, mode, auctioneer, paddle, rules, and the log's head.

    `head` is the hash of the log's last event, the sale itself.
    """
    host = lot.sale.auctioneer
    return {
        "sale": lot.sale.title,
        "lot": f"{lot.number} ({lot.code})",
        "mode": lot.sale.mode,
        "auctioneer": f"{host.name} {host.certificate}" if host and lot.sale.mode == Sale.Mode.AUCTION else "",
        "paddle": str(winner.paddle or ""),
        "ruleset": lot.sale.ruleset,
        "terms_sha256": winner.terms_sha256,
        "log_sha256": head,
    }


def _set_off(winners: Sequence[Bidder]) -> None:
    """Set the winners' deposits off against their prices, and end their registrations."""
    held = [row for row in winners if row.deposit == Bidder.Deposit.HELD]
    payments.apply_deposits([row.code for row in held], actor=ACTOR)
    move_many(held, Bidder.State.ENDED, deposit=Bidder.Deposit.APPLIED)
    move_many([row for row in winners if row not in held], Bidder.State.ENDED)


def _said(one: Fallen) -> Fact:
    """What everybody concerned is told."""
    after = one.after
    if one.void:
        return said("lot.annulled", one.lot, reason="right_taken")
    if one.sold and after.price is not None:
        also = {"winners": len(one.winners)} if "allotments" in after.public else {}
        return said("lot.sold", one.lot, price=after.terms.money(after.price).wire(), paddle=after.leader, **also)
    return said("lot.passed_in", one.lot, reason=one.decision.events[-1].payload["reason"])
