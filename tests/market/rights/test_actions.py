"""Rights entered, burdened, consented to and passed on, on real rows."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.rights import actions, passing, queries
from market.rights.models import Consent, Right, Title
from market.trail.models import Fact
from tests import assets

pytestmark = pytest.mark.django_db


def refused(code: str, act: Callable[[], Any]) -> Refused:
    """Run `act`, expect the refusal `code` with a sentence, and give it back."""
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert sentence(caught.value)
    return caught.value


def test_a_patent_is_entered_with_its_owner_and_its_last_day(jida: Party, li_wei: User) -> None:
    right = assets.draft_right(jida)
    assert (right.state, right.number) == ("draft", f"ZL{assets.cn_number(1)}")
    assert right.expires_on == date(2039, 2, 7)
    assert right.patent.ipc == ["H01M 10/0562"]
    (title,) = queries.holders(right)
    assert (title.holder, title.share_num, title.share_den, title.since) == (jida, 1, 1, date(2021, 1, 15))
    fact = Fact.objects.get(name="right.registered")
    assert (fact.subject, fact.actor, fact.audience) == (right.ref, li_wei.ref, [jida.ref])


def test_a_mark_is_entered_once_per_class(jida: Party) -> None:
    right = assets.draft_right(jida, draft=assets.trademark_draft())
    assert (right.key, right.trademark.words) == ("1590557/9", "长白雪")
    assert right.expires_on == date(2029, 6, 6)
    refused("right.exists", lambda: assets.draft_right(jida, draft=assets.trademark_draft()))
    assets.draft_right(jida, draft=assets.trademark_draft(nice_class=12, groups=("1202",)))
    assert Right.objects.count() == 2


def test_a_program_is_entered_with_fifty_years_from_its_completion(jida: Party) -> None:
    right = assets.draft_right(jida, draft=assets.software_draft())
    assert (right.copyright.work, right.expires_on) == ("software", date(2063, 12, 31))
    assert actions.verify(right, by=User.objects.all()[0]).state == "registered"


def test_the_same_patent_under_its_other_number_is_known(jida: Party) -> None:
    assets.draft_right(jida, draft=assets.patent_draft(publication_no="CN112926714B"))
    other = assets.patent_draft(2, publication_no="CN112926714B")
    refused("right.exists", lambda: assets.draft_right(jida, draft=other))
    assert Right.objects.count() == 1


def test_shares_never_exceed_the_whole(jida: Party, anne_co: Party) -> None:
    holders = [(jida, 2, 3), (anne_co, 1, 2)]
    refused("title.shares_over", lambda: assets.draft_right(jida, holders=holders))
    refused("title.share", lambda: assets.draft_right(jida, holders=[(jida, 3, 2)]))
    assert not Right.objects.exists()
    assert not Title.objects.exists()


def test_a_right_whose_owners_are_not_all_named_is_not_verified(jida: Party, li_wei: User) -> None:
    right = assets.draft_right(jida, holders=[(jida, 1, 2)])
    refused("title.shares_under", lambda: actions.verify(right, by=li_wei))
    right.refresh_from_db()
    assert (right.state, right.checked_on) == ("draft", None)


def test_a_draft_is_described_until_it_is_verified(jida: Party, li_wei: User) -> None:
    draft = assets.patent_draft(granted_on=None, grant_no="")
    right = assets.draft_right(jida, draft=draft)
    assert right.number == assets.cn_number(1)
    described = actions.describe(
        right, columns={"title": "新名称", "granted_on": date(2021, 1, 15)}, particulars={"claims": 12}
    )
    assert (described.number, described.title, described.patent.claims) == (f"ZL{assets.cn_number(1)}", "新名称", 12)
    actions.verify(right, by=li_wei)
    refused("right.fixed", lambda: actions.describe(right, columns={"title": "另一名称"}, particulars={}))
    refused("right.fixed", lambda: actions.declare_title(right, owners=[], burdens=[]))
    assert Right.objects.get().title == "新名称"
    assert Title.objects.count() == 1


def test_declared_burdens_are_kept_or_dropped_and_consents_follow(jida: Party, li_wei: User) -> None:
    right = assets.draft_right(jida)
    pledge = {"kind": "pledge", "in_favour_of": "吉林银行", "number": "Y1", "since": date(2024, 1, 1), "until": None}
    actions.declare_title(right, owners=[(jida, 1, 1)], burdens=[pledge])
    (row,) = queries.burdens(right)
    actions.give_consent(right, kind=Consent.Kind.PLEDGEE, of_encumbrance=row, document=None, by=li_wei)
    actions.declare_title(right, owners=[(jida, 1, 1)], burdens=[pledge])
    assert [blocker.code for blocker in queries.blockers_of(right, "list")] == ["pledge_prepays"]
    actions.declare_title(right, owners=[(jida, 1, 1)], burdens=[])
    assert not queries.burdens(right).exists()
    assert not Consent.objects.exists()


def test_title_passes_once_and_ends_the_old_one(jida: Party, anne_co: Party) -> None:
    right = assets.right(jida)
    day = clock.today()
    passed = passing.pass_title(right, seller=jida, to=anne_co, on=day, source="filing:F-1", actor="system:test")
    again = passing.pass_title(right, seller=jida, to=anne_co, on=day, source="filing:F-1", actor="system:test")
    assert again == passed
    assert [title.holder for title in queries.holders(right)] == [anne_co]
    assert [title.holder for title in queries.holders(right, date(2022, 1, 1))] == [jida]
    assert right.titles.get(holder=jida).until == day
    (fact,) = Fact.objects.filter(name="right.title_passed")
    assert fact.audience == sorted([jida.ref, anne_co.ref])


def test_title_does_not_pass_before_it_began(jida: Party, anne_co: Party) -> None:
    right = assets.right(jida)
    on = date(2020, 1, 1)
    refused(
        "title.before_last",
        lambda: passing.pass_title(right, seller=jida, to=anne_co, on=on, source="x", actor="system:test"),
    )
    assert [title.holder for title in queries.holders(right)] == [jida]


def test_title_waits_for_the_co_owner_and_the_court(jida: Party, anne_co: Party, bob_co: Party, li_wei: User) -> None:
    right = assets.right(jida, holders=[(jida, 1, 2), (bob_co, 1, 2)])
    freeze = actions.add_encumbrance(
        right, kind="preservation", in_favour_of="长春知识产权法庭", since=clock.today(), number="(2026)1", by=li_wei
    )
    same = actions.add_encumbrance(
        right, kind="preservation", in_favour_of="长春知识产权法庭", since=clock.today(), number="(2026)1", by=li_wei
    )
    assert same == freeze

    def pass_on() -> Title:
        return passing.pass_title(
            right, seller=jida, to=anne_co, on=clock.today(), source="filing:F-1", actor="system:test"
        )

    words = sentence(refused("right.blocked", pass_on))
    assert "吉林新材料股份有限公司" in words
    assert "长春知识产权法庭" in words
    actions.release_encumbrance(freeze, on=clock.today(), by=li_wei)
    refused("encumbrance.released", lambda: actions.release_encumbrance(freeze, on=clock.today(), by=li_wei))
    refused("right.blocked", pass_on)
    actions.give_consent(right, kind=Consent.Kind.CO_OWNER, of_party=bob_co, document=None, by=li_wei)
    assert pass_on().holder == anne_co


def test_a_consent_comes_from_an_owner_or_a_pledgee(jida: Party, anne_co: Party, li_wei: User) -> None:
    right = assets.right(jida)
    refused(
        "consent.stranger",
        lambda: actions.give_consent(right, kind=Consent.Kind.CO_OWNER, of_party=anne_co, document=None, by=li_wei),
    )
    assert not Consent.objects.exists()


def test_a_consent_under_an_earlier_title_is_spent(jida: Party, anne_co: Party, bob_co: Party, li_wei: User) -> None:
    right = assets.right(jida, holders=[(jida, 1, 2), (bob_co, 1, 2)])
    given = actions.give_consent(right, kind=Consent.Kind.CO_OWNER, of_party=bob_co, document=None, by=li_wei)
    Consent.objects.filter(pk=given.pk).update(given_on=date(2020, 1, 1))
    assert [blocker.code for blocker in queries.blockers_of(right, "assign")] == ["co_owner"]


def test_the_office_s_view_of_the_right_is_entered(jida: Party) -> None:
    right = assets.right(jida)
    right = actions.set_state(right, Right.State.LAPSED, source="年费公告", actor="system:test")
    assert queries.blockers_of(right, "list")[0].code == "lapsed"
    with pytest.raises(Refused, match=r"state\.illegal"):
        actions.set_state(right, Right.State.DRAFT, source="", actor="system:test")
    assert Right.objects.get().state == "lapsed"


def test_marks_left_behind_are_named(jida: Party, anne_co: Party) -> None:
    right = assets.right(jida, draft=assets.trademark_draft())
    tied = assets.right(jida, draft=assets.trademark_draft("1682310", title="长白雪山", groups=("0913",)))
    far = assets.right(
        jida, draft=assets.trademark_draft("1682311", title="雪山", groups=("0913", "3501"), nice_class=35)
    )
    assets.right(jida, draft=assets.trademark_draft("1682312", title="雷雨", groups=("0901",)))
    assets.right(jida, draft=assets.trademark_draft("626155", title="松花江", groups=("0907",)))
    assets.right(anne_co, draft=assets.trademark_draft("6020569", title="长白雪原", groups=("0901",)))
    left, near = queries.blockers_of(right, "assign")
    assert (left.code, left.red, left.facts["marks"]) == ("marks_left", True, "1682310 长白雪山、1682311 雪山")
    assert (near.code, near.red, near.facts["marks"]) == ("similar_marks", False, "1682312 雷雨")
    (whole,) = queries.readiness_of([right], "auction", bundles={right.pk: [right.pk, tied.pk, far.pk]})
    assert [blocker.code for blocker in whole.blockers] == ["similar_marks"]
    assert queries.readiness_of([right], "list")[0].colour == "amber"


def test_the_story_tells_owners_and_burdens_but_no_business(jida: Party, anne_co: Party, li_wei: User) -> None:
    right = assets.right(jida)
    actions.add_encumbrance(right, kind="licence", in_favour_of="一汽", since=date(2025, 5, 1), by=li_wei)
    passing.pass_title(right, seller=jida, to=anne_co, on=clock.today(), source="filing:F-1", actor="system:test")
    codes = [moment.code for moment in queries.timeline(right)]
    assert set(codes[:2]) == {"title", "right.verified"}
    assert codes[2:] == ["burdened", "granted", "filed"]


def test_readiness_costs_the_same_however_many_rights(jida: Party, django_assert_max_num_queries: Any) -> None:
    numbers = ("1590557", "1682310", "626155")
    rights = [assets.right(jida, draft=assets.trademark_draft(number, title=number)) for number in numbers]
    rights += [assets.right(jida, draft=assets.patent_draft(serial)) for serial in range(1, 9)]
    rights += [assets.right(jida, draft=assets.software_draft(f"2014SR00{serial}852")) for serial in range(1, 4)]
    rights = list(Right.objects.filter(pk__in=[right.pk for right in rights]))
    with django_assert_max_num_queries(9):
        assert [answer.colour for answer in queries.readiness_of(rights, "assign")] == ["amber"] * 3 + ["green"] * 11


def test_facts_cost_the_same_however_many_owners(
    jida: Party, anne_co: Party, bob_co: Party, django_assert_num_queries: Any
) -> None:
    right = Right.objects.get(pk=assets.right(jida, holders=[(jida, 1, 3), (anne_co, 1, 3), (bob_co, 1, 3)]).pk)
    with django_assert_num_queries(5):
        assert queries.facts_of(right).owners[0].share == Fraction(1, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rights_title SET share_den = 2",
        "UPDATE rights_title SET since = '2001-01-01'",
        "DELETE FROM rights_title",
    ],
)
def test_the_database_keeps_the_chain_of_title(statement: str, jida: Party) -> None:
    assets.right(jida)
    with pytest.raises(IntegrityError, match="a title may only end, once"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Title.objects.filter(share_den=1, since=date(2021, 1, 15)).count() == 1


def test_the_database_keeps_the_day_a_title_ended(jida: Party, anne_co: Party) -> None:
    right = assets.right(jida)
    passing.pass_title(right, seller=jida, to=anne_co, on=clock.today(), source="filing:F-1", actor="system:test")
    with pytest.raises(IntegrityError, match="a title may only end, once"), transaction.atomic():
        right.titles.filter(holder=jida).update(until=None)
    assert right.titles.get(holder=jida).until == clock.today()
