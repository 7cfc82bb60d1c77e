"""Winner determination: which bids together are worth most, by exact search while that is quick, by the solver beyond."""

from collections.abc import Iterable, Mapping
from time import perf_counter

from auctions.rules.packages import highs, search
from auctions.rules.packages.bids import contenders
from auctions.rules.packages.problem import Problem, problem
from auctions.rules.packages.types import Allocation, Bid, Instance, Progress

SMALL = 300  # offers; beyond, the search is not tried


def solve(instance: Instance, limit_s: float = 60.0, progress: Progress | None = None) -> Allocation:
    """The allocation of most value, never a group split, a reserve missed or a budget exceeded; ties go to the earliest bids.

    Where `limit_s` seconds end before the proof, it is the best one found, with its bound and without the word optimal.
    Refused: what `contenders` refuses.
    """
    return allocate(contenders(instance), supply_of(instance), limit_s, progress)


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
    """As `solve`, of bids that may all win. With `worths` (order -> total added) those are added up instead of the values."""
    started = perf_counter()
    wanted = problem(bids, supply, worths)
    method, solved = "search", _searched(wanted)
    if solved is None:
        method, solved = "highs", highs.best(wanted, limit_s, progress)
    return Allocation(
        value=highs.total(solved.offers),
        winners=tuple(offer.bid for offer in solved.offers),
        bound=solved.bound,
        optimal=solved.optimal,
        settled=solved.settled,
        method=method,
        seconds=perf_counter() - started,
    )


def _searched(wanted: Problem) -> highs.Solved | None:
    if len(wanted.offers) > SMALL:
        return None
    try:
        offers = search.best(wanted)
    except search.TooLarge:
        return None
    return highs.Solved(tuple(offers), highs.total(offers), optimal=True, settled=True)
