"""Who may read and answer a condition: the only way a door gets one. Unknown and forbidden look the same."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from market.parties.access import ACTING, party_of
from market.parties.models import Membership, Party
from market.rights.conditions.models import Condition
from market.rights.rules import conditions as rules


def conditions() -> QuerySet[Condition]:
    """Conditions with what every page names."""
    return Condition.objects.select_related(
        "right", "owner", "seller", "asked_by", "of_encumbrance", "paper__document", "answered_by"
    )


def condition_for(user: Any, code: str) -> Condition:
    """The condition `code`, for the people of its owner, of whoever asked and of the seller; 404 for everybody else."""
    mine = Membership.objects.filter(user=user.pk).values("party")
    inside = Q(owner__in=mine) | Q(asked_by__in=mine) | Q(seller__in=mine)
    found = conditions().filter(inside, code=code).first() if user.pk else None
    if found is None:
        raise Http404
    return found


def parties_of(user: Any) -> set[int]:
    """The keys of the parties `user` is a member of; none for a stranger."""
    return set(Membership.objects.filter(user=user.pk).values_list("party", flat=True)) if user.pk else set()


def answers_for(user: Any, condition: Condition, answer: str) -> Party:
    """The party `user` gives this answer for: the owner; an objection to a notice comes from whoever asked for it, too."""
    asker = Membership.objects.filter(user=user.pk, party=condition.asked_by_id, role__in=ACTING).exists()
    mine = Membership.objects.filter(user=user.pk, party=condition.owner_id).exists()
    return condition.asked_by if answer == "object" and asker and not mine else condition.owner


def answers_of(user: Any, condition: Condition) -> tuple[str, ...]:
    """The answers `user` may give now; none for who only reads."""
    acting = Membership.objects.filter(user=user.pk, role__in=ACTING)
    return tuple(
        answer
        for answer in rules.answers(condition.kind, condition.state)
        if acting.filter(party=answers_for(user, condition, answer)).exists()
    )


def owner_of(user: Any) -> Party:
    """The party whose conditions `user` looks at: the one acted for. Refused `party.none`."""
    return party_of(user)
