"""The closing gate: a lot whose last minutes were not provably open does not close, if its sale's rules ask for proof."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from auctions.engine import probes
from auctions.models import Lot
from auctions.rules import lot as rules
from auctions.rules.availability import remedy, window

Remedy = rules.ExtendForOutage | rules.Suspend


def remedies(lots: Sequence[Lot], now: datetime) -> dict[int, Remedy]:
    """What each of `lots`, all due at `now`, needs before it may close, by its pk; those that may are not there.

    `availability_proof` in the sale's rules asks for it. A platform that never probed itself has nothing to prove by.
    Envelopes whose root is in the log (`auctions.sealed`) had their proof then: they wait for their opening, not for bids.
    """
    asking = [lot for lot in lots if lot.sale.rules.get("availability_proof") and "root" not in lot.public]
    if not asking or not probes.ever():
        return {}
    spans = {lot.pk: _window(lot) for lot in asking}
    silent = probes.silent(min(lot.ends_at - spans[lot.pk] for lot in asking), now)
    needed = {lot.pk: remedy(silent, ends_at=lot.ends_at, window=spans[lot.pk], now=now) for lot in asking}
    return {pk: what for pk, what in needed.items() if what is not None}


def _window(lot: Lot) -> timedelta:
    return window(lot.sale.rules["extension_window_s"], opens_at=lot.opens_at, ends_at=lot.ends_at)
