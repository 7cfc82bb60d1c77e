"""Reads about parties: who belongs to whom, who is related, which agencies may hold auctions."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from market.parties.models import Affiliation, Auctioneer, Invitation, Licence, Membership, Party, User

PAGE = 30

# The columns a person may edit, in the order the form shows them.
EDITABLE = (
    *("kind", "name", "name_en", "uscc", "state_owned", "foreign"),
    *("region", "address", "phone", "bank_name", "bank_account"),
)


def related_ids(party: Party) -> set[int]:
    """The ids of `party` and of every party it may not deal with at arm's length (拍卖法 22, 30).

    Declared ties in both directions, parties that share a member, and an agency whose auctioneer is a member; one step,
    not the ties of ties.
    """
    users = Membership.objects.filter(party=party).values("user")
    hosts = Auctioneer.objects.filter(agency=party).values("user")
    ids = {
        party.pk,
        *Membership.objects.filter(Q(user__in=users) | Q(user__in=hosts)).values_list("party_id", flat=True),
    }
    ids.update(Auctioneer.objects.filter(user__in=users).values_list("agency_id", flat=True))
    for pair in Affiliation.objects.filter(Q(party=party) | Q(other=party)).values_list("party_id", "other_id"):
        ids.update(pair)
    return ids


def is_related(party: str, others: Collection[int]) -> Q:
    """For `annotate`: whether the party in the column `party` is related to one of `others` (as in `related_ids`)."""
    one = OuterRef(party)
    tied = Affiliation.objects.filter(Q(party=one, other__in=others) | Q(other=one, party__in=others))
    shared = Membership.objects.filter(party__in=others, user__memberships__party=one)
    hosting = Auctioneer.objects.filter(agency__in=others, user__memberships__party=one)
    hosted = Auctioneer.objects.filter(agency=one, user__memberships__party__in=others)
    return Exists(tied) | Exists(shared) | Exists(hosting) | Exists(hosted)


def agencies() -> QuerySet[Party]:
    """The verified operating agencies, by name."""
    return Party.objects.filter(kind=Party.Kind.AGENCY, state=Party.State.VERIFIED).order_by("name", "pk")


def may_hold_auctions(agency: Party, on: date) -> bool:
    """Whether `agency` may hold an auction on that day: a valid auction licence and an auctioneer (拍卖法 10-16)."""
    return (
        agency.is_agency
        and agency.state == Party.State.VERIFIED
        and licences_of(agency).filter(kind=Licence.Kind.AUCTION, valid_from__lte=on, valid_to__gte=on).exists()
        and auctioneers_of(agency).filter(valid_to__gte=on).exists()
    )


def licences_of(agency: Party) -> QuerySet[Licence]:
    """The licences entered for `agency`, the longest valid first."""
    return Licence.objects.filter(agency=agency).order_by("-valid_to", "pk")


def auctioneers_of(agency: Party) -> QuerySet[Auctioneer]:
    """The auctioneers entered for `agency`, by name."""
    return Auctioneer.objects.filter(agency=agency).order_by("name", "pk")


def members_of(party: Party) -> QuerySet[Membership]:
    """The memberships of `party` with their users, oldest first."""
    return Membership.objects.filter(party=party).select_related("user").order_by("pk")


def user_ids_of(codes: Iterable[str]) -> set[int]:
    """The ids of every member of the parties with these codes, who can still sign in."""
    return set(
        Membership.objects.filter(party__code__in=list(codes), user__is_active=True).values_list("user_id", flat=True)
    )


def active_user_ids(ids: Iterable[int]) -> set[int]:
    """Those of `ids` that belong to users who can still sign in."""
    return set(User.objects.filter(pk__in=list(ids), is_active=True).values_list("pk", flat=True))


def parties_of(user: Any) -> QuerySet[Party]:
    """The parties `user` may act for, oldest membership first; none for strangers."""
    pk = getattr(user, "pk", None)
    return Party.objects.filter(memberships__user=pk).order_by("memberships__pk") if pk else Party.objects.none()


def invitations_to(user: Any) -> QuerySet[Invitation]:
    """The invitations `user` has not answered, oldest first."""
    return Invitation.objects.filter(user=user).select_related("party", "by").order_by("pk")


def invitations_of(party: Party) -> QuerySet[Invitation]:
    """The invitations of `party` nobody has answered, oldest first."""
    return Invitation.objects.filter(party=party).select_related("user").order_by("pk")


def affiliations_of(party: Party) -> QuerySet[Affiliation]:
    """The declared ties of `party`, in both directions."""
    return Affiliation.objects.filter(Q(party=party) | Q(other=party)).select_related("party", "other").order_by("pk")


def in_state(state: str, after: int = 0) -> tuple[list[Party], int | None]:
    """A page of the parties in `state` after the one with the id `after`, oldest first, and where the next begins."""
    rows = list(Party.objects.filter(state=state, pk__gt=after).order_by("pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def waiting(verifier: Party) -> QuerySet[Party]:
    """The parties that wait for the agency `verifier` to verify them, oldest first."""
    others = Party.objects.filter(state=Party.State.SUBMITTED).exclude(pk=verifier.pk)
    return others.exclude(kind__in=(Party.Kind.AGENCY, Party.Kind.REGULATOR)).order_by("pk")


def edition(party: Party) -> str:
    """A short mark of everything a person may edit, for finding out that somebody else did."""
    values = "\x1f".join(str(getattr(party, field)) for field in (*EDITABLE, "state"))
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def masked(account: str) -> str:
    """An account number with all but its last four characters hidden."""
    return f"•••• {account[-4:]}" if len(account) > 4 else "••••" if account else ""
