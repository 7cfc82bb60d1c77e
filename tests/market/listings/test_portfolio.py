"""The holder's pages of a portfolio: filled and changed by its own people only, what blocks it by name, the map."""

from collections.abc import Callable

import pytest
from django.test import Client

from market.parties.models import Membership, Party, User
from market.rights import actions as rights
from market.rights.models import Right
from market.rights.portfolios import actions, queries
from market.rights.portfolios.models import Portfolio
from tests import assets, people

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def made(jida: Party, li_wei: User) -> Portfolio:
    """吉林大学's portfolio of a patent and the mark 长白雪."""
    made = actions.create(owner=jida, name="固态电池组合", name_en="Solid-state batteries", by=li_wei)
    members = [assets.right(jida), assets.right(jida, draft=assets.trademark_draft())]
    actions.add(made, rights=members, by=li_wei)
    return made


def test_its_own_people_read_it_and_only_those_who_act_change_it(
    made: Portfolio, jida: Party, li_wei: User, mallory: User, regulator: User, client_of: ClientOf
) -> None:
    clerk = people.person("clerk", "韩会计")
    people.join(clerk, jida, Membership.Role.FINANCE)
    read = {user: client_of(user).get(f"/portfolios/{made.code}/").status_code for user in (li_wei, clerk)}
    assert read == {li_wei: 200, clerk: 200}
    for user in (mallory, regulator):
        for path in ("", "edit/", "map/", "lines/new/"):
            assert client_of(user).get(f"/portfolios/{made.code}/{path}").status_code == 404
        assert client_of(user).post(f"/portfolios/{made.code}/complete/").status_code == 404
    assert client_of(clerk).get(f"/portfolios/{made.code}/edit/").status_code == 422
    assert client_of(None).get(f"/portfolios/{made.code}/").status_code == 302
    assert "Change" not in client_of(clerk).get(f"/portfolios/{made.code}/").content.decode()


def test_a_holder_makes_one_fills_it_and_maps_it(jida: Party, li_wei: User, client_of: ClientOf) -> None:
    patent, mark = assets.right(jida), assets.right(jida, draft=assets.trademark_draft())
    client = client_of(li_wei)
    answer = client.post("/portfolios/new/", {"name": "固态电池组合"})
    made = Portfolio.objects.get()
    assert answer.url == f"/portfolios/{made.code}/edit/"
    answer = client.post(answer.url, {"name": "电池组合", "add": [patent.code, mark.code]})
    assert answer.url == f"/portfolios/{made.code}/"
    assert queries.rights_of(made) == [patent, mark]
    said = {"name": "电芯", "classes": "9、12", "ipc": "h01m", "together": "on", "rights": [patent.code, mark.code]}
    assert client.post(f"/portfolios/{made.code}/lines/new/", said).url == f"/portfolios/{made.code}/map/"
    shown = client.get(f"/portfolios/{made.code}/map/").content.decode()
    assert "No mark in force in class 12" in shown
    assert "No patent of the line" not in shown
    (line, keys), *_none = queries.lines_of(made)
    assert (line.classes, line.ipc, keys) == ([9, 12], ["H01M"], {patent.pk, mark.pk})
    form = client.get(f"/portfolios/{made.code}/lines/{line.pk}/").content.decode()
    assert "9, 12" in form
    answer = client.post(f"/portfolios/{made.code}/lines/{line.pk}/", said | {"classes": "46"})
    assert answer.status_code == 422
    client.post(f"/portfolios/{made.code}/lines/{line.pk}/", {"do": "drop"})
    client.post(f"/portfolios/{made.code}/edit/", {"name": "电池组合", "out": [mark.code]})
    assert (queries.lines_of(made), queries.rights_of(made)) == ([], [patent])
    made.refresh_from_db()
    assert made.name == "电池组合"
    assert client.get("/portfolios/").content.decode().count(made.code) >= 1


def test_what_blocks_it_is_named_with_article_cure_and_curer(
    made: Portfolio, jida: Party, li_wei: User, client_of: ClientOf
) -> None:
    path = f"/portfolios/{made.code}/"
    assert "Nothing" in client_of(li_wei).get(path).content.decode()
    tied = assets.right(jida, draft=assets.trademark_draft("1682310", title="长白雪山", groups=("0913",)))
    patent = Right.objects.get(kind="patent")
    rights.set_state(patent, Right.State.LAPSED, source="专利公报", actor="system:test")
    shown = client_of(li_wei).get(path).content.decode()
    assert "2 rights block the whole portfolio." in shown
    for words in (patent.number, tied.number, "Trademark Law, art. 42", "Can be cured by the office", "Take them in"):
        assert words in shown
    client_of(li_wei).post(path + "complete/")
    shown = client_of(li_wei).get(path).content.decode()
    assert "1 right blocks the whole portfolio." in shown
    assert "What may not be split" in shown
    assert tied in queries.rights_of(made)
