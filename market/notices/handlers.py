"""Tells each fact to the people behind its audience."""

from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from market.notices import actions
from market.parties.queries import active_user_ids, user_ids_of
from market.trail.models import Fact


def tell(fact: Fact) -> None:
    """Write a notice to every user the fact's audience names, but never to the one who did it.

    A fact without words (templates/notices/<fact name>.txt) is silent. Being told twice is being told once.
    """
    if not fact.audience or not _has_words(fact.name):
        return
    parties, users = set[str](), set[int]()
    for reference in fact.audience:
        kind, _colon, code = reference.partition(":")
        if kind in ("party", "agency"):
            parties.add(code)
        elif kind == "user" and code.isdigit():
            users.add(int(code))
    told = user_ids_of(parties) | active_user_ids(users)
    actions.write(fact=fact, user_ids=told - _actor_ids(fact.actor))


def _has_words(name: str) -> bool:
    try:
        get_template(f"notices/{name}.txt")
    except TemplateDoesNotExist:
        return False
    return True


def _actor_ids(actor: str) -> set[int]:
    """The id of the user who acted; empty when the system did."""
    kind, _colon, number = actor.partition(":")
    return {int(number)} if kind == "user" and number.isdigit() else set()
