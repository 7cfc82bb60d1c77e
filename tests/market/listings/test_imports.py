"""Many rights by the web door: read in the background, mended on the page, entered once, wherever the work was cut off."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.utils import translation

from market.kernel import clock
from market.kernel.errors import Conflict
from market.listings import imports
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.importers import reading
from market.rights.importers.models import Import, ImportRow
from market.rights.models import Event, Right, Title
from market.rights.queries import register_of
from market.trail.models import Fact
from tests import assets
from tests.market.rights.test_offices import ASSIGNED, ST66, drafts
from tests.market.rights.test_us_grant import GRANT

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
HEADINGS = "Kind,Number,Title,Holder USCC,Filed on,Granted or registered on,Nice class\n"


def table(*rows: str, name: str = "rights.csv") -> SimpleUploadedFile:
    """A filled-in template."""
    return SimpleUploadedFile(name, (HEADINGS + "\n".join(rows)).encode("utf-8-sig"), content_type="text/csv")


def patent(serial: int, holder: str = "") -> str:
    """A good row."""
    return f"发明专利,{assets.cn_number(serial)},名称{serial},{holder},2019-02-08,2021-01-15,"


def outcomes(run: Import) -> list[str]:
    return list(run.rows.values_list("outcome", flat=True))


@pytest.fixture
def seller(client_of: ClientOf, li_wei: User) -> Client:
    """吉林大学's owner in a browser."""
    return client_of(li_wei)


@pytest.fixture
def hand_in(seller: Client) -> Callable[..., Import]:
    """Hand in a file, and have it read."""

    def hand(file: SimpleUploadedFile) -> Import:
        answer = seller.post("/sell/import/", {"file": file})
        assert answer.status_code == 302, answer.content.decode()
        imports.run_due()
        return Import.objects.get(code=answer["Location"].rstrip("/").rpartition("/")[2])

    return hand


def page(run: Import) -> str:
    return f"/sell/import/{run.code}/"


def test_rows_are_read_then_entered_once(seller: Client, hand_in: Callable[..., Import], jida: Party) -> None:
    assets.draft_right(jida, draft=assets.patent_draft(3))
    file = table(patent(1), "商标,1590557,长白雪,,2018-03-01,2019-06-07,", patent(3), patent(4, "91220101MA00000011"))
    run = hand_in(file)
    assert (run.state, outcomes(run)) == ("read", ["new", "refused", "exists", "refused"])
    assert Listing.objects.count() == 0
    seller.post(page(run), {"do": "enter"})
    imports.run_due()
    assert Listing.objects.count() == 0, "a file is entered whole"
    for _press in range(2):
        seller.post(page(run), {"do": "enter_in_part"})
        imports.run_due()
    (listing,) = Listing.objects.all()
    assert (listing.state, listing.seller, listing.right.title) == ("draft", jida, "名称1")
    run.refresh_from_db()
    assert (run.state, outcomes(run)) == ("done", ["created", "refused", "exists", "refused"])
    title = Title.objects.get(right=listing.right)
    assert (title.holder, title.share_den, title.since.isoformat()) == (jida, 1, "2021-01-15")
    told = Fact.objects.filter(name="import.finished").values_list("data", "audience")
    assert [(data["created"], data["refused"], audience) for data, audience in told] == [(1, 2, [jida.ref])] * 2
    entered = Fact.objects.get(name="rights.entered", subject=run.ref)
    assert (entered.data, entered.audience) == ({"rights": [listing.right.code]}, [])


