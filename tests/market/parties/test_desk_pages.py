"""The desk that verifies, and the public directory of agencies."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from market.kernel import clock
from market.parties import actions, queries
from market.parties.models import Affiliation, Licence, Party, User
from tests import people
from tests.market.documents.files import stored

ClientOf = Callable[[User | None], Client]
REJECT = {"state": "submitted", "verdict": "reject"}
VERIFY = {"state": "submitted", "verdict": "verify", "compared": "on", "authorised": "on"}


@pytest.fixture
def dora_co(db: None) -> Party:
    """A company that waits for verification, with its licence uploaded."""
    dora = people.person("dora", "朵拉")
    made = actions.open_party(kind="enterprise", name="朵拉科技有限公司", uscc=people.credit_code(50), by=dora)
    stored(made, subject=made.ref, kind="identity", title="licence", name="执照.pdf", by=dora)
    return actions.submit_party(party=made, by=dora)


def url_of(party: Party) -> str:
    """The desk's page about a party."""
    return reverse("desk-party", args=[party.code])


def test_the_agent_compares_and_verifies(dora_co: Party, agent_chen: User, client_of: ClientOf) -> None:
    client = client_of(agent_chen)
    assert dora_co.name in client.get("/desk/parties/").content.decode()
    page = client.get(url_of(dora_co)).content.decode()
    assert "Business licence or register extract" in page
    assert reverse("document-version", args=[stored(dora_co, subject=dora_co.ref).document.code, 1]) not in page
    assert client.post(url_of(dora_co), VERIFY).status_code == 302
    dora_co.refresh_from_db()
    assert (dora_co.state, dora_co.verified_by) == ("verified", agent_chen)
    assert dora_co not in client.get("/desk/parties/").context["parties"]
    assert dora_co.name in client.get("/desk/parties/?state=verified").content.decode()


@pytest.mark.parametrize(
    "verdict",
    [
        {"verdict": "verify"},
        {"verdict": "verify", "compared": "on"},
        {"verdict": "reject", "remark": "  "},
        {"verdict": "maybe"},
        {},
    ],
)
def test_a_verdict_without_its_grounds_is_none(
    dora_co: Party, agent_chen: User, client_of: ClientOf, verdict: dict[str, str]
) -> None:
    posted = {"state": "submitted"} | verdict if verdict else {}
    assert client_of(agent_chen).post(url_of(dora_co), posted).status_code == 422
    dora_co.refresh_from_db()
    assert dora_co.state == "submitted"


def test_sent_back_the_party_reads_why(dora_co: Party, agent_chen: User, client_of: ClientOf) -> None:
    sent = client_of(agent_chen).post(url_of(dora_co), REJECT | {"remark": "执照照片不清。"})
    assert sent.status_code == 302
    page = client_of(people.owner_of(dora_co)).get("/org/").content.decode()
    assert "执照照片不清。" in page
    assert "Submit for verification" in page


def test_a_second_verdict_is_refused(dora_co: Party, agent_chen: User, zhou_min: User, client_of: ClientOf) -> None:
    client_of(agent_chen).post(url_of(dora_co), VERIFY)
    late = client_of(zhou_min).post(url_of(dora_co), REJECT | {"remark": "不一致"})
    assert late.status_code == 409
    dora_co.refresh_from_db()
    assert dora_co.state == "verified"


def test_a_verification_is_taken_back_when_the_licence_changed(
    anne_co: Party, anne: User, agent_chen: User, client_of: ClientOf
) -> None:
    client, verdict = client_of(agent_chen), {"state": "verified", "verdict": "reject", "remark": "名称已变更。"}
    assert "Take the verification back" in client.get(url_of(anne_co)).content.decode()
    assert client.post(url_of(anne_co), verdict).status_code == 302
    anne_co.refresh_from_db()
    assert (anne_co.state, anne_co.verified_at) == ("rejected", None)
    actions.edit_party(party=anne_co, edition=queries.edition(anne_co), by=anne, name="长春新光电科技有限公司")
    anne_co.refresh_from_db()
    actions.submit_party(party=anne_co, by=anne)
    assert client.post(url_of(anne_co), VERIFY).status_code == 302


def test_only_verifiers_find_the_desk(dora_co: Party, mallory: User, regulator: User, client_of: ClientOf) -> None:
    dora = people.owner_of(dora_co)
    for user in (mallory, regulator, dora):
        client = client_of(user)
        assert client.get("/desk/parties/").status_code == 404
        assert client.get(url_of(dora_co)).status_code == 404
        assert client.post(url_of(dora_co), VERIFY).status_code == 404
    assert client_of(None).get("/desk/parties/").status_code == 302
    dora_co.refresh_from_db()
    assert dora_co.state == "submitted"


def test_an_unknown_or_unsubmitted_party_is_not_on_the_desk(agent_chen: User, client_of: ClientOf) -> None:
    draft = actions.open_party(kind="person", name="伊芙", by=people.person("eve", "伊芙"))
    assert client_of(agent_chen).get(url_of(draft)).status_code == 404
    assert client_of(agent_chen).get(reverse("desk-party", args=["P-NOBODY"])).status_code == 404


