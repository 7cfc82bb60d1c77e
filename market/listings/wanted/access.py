"""Who may read, change, look through and answer a wanted post. Unknown and forbidden look the same."""

from typing import Any

from django.http import Http404

from market.kernel import clock
from market.listings.wanted import queries
from market.listings.wanted.models import WantedPost
from market.parties.access import ACTING, acting_party, agency_of, may_act, require, verified_party_of
from market.parties.models import Party


def post_for(user: Any, code: str) -> WantedPost:
    """The post `code`: for everybody while it is on the list; else for whoever acts for its buyer or its agency; 404."""
    found = _found(code)
    on_list = found.state == WantedPost.State.PUBLISHED and found.until >= clock.today()
    if not on_list and not role_of(user, found):
        raise Http404
    return found


def role_of(user: Any, post: WantedPost) -> str:
    """As what `user` reads it: "buyer", "agency", "" for the public."""
    acting = acting_party(user)
    return "" if acting is None else {post.agency_id: "agency", post.buyer_id: "buyer"}.get(acting.pk, "")


def own_post_for(user: Any, code: str) -> WantedPost:
    """The post `code` that `user` may change for its buyer; 404 for strangers, Refused `role.missing`."""
    found = _found(code)
    require(user, found.buyer, ACTING)
    return found


def review_for(user: Any, code: str) -> WantedPost:
    """The post `code` that waits for the agency `user` acts for, or did; 404 otherwise, Refused `role.missing`."""
    found, agency = _found(code), agency_of(user)
    if found.agency_id != agency.pk:
        raise Http404
    require(user, agency, ACTING)
    return found


def buyer_of(user: Any) -> Party:
    """The party `user` may post for. Refused `party.none`, `party.unverified`, `role.missing`."""
    party = verified_party_of(user)
    require(user, party, ACTING)
    return party


def answering(user: Any, post: WantedPost) -> Party | None:
    """The party `user` may answer the post for: a verified one it acts for, and not the buyer; else None."""
    acting = acting_party(user)
    if acting is None or acting.state != Party.State.VERIFIED or acting.pk == post.buyer_id:
        return None
    return acting if may_act(user, acting) else None


def _found(code: str) -> WantedPost:
    found = queries.posts().filter(code=code).first()
    if found is None:
        raise Http404
    return found
