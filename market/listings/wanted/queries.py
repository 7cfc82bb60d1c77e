"""Reads of wanted posts: the public list with its counted facets, a buyer's own, an agency's queue, the answers."""

from collections.abc import Mapping

from django.db.models import Count, QuerySet

from market.kernel import clock
from market.listings.models import Listing
from market.listings.wanted.models import WantedPost, WantedReply
from market.parties.models import Party

FACETS = ("kind", "industry")
SHOWN, ANSWERABLE = 50, 100


def posts() -> QuerySet[WantedPost]:
    """Posts with what every page names."""
    return WantedPost.objects.select_related("buyer", "agency")


def on_list(asked: Mapping[str, str]) -> QuerySet[WantedPost]:
    """The public posts that have the facets `asked` for, the latest first."""
    public = posts().filter(state=WantedPost.State.PUBLISHED, until__gte=clock.today())
    return public.filter(**{name: asked[name] for name in FACETS if asked.get(name)}).order_by("-pk")


def counts(asked: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """For each facet how many public posts have each value, the other facet as it was asked for."""
    found = {}
    for name in FACETS:
        others = {other: value for other, value in asked.items() if other != name}
        rows = on_list(others).exclude(**{name: ""}).order_by().values_list(name).annotate(Count("pk"))
        found[name] = dict(rows)
    return found


def page(rows: QuerySet[WantedPost], after: str, size: int) -> tuple[list[WantedPost], str]:
    """Up to `size` posts older than the one coded `after`, and the code the next page goes on after ("" at the end)."""
    last = WantedPost.objects.filter(code=after).values_list("pk", flat=True).first() if after else None
    listed = list((rows.filter(pk__lt=last) if last else rows)[: size + 1])
    return listed[:size], listed[size - 1].code if len(listed) > size else ""


def of_buyer(party: Party) -> QuerySet[WantedPost]:
    """The posts of `party` with the number of answers (`answers`), the latest first."""
    return posts().filter(buyer=party).annotate(answers=Count("replies")).order_by("-pk")[:SHOWN]


def for_agency(agency: Party) -> QuerySet[WantedPost]:
    """The posts that wait for the agency's look, the longest wait first."""
    return posts().filter(agency=agency, state=WantedPost.State.SUBMITTED).order_by("pk")


def replies_to(post: WantedPost) -> QuerySet[WantedReply]:
    """The answers to a post, the latest first."""
    return post.replies.select_related("party", "listing__right").order_by("-pk")


def answerable(party: Party) -> QuerySet[Listing]:
    """What `party` may answer with: its listings on offer."""
    mine = Listing.objects.filter(seller=party, state=Listing.State.PUBLISHED)
    return mine.select_related("right").order_by("-pk")


def sent_back(party: Party) -> QuerySet[WantedPost]:
    """The posts of `party` that were returned with a remark."""
    return posts().filter(buyer=party, state=WantedPost.State.SENT_BACK).order_by("pk")