def test_staff_verify_an_agency_and_enter_its_licences(
    registrar: User, agent_chen: User, mallory: User, client_of: ClientOf
) -> None:
    rival = actions.open_party(kind="agency", name="四平运营中心", uscc=people.credit_code(61), by=mallory)
    actions.submit_party(party=rival, by=mallory)
    assert client_of(agent_chen).get(url_of(rival)).status_code == 404
    client = client_of(registrar)
    assert client.post(url_of(rival), VERIFY).status_code == 302
    day = clock.today().isoformat()
    entered = {"licence-kind": "auction", "licence-number": "吉商拍批字第9号", "licence-valid_from": day}
    url = reverse("desk-party-licence", args=[rival.code])
    assert client.post(url, entered | {"licence-valid_to": "2001-01-01"}).status_code == 422
    assert client.post(url, entered | {"licence-valid_to": "soon"}).status_code == 422
    assert not rival.licences.exists()
    assert client.post(url, entered | {"licence-valid_to": day}).status_code == 302
    host = {"auctioneer-name": "钱", "auctioneer-certificate": "9", "auctioneer-valid_to": day}
    assert client.post(reverse("desk-party-auctioneer", args=[rival.code]), host).status_code == 302
    assert queries.may_hold_auctions(Party.objects.get(pk=rival.pk), clock.today())
    assert "吉商拍批字第9号" in client.get(url_of(rival)).content.decode()


def test_an_agencys_own_people_do_not_enter_licences(agency: Party, zhou_min: User, client_of: ClientOf) -> None:
    before = Licence.objects.count()
    for name in ("desk-party-licence", "desk-party-auctioneer"):
        assert client_of(zhou_min).post(reverse(name, args=[agency.code])).status_code == 404
    assert Licence.objects.count() == before


def test_the_agency_ends_a_tie_of_others_but_not_its_own(
    agency: Party, zhou_min: User, anne_co: Party, anne: User, bob_co: Party, mallory: User, client_of: ClientOf
) -> None:
    tie = actions.declare_affiliation(party=anne_co, other=bob_co, kind="control", by=anne)
    own = actions.declare_affiliation(party=agency, other=bob_co, kind="control", by=zhou_min)
    url = reverse("desk-party-tie-end", args=[anne_co.code, tie.pk])
    assert client_of(mallory).post(url, {"remark": "x"}).status_code == 404
    assert client_of(zhou_min).post(url, {"remark": " "}).status_code == 422
    crossed = reverse("desk-party-tie-end", args=[anne_co.code, own.pk])
    assert client_of(zhou_min).post(crossed, {"remark": "x"}).status_code == 404
    assert Affiliation.objects.count() == 2
    assert client_of(zhou_min).post(url, {"remark": "股权已转让。"}).status_code == 302
    assert list(Affiliation.objects.all()) == [own]


def test_the_desk_pages_through_many(agent_chen: User, client_of: ClientOf) -> None:
    Party.objects.bulk_create(
        Party(kind="person", name=f"第{number}人", state="submitted") for number in range(queries.PAGE * 2 + 1)
    )
    client, url, seen = client_of(agent_chen), "/desk/parties/", 0
    while url:
        page = client.get(url)
        seen += len(page.context["parties"])
        url = "/desk/parties/" + page.context["next_url"] if page.context["next_url"] else ""
    assert seen == queries.PAGE * 2 + 1
    assert client.get("/desk/parties/?state=draft&after=x").status_code == 200


def test_everybody_finds_agencies_with_their_licences(agency: Party, client_of: ClientOf) -> None:
    client = client_of(None)
    assert agency.name_en in client.get("/agencies/").content.decode()
    page = client.get(reverse("agency", args=[agency.code])).content.decode()
    for words in ("吉商拍批字第2201号", "2200012345", "May hold auctions", "article 56"):
        assert words in page
    assert str(agency.bank_account) not in page


def test_an_expired_licence_says_so(agency: Party, client_of: ClientOf) -> None:
    Licence.objects.update(valid_to=clock.today() - timedelta(days=1))
    page = client_of(None).get(reverse("agency", args=[agency.code])).content.decode()
    assert "Expired" in page
    assert "Online bidding only" in page


def test_who_is_no_agency_is_not_in_the_directory(anne_co: Party, mallory: User, client_of: ClientOf) -> None:
    draft = actions.open_party(kind="agency", name="未核验中心", uscc=people.credit_code(62), by=mallory)
    for code in (anne_co.code, draft.code, "P-NOBODY"):
        assert client_of(None).get(reverse("agency", args=[code])).status_code == 404
    assert "未核验中心" not in client_of(None).get("/agencies/").content.decode()


def test_the_directory_asks_the_same_few_questions_at_any_length(
    agency: Party, client_of: ClientOf, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(5):
        people.party(people.person(f"owner{number}", "主"), "agency", f"第{number}中心", 70 + number)
    with django_assert_max_num_queries(8):
        client_of(None).get("/agencies/")


def waits_for(user: User, party: Party | None) -> str:
    """What my page says waits for `user`, acting for `party`."""
    request = RequestFactory().get("/me/")
    request.user = user
    with translation.override("en"):
        template = Template("{% load parties_tags %}{% party_waiting party %}")
        return template.render(Context({"request": request, "party": party})).strip()


def test_my_page_and_the_desk_say_what_waits(
    dora_co: Party, agency: Party, anne_co: Party, anne: User, bob_co: Party, bob: User
) -> None:
    queue = Template("{% load parties_tags %}{% parties_queue agency %}")
    assert dora_co.name in queue.render(Context({"agency": agency}))
    assert waits_for(bob, bob_co) == ""
    assert "Open your organisation" in waits_for(bob, None)
    actions.invite_member(party=anne_co, user_email=bob.email, role="viewer", by=anne)
    assert anne_co.name in waits_for(bob, bob_co)
    actions.reject_party(party=dora_co, remark="x", by=people.registrar())
    assert "came back" in waits_for(people.owner_of(dora_co), dora_co)
    assert dora_co.name not in queue.render(Context({"agency": agency}))
