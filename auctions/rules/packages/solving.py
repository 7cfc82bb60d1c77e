"""Winner determination: which bids together are worth most, by exact search while that is quick, by the solver beyond."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import perf_counter

from auctions.rules.packages import highs, search
from auctions.rules.packages.bids import contenders
from auctions.rules.packages.problem import Problem, problem
from auctions.rules.packages.types import Allocation, Bid, Instance, Progress

SMALL = 300  # offers; beyond, the search is not tried


def solve(instance: Instance, limit_s: float = 60.0, progress: Progress | None = None) -> Allocation:
    """The allocation of most value, never a group split, a reserve missed or a budget exceeded; ties go to the earliest bids.

    Where `limit_s` seconds end before the proof, it is the best one found, with its bound and without the word optimal.
    Looking for ties may take as long again; where that is not enough the allocation is not `settled`.
    Refused: what `contenders` refuses.
    """
    bids, supply = contenders(instance), supply_of(instance)
    found = allocate(bids, supply, limit_s, progress)
    if found.settled or not found.optimal:
        return found
    wanted = problem(bids, supply)
    won = {bid.order for bid in found.winners}
    offers = tuple(offer for offer in wanted.offers if offer.bid.order in won)
    earliest = highs.earliest(wanted, highs.Solved(offers, found.bound, optimal=True), limit_s)
    if earliest is None:
        return found
    return replace(found, winners=tuple(offer.bid for offer in earliest), settled=True)


def supply_of(instance: Instance) -> dict[str, int]:
    """Item -> units."""
    return {item.name: item.quantity for item in instance.items}


def allocate(
    bids: Iterable[Bid],
    supply: Mapping[str, int],
    limit_s: float,
    progress: Progress | None = None,
    worths: Mapping[int, int] | None = None,
) -> Allocation:
    """As `solve`, of bids that may all win, and without looking for ties where the solver is needed.

    With `worths` (order -> total added) those are added up instead of the values.
    """
    started = perf_counter()
    wanted = problem(bids, supply, worths)
    searched = _searched(wanted)
    solved = searched or highs.best(wanted, limit_s, progress)
    return Allocation(
        value=highs.total(solved.offers),
        winners=tuple(offer.bid for offer in solved.offers),
        bound=solved.bound,
        optimal=solved.optimal,
        settled=searched is not None,
        method="highs" if searched is None else "search",
        seconds=perf_counter() - started,
    )


def _searched(wanted: Problem) -> highs.Solved | None:
    if len(wanted.offers) > SMALL:
        return None
    try:
        offers = tuple(search.best(wanted))
    except search.TooLarge:
        return None
    return highs.Solved(offers, highs.total(offers), optimal=True)