def test_a_mistake_is_mended_on_the_page(seller: Client, hand_in: Callable[..., Import]) -> None:
    run = hand_in(table("特许,1,甲,,2019-02-08,43831,", patent(1), patent(1), "商标,1590557,长白雪,,,,"))
    shown = seller.get(page(run))
    assert [one["row"].place for one in shown.context["rows"]] == [1, 3, 4]
    assert [field["name"] for field in shown.context["rows"][0]["fields"]] == ["cell:1:kind", "cell:1:granted_on"]
    typed = {
        "do": "mend",
        "place": ["1", "3", "4"],
        "cell:1:kind": "发明专利",
        "cell:4:nice_class": "9\0",
        "cell:2:title": "x",
    }
    seller.post(page(run), typed)
    assert outcomes(run) == ["refused", "new", "refused", "new"]
    first = run.rows.get(place=1)
    assert first.cells["kind"] == "发明专利"
    again = seller.get(page(run)).context["rows"][0]
    assert {"cell:1:number", "cell:1:granted_on"} == {field["name"] for field in again["fields"]}
    assert {"cell:1:title", "cell:1:filed_on", "cell:1:kind"} == {field["name"] for field in again["others"]}
    right = {"cell:1:granted_on": "2021-01-15", "cell:1:number": assets.cn_number(9), "cell:1:title": "乙"}
    seller.post(page(run), {"do": "mend", "place": ["1", "3"], **right, "cell:1:no_such_column": "x"})
    assert run.rows.get(place=1).draft["title"] == "乙"
    assert "no_such_column" not in run.rows.get(place=1).cells
    assert outcomes(run) == ["new", "new", "refused", "new"]
    seller.post(page(run), {"do": "mend", "place": "3", "cell:3:number": assets.cn_number(9)})
    assert run.rows.get(place=3).why[0][1] == "import.duplicate_row"
    assert not Right.objects.exists()


def test_nothing_is_mended_while_it_is_entered(seller: Client, hand_in: Callable[..., Import]) -> None:
    run = hand_in(table("特许,1,甲,,,,", patent(1)))
    seller.post(page(run), {"do": "enter_in_part"})
    seller.post(page(run), {"do": "mend", "place": "1", "cell:1:kind": "发明专利"})
    assert run.rows.get(place=1).cells["kind"] == "特许"


def test_mistakes_go_out_as_a_table_that_comes_back_in(seller: Client, hand_in: Callable[..., Import]) -> None:
    run = hand_in(table(patent(1), f'特许,{assets.cn_number(2)},"=HYPERLINK(""http://evil"")",,2019-02-08,,'))
    answer = seller.get(page(run) + "mistakes.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Row"], row["名称 Title"], row["类型 Kind"]) == ("3", '\'=HYPERLINK("http://evil")', "特许")
    assert row["Mistakes"].startswith("类型 Kind")
    mended = SimpleUploadedFile("mended.csv", text.replace("特许", "发明专利").encode("utf-8-sig"))
    again = hand_in(mended)
    assert outcomes(again) == ["new"]
    assert again.rows.get().draft["title"] == '=HYPERLINK("http://evil")'
    assert again.unknown == ["File", "Row", "Mistakes"]


def test_the_same_file_again_is_the_same_import(hand_in: Callable[..., Import]) -> None:
    first = hand_in(table(patent(1)))
    assert hand_in(table(patent(1), name="another-name.csv")) == first
    assert ImportRow.objects.count() == 1


