"""Reads of listings: the catalogue with its counted facets, a seller's, an agency's, and what is still missing."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, Q, QuerySet, Value, When

from market.documents.queries import latest_about
from market.kernel import clock
from market.kernel.money import Money
from market.kernel.typed import plain
from market.listings import rules, search
from market.listings.models import Entry, Listing, Mandate, Reserve, Watch
from market.listings.rules import Wanted
from market.parties.models import Party
from market.rights.models import Right
from market.rights.queries import readiness_of, title_declared
from market.rights.rules.intents import LIST
from market.rights.rules.rulebook import Blocker

COUNTED = 1_001  # rows that are looked at for the facets' counts
SHOWN = 1_000  # a count from which on nobody reads the exact figure
ROWS = 5_000  # rows of a downloaded list
ORDERS = {"newest": "-published_at", "cheapest": "lowest_minor", "dearest": "-highest_minor"}
WITH_RIGHT = (*(f"right__{kind}" for kind in search.DETAILS), "seller", "agency")
LONG = ("right__abstract", "right__abstract_en", "right__patent__first_claim", "right__trademark__goods")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the catalogue: its listings, the keys of the pages beside it ("" at an end), how many there are in
    all and for each value of each facet, and, when nothing was found, which answer to drop to find most."""

    listings: list[Listing]
    after: str
    before: str
    total: str
    counts: dict[str, dict[str, str]]
    drop: str


def catalogue(wanted: Wanted) -> Found:
    """One page of what is on offer, with how many rows each further answer would leave (a bounded count).

    Asks the same few questions at any size: the page, its listings, one count and one more for each facet chosen.
    """
    all_told = tally(wanted, rules.FACETS)
    keys, after, before = page(wanted, all_told.rows)
    counts = dict(all_told.values)
    besides = {}
    for name in wanted.chosen():
        besides[name] = tally(wanted.without(name), (name,))
        counts[name] = besides[name].values[name]
    drop = ""
    if not keys:
        besides |= {"q": tally(wanted.without("q"), ())} if wanted.q else {}
        drop = max(besides, key=lambda name: besides[name].rows, default="")
        drop = drop if drop and besides[drop].rows else ""
    return Found(_listings(keys), after, before, all_told.total, counts, drop)


def catalogue_rows(wanted: Wanted) -> Iterator[Listing]:
    """Every listing of the question in its order from the first, at most ROWS, for a file."""
    keys = list(_entries(wanted).order_by(ORDERS[wanted.sort], "-pk").values_list("pk", flat=True)[:ROWS])
    for place in range(0, len(keys), 500):
        yield from _listings(keys[place : place + 500])


def _listings(keys: list[int]) -> list[Listing]:
    """The listings with these keys, in their order, with what a row shows."""
    found = Listing.objects.select_related(*WITH_RIGHT).defer(*LONG).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _entries(wanted: Wanted, match: Callable[[str], Q] = search.match) -> QuerySet[Entry]:
    """The entries a question asks for, in no order. Words without a letter or figure ask for nothing."""
    entries = Entry.objects.order_by()
    if search.phrases(wanted.q):
        entries = entries.filter(match(wanted.q))
    for name in ("kind", "detail", "mode", "pricing", "industry", "region"):
        if getattr(wanted, name):
            entries = entries.filter(**{name: getattr(wanted, name)})
    if wanted.auction:
        entries = entries.filter(in_sale=True)
    return entries.filter(_lives(wanted.life)) if wanted.life else entries


def _lives(life: str) -> Q:
    since, until = rules.life_bounds(life, clock.today())
    return Q(expires_on__gte=since, expires_on__lt=until) if until else Q(expires_on__gte=since)


