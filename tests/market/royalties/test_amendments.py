"""A supplementary agreement from the proposal to the statements it changes, and those before it that it does not."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.royalties import queries
from market.royalties.amendments import actions, rules
from market.royalties.amendments.models import Amendment
from market.royalties.amendments.queries import terms_on
from market.royalties.models import Licence, ReportingPeriod, Statement
from market.royalties.runs.actions import run
from market.trail.models import Fact
from tests import assets, people
from tests.market.deals.terms.papers import running, terms, yuan
from tests.market.deals.terms.test_form import typed_like
from tests.market.royalties import stage
from tests.market.royalties.stage import page
from tests.people import PASSWORD, owner_of

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over
APRIL, MARCH = date(2026, 4, 1), date(2026, 3, 1)
EIGHT = [running({"rate": "0.08"})]


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> Licence:
    with clock.shifted_to(NOW):
        jida = people.jilin_university()
        return stage.licence(jida, people.anne_co(), people.changchun_agency(), of=assets.right(jida))


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def licence(kept: Licence, db: None) -> Licence:
    return kept


def proposed(licence: Licence, since: date = APRIL, role: str = "licensor", **changed: Any) -> Amendment:
    """One side proposes eight percent instead of five from April on."""
    document = {**licence.terms, "payments": EIGHT, **changed}
    given = {"document": document, "since": since, "by": owner_of(getattr(licence, role))}
    return actions.propose(licence=licence, role=role, **given)


def drafted(licence: Licence, since: date = APRIL, **changed: Any) -> Amendment:
    made = proposed(licence, since, **changed)
    return actions.adopt(amendment=made, role="licensee", sha256=made.sha256, by=owner_of(licence.licensee))


def sign(made: Amendment, *roles: str) -> Amendment:
    """Each of the roles signs the file as it is stored."""
    assert made.paper is not None
    for role in roles:
        by = owner_of(getattr(made.licence, role))
        actions.sign(amendment=made, role=role, sha256=made.paper.sha256, statement="同意", by=by)
    return Amendment.objects.get(pk=made.pk)


def refused(code: str, act: Callable[[], Any]) -> None:
    """`act` is refused with `code`, whose sentence can be read, and nothing has changed."""
    before = (list(Amendment.objects.order_by("pk").values()), Fact.objects.count())
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in sentence(caught.value)
    assert (list(Amendment.objects.order_by("pk").values()), Fact.objects.count()) == before


OWN = terms()
HELD = {"kind": "entry_fee", "amount": yuan("5.00"), "due_on": "2026-01-01", "in_escrow": True}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"payments": EIGHT}, ""),
        ({"reports": {"period": "quarter", "due_days": 10, "payment_days": 5}}, ""),
        ({"clauses": [{"text": "许可人按期缴纳年费。"}]}, ""),
        ({}, "amendment.same"),
        ({"territory": ["CN", "JP"]}, "amendment.scope"),
        ({"exclusivity": "sole"}, "amendment.scope"),
        ({"term": {"start": "2026-01-01", "end": "2031-12-31"}}, "amendment.scope"),
        ({"reports": {"period": "month", "due_days": 10, "payment_days": 5}}, "amendment.scope"),
        ({"payments": [HELD, running()]}, "amendment.scope"),
    ],
)
def test_payment_and_duties_change_and_what_is_granted_does_not(changed: dict[str, Any], code: str) -> None:
    def check() -> None:
        rules.check_changes(OWN, {**OWN, **changed}, currency="CNY", every="quarter")

    if code:
        with pytest.raises(Refused, match=code.replace(".", r"\.")):
            check()
    else:
        check()


@pytest.mark.parametrize(
    ("since", "opened", "until", "fits"),
    [
        (date(2026, 2, 10), None, None, True),
        (date(2026, 2, 9), None, None, False),
        (date(2026, 4, 1), date(2026, 3, 31), date(2026, 4, 1), True),
        (date(2026, 3, 31), date(2026, 3, 31), None, False),
        (date(2026, 4, 2), None, date(2026, 4, 1), False),
    ],
)
def test_other_terms_hold_from_a_day_that_was_not_opened_yet(
    since: date, opened: date | None, until: date | None, fits: bool
) -> None:
    given = {"today": date(2026, 2, 10), "begun": date(2025, 1, 1), "until": until, "opened": opened}
    if fits:
        rules.check_since(since, **given)  # type: ignore[arg-type]
    else:
        with pytest.raises(Refused, match=r"amendment\.since"):
            rules.check_since(since, **given)  # type: ignore[arg-type]


def test_both_sign_and_later_statements_use_the_terms_while_earlier_ones_stand(licence: Licence) -> None:
    stage.reported(licence, 1, "10000")
    run()
    before = Statement.objects.get()
    made = drafted(licence, MARCH)
    assert (made.state, terms_on(licence, MARCH)) == ("drafted", licence.terms)
    assert sign(made, "licensor").state == "drafted"
    assert sign(made, "licensor", "licensee").state == "signed"
    assert (terms_on(licence, date(2026, 2, 28)), terms_on(licence, MARCH)) == (licence.terms, made.document)
    for number in range(2, 5):
        stage.reported(licence, number, "10000")
    with clock.shifted_to(datetime(2026, 7, 10, 4, tzinfo=UTC)):
        run()
        rows = ReportingPeriod.objects.filter(licence=licence).order_by("number")
        assert [(row.since.isoformat(), row.amendment_id) for row in rows][3:] == [
            ("2025-10-01", None),
            ("2026-01-01", None),
            ("2026-03-01", made.pk),  # a period of its own
            ("2026-04-01", made.pk),
        ]
        for number in (5, 6, 7):
            stage.reported(licence, number, "10000")
        for _period in range(3):
            run()
    paid = [row.payable for row in Statement.objects.order_by("period__number")]
    assert paid == [Money(500_00, "CNY")] * 5 + [Money(800_00, "CNY")] * 2
    assert Statement.objects.get(pk=before.pk).sha256 == before.sha256
    assert all(queries.holds(row) for row in queries.statements())


def test_the_paper_says_what_no_longer_applies_and_what_does(licence: Licence) -> None:
    made = drafted(licence)
    assert made.paper is not None
    said = str(
        rules.paper_terms(
            licence.terms,
            made.document,
            code=licence.code,
            number=1,
            since=APRIL,
            sides={"licensor": "甲", "licensee": "乙"},
            dated=MARCH,
        )
    )
    for text in ("使用费为5%", "使用费为8%", "自2026-04-01起适用", licence.code, made.sha256):
        assert text in said, text


def test_a_proposal_is_answered_under_its_hash_and_replaced_by_the_next(licence: Licence) -> None:
    first = proposed(licence)
    assert proposed(licence) == first
    refused(
        "terms.own",
        lambda: actions.adopt(amendment=first, role="licensor", sha256=first.sha256, by=owner_of(licence.licensor)),
    )
    second = proposed(licence, role="licensee", payments=[running({"rate": "0.06"})])
    with pytest.raises(Conflict, match=r"terms\.outrun"):
        actions.adopt(amendment=first, role="licensee", sha256=first.sha256, by=owner_of(licence.licensee))
    done = actions.adopt(amendment=second, role="licensor", sha256=second.sha256, by=owner_of(licence.licensor))
    assert [one.state for one in Amendment.objects.order_by("pk")] == ["withdrawn", "drafted"]
    refused("amendment.drafted", lambda: proposed(licence))
    for _twice in range(2):
        assert actions.withdraw(amendment=done, role="licensee", by=owner_of(licence.licensee)).state == "withdrawn"
    refused("paper.closed", lambda: sign(done, "licensee"))


def test_what_may_not_be_agreed_is_refused(licence: Licence, bob_co: Party) -> None:
    refused("amendment.since", lambda: proposed(licence, date(2025, 12, 31)))
    refused("amendment.scope", lambda: proposed(licence, exclusivity="sole"))
    refused("terms.unpaid", lambda: proposed(licence, payments=[]))
    refused("licence.void", lambda: proposed(licence, clauses=[{"text": "被许可人不得对许可专利的有效性提出异议。"}]))
    with pytest.raises(Http404):
        actions.propose(licence=licence, role="licensor", document=licence.terms, since=APRIL, by=owner_of(bob_co))
    made = drafted(licence)
    sign(made, "licensor")
    with clock.shifted_to(datetime(2026, 7, 10, 4, tzinfo=UTC)):
        run()
        refused("amendment.since", lambda: sign(made, "licensee"))
    Licence.objects.filter(pk=licence.pk).update(state="ended")
    refused("amendment.ended", lambda: sign(made, "licensee"))


def test_the_pages_from_the_proposal_to_the_signatures(
    licence: Licence, bob_co: Party, client_of: Callable[[User | None], Client]
) -> None:
    jida, anne = client_of(owner_of(licence.licensor)), client_of(owner_of(licence.licensee))
    door = f"/licences/{licence.code}/amendments/new/"
    assert door in page(jida, f"/licences/{licence.code}/")
    assert client_of(owner_of(bob_co)).get(door).status_code == 404
    filled = typed_like(jida.get(door).context["form"], **{"rate-0-rate": "8"})
    form: dict[str, Any] = {name: filled.getlist(name) for name in filled}
    form["since"] = "2025-12-31"
    assert "since" in jida.post(door, form).context["form"].errors
    form["since"] = APRIL.isoformat()
    sent = jida.post(door, form)
    assert sent.status_code == 302, sent.context["form"].errors
    assert "<ins>" in page(anne, sent.url)
    made = Amendment.objects.get()
    assert anne.post(sent.url, {"adopt": made.sha256}).status_code == 302
    made.refresh_from_db()
    assert made.paper is not None
    typed = {"sha256": made.paper.sha256, "consent": "on", "password": PASSWORD}
    assert anne.post(sent.url, typed | {"password": "wrong"}).status_code == 422
    for reader in (anne, jida):
        assert reader.post(sent.url, typed).status_code == 302
    made.refresh_from_db()
    assert made.state == "signed"
    assert sent.url in page(anne, f"/licences/{licence.code}/")
