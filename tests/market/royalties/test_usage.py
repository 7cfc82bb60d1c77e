"""Reports that come as a table, every row or none, and from programs, which are told what a person would be told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.tables import csv_file
from market.parties.models import Membership, User
from market.rights.importers.cells import read_grid
from market.royalties import actions as licences
from market.royalties.models import Key, Licence, UsageReport
from market.royalties.rules.figures import checked
from market.royalties.usage import actions
from tests import people
from tests.market.deals.terms.papers import running, yuan
from tests.market.royalties import stage
from tests.market.royalties.stage import page, period, sold

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over
TWO = {
    "payments": [running(product="lamp"), running(product="bulb")],
    "deductions": {"allowed": ["freight"], "cap": "0.1"},
}


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> Licence:
    with clock.shifted_to(NOW):
        return stage.licence(people.jilin_university(), people.anne_co(), people.changchun_agency(), **TWO)


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def licence(kept: Licence, db: None) -> Licence:
    return kept


def upload(client: Client, licence: Licence, *rows: list[Any]) -> HttpResponse:
    headings = ["期次 period", "产品 product", "净销量 units", "销售额 gross", "运费 freight"]
    file = SimpleUploadedFile("sales.csv", csv_file([headings, *rows]))
    return client.post(f"/licences/{licence.code}/usage/", {"file": file})  # type: ignore[return-value]


def test_a_table_reports_many_periods_and_again_nothing(
    licence: Licence, anne: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(anne)
    rows = (
        [1, "lamp", 10, "1,000.00", "20"],
        [1, "bulb", "", "0", ""],
        [2, "lamp", 5, "500", ""],
        [3, "lamp", "", "", ""],
    )
    for _ in range(2):
        assert upload(client, licence, *rows).status_code == 302
    assert period(licence, 1).reports.get().figures == {
        "lamp": {"gross": yuan("1000.00"), "units": "10", "deductions": {"freight": yuan("20.00")}},
        "bulb": {"gross": yuan("0.00")},
    }
    assert (period(licence, 2).state, period(licence, 3).state) == ("reported", "open")


def test_a_table_with_faults_keeps_nothing_and_names_each(
    licence: Licence, anne: User, client_of: Callable[[User], Client]
) -> None:
    rows = (
        [1, "lamp", 10, "1000", ""],
        [1, "lamp", 1, "1", ""],
        [2, "lamp", "ten", "1", ""],
        [2, "lamp", "", "-5", ""],
        [9, "lamp", "", "1", ""],
    )
    answer = upload(client_of(anne), licence, *rows)
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("has the product “lamp” twice", "“ten” is no whole number"):
        assert words in text
    assert not UsageReport.objects.exists()
    answer = upload(client_of(anne), licence, [9, "lamp", "", "1", ""], [1, "chair", "", "1", ""])
    assert "There is no period 9" in answer.content.decode()
    assert "bears no royalty on chair" in answer.content.decode()
    assert not UsageReport.objects.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_has_the_open_periods_and_is_read_again(
    licence: Licence, anne: User, client_of: Callable[[User], Client], form: str
) -> None:
    client = client_of(anne)
    answer = client.get(f"/licences/{licence.code}/usage/template.{form}")
    grid = read_grid(f"x.{form}", answer.content)
    assert [row[:2] for _, row in grid.rows[1:]] == [
        (str(number), product) for number in (1, 2, 3, 4) for product in ("lamp", "bulb")
    ]
    file = SimpleUploadedFile(f"x.{form}", answer.content)
    assert client.post(f"/licences/{licence.code}/usage/", {"file": file}).status_code == 422  # nothing filled in


def test_others_neither_upload_nor_hold_keys(
    licence: Licence, li_wei: User, mallory: User, client_of: Callable[[User], Client]
) -> None:
    for user in (li_wei, mallory):
        assert client_of(user).get(f"/licences/{licence.code}/usage/").status_code == 404
        assert client_of(user).post(f"/licences/{licence.code}/keys/", {"name": "x"}).status_code == 404
    assert not Key.objects.exists()


@pytest.fixture
def secret(licence: Licence, anne: User) -> str:
    return actions.issue_key(licence=licence, name="ERP", by=anne)[1]


def put(secret: str, licence: Licence, number: int, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    path = f"/api/v1/licences/{licence.code}/periods/{number}/report/"
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    return Client().put(path, text, "application/json", headers=headers)


def test_a_program_reports_and_repeats_itself(licence: Licence, secret: str, anne: User) -> None:
    body = {"figures": {"lamp": {"gross": yuan("12.5"), "units": "3"}}}
    for _ in range(2):
        answer = put(secret, licence, 1, body)
        assert (answer.status_code, answer.json()["state"]) == (200, "reported")
    report = period(licence, 1).reports.get()
    assert (report.reported_by, report.figures["lamp"]["gross"]) == (anne, yuan("12.50"))
    listed = (
        Client()
        .get(f"/api/v1/licences/{licence.code}/periods/?after=1", headers={"Authorization": f"Bearer {secret}"})
        .json()
    )
    assert ([row["number"] for row in listed["items"]], listed["next"]) == ([2, 3, 4], None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 422, "api.json"),
        ("[1]", 422, "api.json"),
        ("[" * 50_000, 422, "api.json"),
        (" " * 70_000, 413, "api.too_large"),
        ({"figures": {"lamp": {"units": "3"}}}, 422, "royalty.figures"),
        ({"figures": {"lamp": {"gross": {"amount": "1", "currency": "USD"}}}}, 422, "royalty.currency"),
        ({"figures": {"lamp": {"gross": yuan("1.001")}}}, 422, "amount.precision"),
        ({"figures": {"chair": {"gross": yuan("1")}}}, 422, "royalty.product"),
        ({"figures": {"lamp": {"gross": yuan("1"), "deductions": {"taxes": yuan("1")}}}}, 422, "royalty.deduction"),
    ],
)
def test_a_program_is_told_what_is_wrong(licence: Licence, secret: str, body: Any, status: int, code: str) -> None:
    answer = put(secret, licence, 1, body)
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.json()["title"]
    assert not UsageReport.objects.exists()


def test_a_key_opens_its_licence_alone_and_only_while_it_stands(
    licence: Licence, secret: str, anne: User, li_wei: User, zhou_min: User
) -> None:
    body = {"figures": {"lamp": {"gross": yuan("1")}}}
    assert put(secret, licence, 5, body).status_code == 404
    assert put("lck_x", licence, 1, body).json()["code"] == "key.unknown"
    with clock.shifted_to(NOW):
        other = licences.grant(
            granted_for="deal:D-2",
            right=licence.right,
            licensor=licence.licensor,
            licensee=licence.licensee,
            agency=licence.agency,
            document=licence.terms,
            by=zhou_min,
        )
    assert put(secret, other, 1, body).status_code == 404
    assert secret not in str(Key.objects.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "A_MINUTE", 0)
        answer = put(secret, licence, 1, body)
        assert (answer.status_code, int(answer["Retry-After"])) == (429, 60)
    seat = Membership.objects.filter(user=anne, party=licence.licensee)
    seat.update(role=Membership.Role.VIEWER)
    assert put(secret, licence, 1, body).status_code == 401  # whose key it is may not report any more
    seat.update(role=Membership.Role.OWNER)
    actions.revoke_key(key=Key.objects.get(), by=anne)
    assert put(secret, licence, 1, body).status_code == 401
    assert not UsageReport.objects.exists()


def test_calls_are_counted_by_the_minute(secret: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "A_MINUTE", 2)
        for _ in range(2):
            actions.opened(secret)
        with pytest.raises(Refused, match=r"key\.too_fast"):
            actions.opened(secret)
        with clock.shifted_to(NOW + timedelta(minutes=1)):
            actions.opened(secret)


def test_a_key_is_issued_and_revoked_on_the_licences_page(
    licence: Licence, anne: User, client_of: Callable[[User], Client]
) -> None:
    client, path = client_of(anne), f"/licences/{licence.code}/usage/"
    answer = client.post(f"/licences/{licence.code}/keys/", {"name": "ERP"})
    key = Key.objects.get()
    assert key.start in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "ERP" in page(client, path)
    assert client.post(f"/licences/{licence.code}/keys/{key.pk}/revoke/").status_code == 302
    assert "ERP" not in page(client, path)


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ([], "royalty.figures"),
        ({1: {"gross": yuan("1")}}, "royalty.figures"),
        ({"": {"gross": yuan("1"), "net": yuan("1")}}, "royalty.figures"),
        ({"": {"gross": "1.00"}}, "royalty.figures"),
        ({"": {"gross": yuan("1"), "units": 3}}, "royalty.figures"),
        ({"": {"gross": yuan("1"), "units": "1/3"}}, "royalty.figures"),
        ({"": {"gross": {"amount": "1.00", "currency": "EUR"}}}, "royalty.currency"),
        (sold("1e3"), "amount.format"),
        (sold("-1"), "amount.format"),
    ],
)
def test_figures_are_what_they_should_be_or_refused(figures: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(figures, "CNY")
    assert refused.value.code == code