def test_what_was_cut_off_while_reading_goes_on_where_it_was(
    hand_in: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    judge, calls = reading.intake.judge, []

    def dies(lines: Any, **options: Any) -> Any:
        calls.append(len(lines))
        if len(calls) == 2:
            raise SystemExit("killed")
        return judge(lines, **options)

    monkeypatch.setattr(reading.intake, "judge", dies)
    with pytest.raises(SystemExit):
        hand_in(table(*map(patent, range(1, 6))))
    run = Import.objects.get()
    assert (run.state, run.rows.count()) == ("reading", 2)
    assert imports.run_due() == 0, "another went on while it was held"
    Import.objects.update(stale_at=clock.now() - timedelta(seconds=1))
    assert imports.run_due() == 1
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("read", 2)
    assert list(run.rows.values_list("place", "row", "outcome")) == [(place, place + 1, "new") for place in range(1, 6)]


def test_what_was_cut_off_while_entering_is_entered_once(
    seller: Client, hand_in: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    run = hand_in(table(*map(patent, range(1, 6))))
    seller.post(page(run), {"do": "enter"})
    enter, calls = imports.enter_many, []

    def dies(drafts: Any, **options: Any) -> Any:
        entered = enter(drafts, **options)
        calls.append(len(entered))
        if len(calls) == 2:
            raise SystemExit("killed")
        return entered

    monkeypatch.setattr(imports, "enter_many", dies)
    with pytest.raises(SystemExit):
        imports.run_due()
    assert Right.objects.count() == Listing.objects.count() == outcomes(run).count("created") == 2
    Import.objects.update(stale_at=clock.now() - timedelta(seconds=1))
    imports.run_due()
    assert Right.objects.count() == Listing.objects.count() == outcomes(run).count("created") == 5


def test_who_was_overtaken_writes_nothing_more(hand_in: Callable[..., Import]) -> None:
    run = hand_in(table(patent(1)))
    Import.objects.update(attempts=run.attempts + 1)
    with pytest.raises(Conflict):
        reading.hold(run)


def test_a_batch_that_loses_a_race_is_entered_row_by_row(
    seller: Client, hand_in: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = hand_in(table(*map(patent, range(1, 4))))
    seller.post(page(run), {"do": "enter"})
    enter = imports.enter_many

    def races(drafts: Any, **options: Any) -> Any:
        if any(draft.title == "名称2" for draft in drafts):
            raise IntegrityError("somebody was faster")
        return enter(drafts, **options)

    monkeypatch.setattr(imports, "enter_many", races)
    imports.run_due()
    assert outcomes(run) == ["created", "exists", "created"]


def test_a_file_that_never_works_is_given_up_and_tried_again_when_asked(
    seller: Client, hand_in: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "open_delivery", lambda *_arguments, **_options: 1 / 0)
    run = hand_in(table(patent(1)))
    for _attempt in range(reading.TRIES + 1):
        Import.objects.update(stale_at=clock.now() - timedelta(seconds=1))
        imports.run_due()
    run.refresh_from_db()
    assert run.state == "failed"
    assert seller.get(page(run)).status_code == 200
    monkeypatch.undo()
    seller.post(page(run), {"do": "again"})
    imports.run_due()
    assert outcomes(run) == ["new"]


def test_offices_files_in_an_archive(seller: Client, hand_in: Callable[..., Import]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("grant.xml", GRANT)
        packed.writestr("mark.xml", ST66)
        packed.writestr("old.xml", "<PATDOC/>")
    run = hand_in(SimpleUploadedFile("all.zip", out.getvalue()))
    assert list(run.rows.values_list("file", "outcome")) == [
        ("grant.xml", "new"),
        ("mark.xml", "new"),
        ("old.xml", "refused"),
    ]
    assert run.form == "zip"
    assert run.unknown == []
    seller.post(page(run), {"do": "enter_in_part"})
    imports.run_due()
    grant = Right.objects.get(kind="patent")
    assert grant.patent.ipc == ["H01M 10/0525", "G06Q 30/08"]
    assert [creator.name for creator in grant.creators.all()] == ["Song Wei"]


def test_a_mark_that_stands_under_its_application_is_there(hand_in: Callable[..., Import], jida: Party) -> None:
    applied = ST66.replace("RegistrationNumber", "NoNumber").replace("RegistrationDate", "NoDate")
    (draft,) = drafts(applied)
    assets.draft_right(jida, draft=draft)
    assert outcomes(hand_in(SimpleUploadedFile("mark.xml", ST66.encode()))) == ["exists"]


def test_an_assignment_on_file_is_entered_when_the_right_is_verified(
    seller: Client, hand_in: Callable[..., Import], jida: Party, li_wei: User
) -> None:
    assigned = ASSIGNED.format("ASSIGNS", "1997-08-06") + ASSIGNED.format("CHANGE OF NAME", "2003-08-06").replace(
        "CNRI", "PSF"
    )
    text = ST66.replace("</TradeMark>", assigned.replace("</TradeMark>", "") + "</TradeMark>")
    run = hand_in(SimpleUploadedFile("mark.xml", text.encode()))
    seller.post(page(run), {"do": "enter"})
    imports.run_due()
    right = Right.objects.get()
    assert not Event.objects.exists(), "nobody has looked at the office yet"
    rights.verify(right, by=li_wei)
    told = Event.objects.order_by("on").values_list("kind", "on", "data__owners")
    assert [(kind, on.year, [name for _code, name, *_share in owners]) for kind, on, owners in told] == [
        ("filing", 1995, ["CNRI"]),
        ("transfer", 1997, ["PSF"]),
        ("grant", 1998, ["PSF"]),
        ("change", 2003, [jida.name]),
    ]
    assert [owner.code for owner in register_of(right, clock.today()).owners] == [jida.code]


@pytest.mark.parametrize(
    ("name", "content"),
    [("rights.csv", b""), ("rights.pdf", b"%PDF-1.7"), ("rights.exe", b"MZ\x90\x00"), ("a.html", b"<html></html>")],
)
def test_what_is_nothing_is_refused_at_once(seller: Client, name: str, content: bytes) -> None:
    answer = seller.post("/sell/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("name", "encoding"), [("rights.txt", "utf-8"), ("rights.xml", "utf-16"), ("rights.zip", "gb18030")]
)
def test_a_file_is_known_by_its_content(hand_in: Callable[..., Import], name: str, encoding: str) -> None:
    run = hand_in(SimpleUploadedFile(name, (HEADINGS + patent(1)).encode(encoding)))
    assert (run.form, run.encoding, outcomes(run)) == ("csv", encoding, ["new"])


def test_another_party_s_import_does_not_exist(
    hand_in: Callable[..., Import], mallory: User, client_of: ClientOf
) -> None:
    run = hand_in(table(patent(1)))
    stranger = client_of(mallory)
    for path in ("", "state/", "mistakes.csv"):
        assert stranger.get(page(run) + path).status_code == 404
    assert stranger.post(page(run), {"do": "enter"}).status_code == 404
    assert Import.objects.get().state == "read"


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_template_is_handed_out(seller: Client, form: str, begins: bytes) -> None:
    answer = seller.get(f"/sell/import/template.{form}")
    assert answer.content.startswith(begins)
    assert f"luochui-rights.{form}" in answer["Content-Disposition"]
    assert seller.get("/sell/import/template.pdf").status_code == 422


def test_every_state_of_the_page_in_both_languages(seller: Client, hand_in: Callable[..., Import]) -> None:
    run = hand_in(table(patent(1), "特许,1,甲,,,,"))
    assert seller.get(page(run) + "state/").json().items() >= {"busy": False, "state": "read"}.items()
    for state in Import.State.values:
        Import.objects.update(state=state)
        for view in ("", "?view=refused", "?view=new"):
            assert seller.get(page(run) + view).status_code == 200
    assert seller.get("/sell/import/").context["runs"][0] == run


def test_rows_cost_the_same_however_many(
    seller: Client, hand_in: Callable[..., Import], django_assert_max_num_queries: Any
) -> None:
    run = hand_in(table(*map(patent, range(1, 121)), *("特许,1,甲,,,," for _row in range(60))))
    for view, shown in (("new", 50), ("refused", 20)):
        with django_assert_max_num_queries(20):
            assert len(seller.get(f"{page(run)}?view={view}").context["rows"]) == shown
    seller.post(page(run), {"do": "enter_in_part"})
    with django_assert_max_num_queries(80), translation.override("en"):
        imports.run_due()
    assert Right.objects.count() == 120


def test_what_office_and_workbook_send_fits_the_register(hand_in: Callable[..., Import], seller: Client) -> None:
    """Lengths the database would refuse are refused as mistakes, or cut where they only describe."""
    long = ST66.replace("computer programs", "x" * 50_000).replace(">JAVA<", f">{'J' * 600}<")
    run = hand_in(SimpleUploadedFile(f"{'n' * 150}.xml", long.encode()))
    seller.post(page(run), {"do": "enter"})
    imports.run_due()
    assert outcomes(run) == ["created"]
    right = Right.objects.get()
    for field in (*Right._meta.concrete_fields, *right.trademark._meta.concrete_fields):
        value = getattr(right if field.model is Right else right.trademark, field.attname)
        assert field.max_length is None or len(str(value)) <= field.max_length, field.name