def page(wanted: Wanted, rows: int) -> tuple[list[int], str, str]:
    """The keys of the page's listings, where the page after it begins and where the one before it ends.

    `rows` is how many the question has in all, as `tally` counted them: among many, the first are found in passing.
    """
    match = search.match_in_order if rows >= COUNTED else search.match
    column = ORDERS[wanted.sort]
    name, falls = column.removeprefix("-"), column.startswith("-")
    after, before = rules.read_key(wanted.sort, wanted.after), rules.read_key(wanted.sort, wanted.before)
    backwards = after is None and before is not None
    entries, order = (
        _entries(wanted, match),
        (f"{'' if falls == backwards else '-'}{name}", "pk" if backwards else "-pk"),
    )
    if begin := after or before:
        towards, beyond = ("lt" if falls != backwards else "gt"), ("gt" if backwards else "lt")
        first, number = begin
        further = Q(**{f"{name}__{towards}": first}) | Q(**{f"pk__{beyond}": number})
        entries = entries.filter(further, **{f"{name}__{towards}e": first})
    found = list(entries.order_by(*order).values_list(name, "pk")[: rules.PAGE + 1])
    more, found = len(found) > rules.PAGE, found[: rules.PAGE]
    if backwards:
        found.reverse()
    if not found:
        return [], "", ""
    on, back = (True, more) if backwards else (more, after is not None)
    return (
        [row[1] for row in found],
        rules.write_key(*found[-1]) if on else "",
        rules.write_key(*found[0]) if back else "",
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a question has (`rows`, counted up to COUNTED; `total` in words) and each facet's values, in words."""

    rows: int
    total: str
    values: dict[str, dict[str, str]]


def tally(wanted: Wanted, facets: Collection[str]) -> Tally:
    """Count the first COUNTED rows of a question by each of `facets`, in one statement, the fullest values first."""
    bands = [When(_lives(life), then=Value(life)) for life in rules.LIVES]
    seen = _entries(wanted).annotate(
        auction=Case(When(in_sale=True, then=Value("now")), default=Value("")),
        life=Case(*bands, default=Value("")),
    )
    try:
        inner, given = seen.values(*rules.FACETS)[:COUNTED].query.sql_with_params()
    except EmptyResultSet:
        return Tally(0, "0", {facet: {} for facet in facets})
    # The names come from rules.FACETS, the inner statement and its parameters from the compiler.
    parts = [f"SELECT '{facet}', {facet}, count(*) FROM seen GROUP BY {facet}" for facet in facets]  # noqa: S608
    parts.append("SELECT '', '', count(*) FROM seen")
    with connection.cursor() as cursor:
        cursor.execute(f"WITH seen AS ({inner}) {' UNION ALL '.join(parts)}", given)
        rows = sorted(cursor.fetchall(), key=lambda row: (-row[2], row[1]))
    whole = next(count for facet, _value, count in rows if not facet)
    values = {
        facet: {value: _shown(count, whole) for name, value, count in rows if name == facet and value}
        for facet in facets
    }
    return Tally(whole, _shown(whole, whole), values)


def _shown(rows: int, seen: int) -> str:
    """A count as it is shown: exact below SHOWN, else "1000+"; of a list too long to count, what was seen of it."""
    if rows >= SHOWN:
        return f"{SHOWN}+"
    return f"{rows}+" if seen >= COUNTED else str(rows)


def newest(*, limit: int) -> list[Listing]:
    """The listings published last, with their rights."""
    return _listings(list(Entry.objects.order_by("-published_at", "-pk").values_list("pk", flat=True)[:limit]))


def on_offer_of(rights: Collection[Right]) -> dict[int, str]:
    """The codes of the listings that offer these rights now, by the right's pk."""
    if not rights:
        return {}
    offered = Listing.objects.filter(right__in=rights, state__in=search.ON_OFFER).order_by("pk")
    return dict(offered.values_list("right_id", "code"))


def watches(user: Any, listing: Listing) -> bool:
    """Whether the user watches the listing."""
    return Watch.objects.filter(user=user.pk, listing=listing).exists() if user.is_authenticated else False


def watched_by(user: Any, *, limit: int = 100) -> list[Listing]:
    """What the user watches, the latest first; what was taken down stays until they stop watching."""
    return _listings(list(Watch.objects.filter(user=user).values_list("listing_id", flat=True)[:limit]))


def for_agency(agency: Party) -> QuerySet[Listing]:
    """The listings that wait for the agency's review, the longest wait first."""
    waiting = Listing.objects.filter(agency=agency, state=Listing.State.SUBMITTED)
    return waiting.select_related("right", "seller").order_by("edited_at", "pk")


def entrusted(agency: Party, *, limit: int) -> QuerySet[Listing]:
    """The listings the agency has accepted, the latest first."""
    accepted = Listing.objects.filter(agency=agency, mandate__accepted_at__isnull=False)
    return accepted.select_related("right", "seller").order_by("-pk")[:limit]


# A seller's own list: each view and the states it shows.
VIEWS = {
    "open": (Listing.State.DRAFT, Listing.State.SUBMITTED, Listing.State.CHECKED),
    "live": (Listing.State.PUBLISHED, Listing.State.IN_SALE, Listing.State.UNDER_OFFER),
    "over": (Listing.State.DEALT, Listing.State.WITHDRAWN, Listing.State.EXPIRED),
}


def of_seller(party: Party, view: str, *, limit: int = 200) -> QuerySet[Listing]:
    """A seller's listings of one of VIEWS, the latest first."""
    mine = Listing.objects.filter(seller=party, state__in=VIEWS[view])
    return mine.select_related("right", "agency").order_by("-edited_at", "-pk")[:limit]


def numbers_of(party: Party) -> dict[str, int]:
    """How many listings a seller has in each of VIEWS."""
    states = dict(Listing.objects.filter(seller=party).order_by().values_list("state").annotate(rows=Count("pk")))
    return {view: sum(states.get(state, 0) for state in inside) for view, inside in VIEWS.items()}


def sent_back(party: Party) -> list[Listing]:
    """A seller's drafts that a reviewer returned with remarks, the oldest first."""
    drafts = Listing.objects.filter(seller=party, state=Listing.State.DRAFT).exclude(remarks={})
    return list(drafts.select_related("right").order_by("edited_at", "pk")[:50])


def done(listing: Listing) -> dict[str, bool]:
    """Which steps of the wizard are complete. What a verified right needs no more is."""
    right = listing.right
    verified = right.state != Right.State.DRAFT
    return {
        "right": True,
        "particulars": verified or bool(right.title and _has_dates(right)),
        "title": verified or title_declared(right),
        "evidence": verified or proofs(listing).exists(),
        "offer": Mandate.objects.filter(listing=listing).exists(),
        "text": bool(listing.summary),
    }


def _has_dates(right: Right) -> bool:
    return bool(right.copyright.completed_on if right.kind == Right.Kind.COPYRIGHT else right.filed_on)


def proofs(listing: Listing) -> QuerySet[Any]:
    """The latest version of every paper the seller gave about the right."""
    return latest_about(listing.right.ref, "proof").filter(document__owner_id=listing.seller_id)


def papers(listing: Listing) -> list[Any]:
    """The latest version of every paper of the seller about the right: proofs and consents."""
    return list(latest_about(listing.right.ref, "proof", "consent").filter(document__owner_id=listing.seller_id))


def party_named(typed: str) -> Party | None:
    """The party with this credit code or market code (P-…), however it was spaced."""
    code = plain(typed)
    return Party.objects.filter(Q(uscc=code.replace("-", "")) | Q(code=code)).first() if code else None


def has_reserve(listing: Listing) -> bool:
    """Whether a reserve was set; how much is nobody's business."""
    return Reserve.objects.filter(listing=listing).exists()


def reserve_of(listing: Listing) -> Money | None:
    """The secret reserve (拍卖法 28, 50). Only the hand that decides a lot may ask; no page, fact or log may show it."""
    return reserves_of([listing]).get(listing.pk)


def reserves_of(listings: Collection[Listing]) -> dict[int, Money]:
    """`reserve_of` for many, by the listing's pk; those without one are not there."""
    return {reserve.listing_id: reserve.amount for reserve in Reserve.objects.filter(listing__in=listings)}


def moving_with(listing: Listing) -> frozenset[int]:
    """The pks of the rights offered together with the listing's, its own among them; only its own for one on its own."""
    if listing.bundle_id is None:
        return frozenset({listing.right_id})
    together = Listing.objects.filter(bundle=listing.bundle_id, state__in=Listing.OPEN)
    return frozenset(together.values_list("right_id", flat=True)) | {listing.right_id}


def blockers_of(listing: Listing) -> list[Blocker]:
    """What stands in the way of offering the listing's right today; what is offered with it moves with it."""
    key, moving = listing.right_id, moving_with(listing)
    (answer,) = readiness_of([listing.right], LIST, sellers={key: listing.seller}, bundles={key: moving})
    return list(answer.blockers)
