"""Writes about wanted posts: handed in, published or sent back by the agency, answered, withdrawn, over."""

from typing import Any

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.listings.models import Listing
from market.listings.wanted import rules
from market.listings.wanted.models import WantedPost, WantedReply
from market.parties.access import require
from market.parties.models import Party, User
from market.parties.queries import related_ids
from market.trail import journal

ACTOR = "system:wanted"


@transaction.atomic
def submit(wish: rules.Wish, *, buyer: Party, agency: Party, by: User) -> WantedPost:
    """Hand a post to the agency that looks it through [wanted.submitted -> agency].

    404 for strangers; Refused `role.missing`, `party.unverified`, `listing.not_agency`, `wanted.too_many`, and as
    `rules.check_wish`.
    """
    require(by, buyer)
    if buyer.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=buyer.name)
    if not agency.is_agency or agency.state != Party.State.VERIFIED:
        raise Refused("listing.not_agency", party=str(agency))
    rules.check_wish(wish, clock.today())
    Party.objects.select_for_update().get(pk=buyer.pk)  # so that two at once count each other
    if WantedPost.objects.filter(buyer=buyer, state__in=WantedPost.OPEN).count() >= rules.MOST_OPEN:
        raise Refused("wanted.too_many", most=rules.MOST_OPEN)
    post = WantedPost(buyer=buyer, agency=agency, created_by=by)
    _write(post, wish)
    _record("wanted.submitted", post, by.ref, [agency.ref])
    return post


@transaction.atomic
def resubmit(post: WantedPost, wish: rules.Wish, *, by: User) -> WantedPost:
    """Hand a post in again that was sent back [wanted.submitted -> agency]. 404 for strangers; Refused `role.missing`,
    `state.illegal`, and as `rules.check_wish`."""
    require(by, post.buyer)
    rules.check_wish(wish, clock.today())
    post = _held(post)
    move(post, WantedPost.State.SUBMITTED, remark="")
    _write(post, wish)
    _record("wanted.submitted", post, by.ref, [post.agency.ref])
    return post


@transaction.atomic
def publish(post: WantedPost, *, by: User) -> WantedPost:
    """The agency puts it on the public list [wanted.published -> buyer]. 404 for strangers; Refused `role.missing`,
    `review.own` for the buyer's own people, `wanted.until` when its day has passed meanwhile, `state.illegal`."""
    post = _reviewed(post, by)
    if post.until <= clock.today():
        raise Refused("wanted.until", days=rules.LONGEST.days)
    move(post, WantedPost.State.PUBLISHED, published_at=clock.now())
    _record("wanted.published", post, by.ref, [post.buyer.ref])
    return post


@transaction.atomic
def send_back(post: WantedPost, *, remark: str, by: User) -> WantedPost:
    """The agency returns it with a `remark` [wanted.sent_back -> buyer]. Refused `review.no_remark`, and as `publish`."""
    if not remark.strip():
        raise Refused("review.no_remark")
    post = _reviewed(post, by)
    move(post, WantedPost.State.SENT_BACK, remark=remark.strip()[:300])
    _record("wanted.sent_back", post, by.ref, [post.buyer.ref], remark=post.remark)
    return post


@transaction.atomic
def withdraw(post: WantedPost, *, by: User) -> WantedPost:
    """Take it off the list; again: nothing more. 404 for strangers; Refused `role.missing`, `state.illegal`."""
    require(by, post.buyer)
    post = _held(post)
    if post.state != WantedPost.State.WITHDRAWN:
        move(post, WantedPost.State.WITHDRAWN)
        _record("wanted.withdrawn", post, by.ref, [])
    return post


@transaction.atomic
def reply(post: WantedPost, *, party: Party, listing: Listing | None, message: str, by: User) -> WantedReply:
    """Answer with a listing of one's own that is on offer, with a message, or both [wanted.answered -> buyer]. Nothing
    follows from it: the buyer makes an offer, or does not. The same listing again: the first answer.

    404 for strangers; Refused `role.missing`, `party.unverified`, `wanted.closed`, `wanted.own` for whoever belongs to the
    buyer, `wanted.listing` for what is not one's own or not on offer, and as `rules.check_reply`.
    """
    require(by, party)
    if party.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=str(party))
    post = _held(post)
    known = WantedReply.objects.filter(post=post, party=party, listing=listing).first() if listing else None
    if known is not None:
        return known
    if post.state != WantedPost.State.PUBLISHED or post.until < clock.today():
        raise Refused("wanted.closed")
    if post.buyer_id in related_ids(party):
        raise Refused("wanted.own")
    if listing is not None and (listing.seller_id != party.pk or listing.state != Listing.State.PUBLISHED):
        raise Refused("wanted.listing")
    before = list(post.replies.filter(party=party).values_list("listing", flat=True))
    message = message.strip()
    rules.check_reply(listed=listing is not None, message=message, before=before, in_all=post.replies.count())
    made = WantedReply.objects.create(post=post, party=party, listing=listing, message=message, made_by=by)
    _record("wanted.answered", post, by.ref, [post.buyer.ref], listing=listing.code if listing else "")
    return made


def expire_due(limit: int = 100) -> int:
    """End the posts whose last day is over [wanted.expired -> buyer]; how many. Any number of workers may call it."""
    over = WantedPost.objects.filter(state=WantedPost.State.PUBLISHED, until__lt=clock.today())
    return sum(_expire(post) for post in over.order_by("pk")[:limit])


@transaction.atomic
def _expire(post: WantedPost) -> bool:
    post = _held(post)
    if post.state != WantedPost.State.PUBLISHED:
        return False
    move(post, WantedPost.State.EXPIRED)
    _record("wanted.expired", post, ACTOR, [post.buyer.ref])
    return True


def _reviewed(post: WantedPost, by: User) -> WantedPost:
    """The post, held, for the agency's people who are not the buyer's."""
    require(by, post.agency)
    if post.buyer.memberships.filter(user=by).exists():
        raise Refused("review.own", party=str(post.buyer))
    return _held(post)


def _held(post: WantedPost) -> WantedPost:
    rows = WantedPost.objects.select_for_update(of=("self",)).select_related("buyer", "agency")
    return rows.get(pk=post.pk)


def _write(post: WantedPost, wish: rules.Wish) -> None:
    """Write what is wanted into the post."""
    for name in ("title", "text", "kind", "industry", "until"):
        setattr(post, name, getattr(wish, name))
    for name, end in (("lowest_minor", wish.lowest), ("highest_minor", wish.highest)):
        setattr(post, name, end.minor if end else None)
    post.save()


def _record(name: str, post: WantedPost, actor: str, audience: list[str], **data: Any) -> None:
    journal.record(name, subject=post.ref, actor=actor, audience=audience, post=post.code, title=post.title, **data)
