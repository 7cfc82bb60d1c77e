"""Who is told what: the people behind the audience, once, and never the one who did it."""

from collections.abc import Callable

from market.notices import handlers
from market.notices.models import Notice
from market.parties.models import Party, User
from tests.market.notices.told import record, told

Deliver = Callable[[], None]


def test_every_member_of_a_party_is_told_but_the_actor(
    agency: Party, zhou_min: User, agent_chen: User, finance_sun: User, mallory: User, deliver: Deliver
) -> None:
    deliver()
    Notice.objects.all().delete()
    record(audience=[agency.ref], actor=zhou_min.ref)
    deliver()
    assert told(agent_chen) == told(finance_sun) == ["party.verified"]
    assert told(zhou_min) == told(mallory) == []


def test_a_person_is_told_by_name_and_only_once(anne_co: Party, anne: User, bob: User, deliver: Deliver) -> None:
    deliver()
    Notice.objects.all().delete()
    fact = record(audience=[anne.ref, anne_co.ref, bob.ref])
    deliver()
    handlers.tell(fact)
    assert told(anne) == told(bob) == ["party.verified"]


def test_a_fact_without_words_is_silent(anne: User, deliver: Deliver) -> None:
    deliver()
    Notice.objects.all().delete()
    record("party.opened", audience=[anne.ref])
    record("no.such_words", audience=[anne.ref])
    deliver()
    assert told(anne) == []


def test_references_nobody_stands_behind_are_passed_over(anne: User, deliver: Deliver) -> None:
    deliver()
    Notice.objects.all().delete()
    record(audience=["party:P-NOBODY", "user:999999", "user:x", "nonsense", "", anne.ref])
    deliver()
    assert told(anne) == ["party.verified"]
    assert Notice.objects.count() == 1


def test_who_cannot_sign_in_any_more_is_not_told(anne_co: Party, anne: User, deliver: Deliver) -> None:
    deliver()
    Notice.objects.all().delete()
    anne.is_active = False
    anne.save()
    record(audience=[anne_co.ref, anne.ref])
    deliver()
    assert not Notice.objects.exists()
