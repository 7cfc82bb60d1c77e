"""The import command: says what every row would do, then does it, once."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.importers import intake
from market.rights.models import Event, Right
from tests.assets import cn_number
from tests.market.rights.test_offices import ASSIGNED, ST66
from tests.people import credit_code

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "patents"
HEADINGS = "Kind,Number,Title,Holder USCC,Filed on,Granted or registered on,Nice class,Completed on\n"


@pytest.fixture
def portfolio(tmp_path: Path, jida: Party, anne_co: Party) -> Path:
    """A table of jida's: a patent owned with Anne's company, a mark, a program, and two rows that are wrong."""
    rows = [
        f"发明专利,{cn_number(1)},固态电解质,{jida.uscc};{anne_co.uscc},2019-02-08,2021-01-15,,",
        "商标,1590557,长白雪,,2018-03-01,2019-06-07,9,",
        "软件,2014SR001852,仓储系统,,,,,2013-09-01",
        f"发明专利,{cn_number(2)[:-1]}Y,写错的号码,,2019-02-08,,,",
        f"发明专利,{cn_number(3)},没有这个权利人,{credit_code(99)},2019-02-08,,,",
    ]
    file = tmp_path / "portfolio.csv"
    file.write_text(HEADINGS + "\n".join(rows), encoding="utf-8-sig")
    return file


def report(capsys: Any, *arguments: object) -> tuple[int, dict[str, Any]]:
    """Run the command with --json; its exit code and its report."""
    try:
        call_command("import_rights", *map(str, arguments), "--json")
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_a_dry_run_tells_every_row_and_writes_nothing(portfolio: Path, capsys: Any) -> None:
    code, told = report(capsys, portfolio)
    assert code == 1
    assert [(row["row"], row["outcome"]) for row in told["rows"]] == [
        (2, "would create"),
        (3, "would create"),
        (4, "would create"),
        (5, "refused"),
        (6, "refused"),
    ]
    assert all(row["file"] == "portfolio.csv" for row in told["rows"])
    assert told["rows"][3]["reason"]
    assert not Right.objects.exists()


def test_a_file_with_mistakes_is_not_entered_unless_somebody_says_in_part(
    portfolio: Path, jida: Party, anne_co: Party, capsys: Any
) -> None:
    good = portfolio.with_name("good.csv")
    good.write_text(HEADINGS + f"发明专利,{cn_number(9)},整份都对,,2019-02-08,2021-01-15,,", encoding="utf-8")
    code, told = report(capsys, portfolio.parent, "--commit", "--party", jida.code)
    assert (code, told["counts"]) == (1, {"created": 1, "would create": 3, "refused": 2})
    assert Right.objects.get().title == "整份都对"
    code, told = report(capsys, portfolio, "--commit", "--in-part", "--party", jida.code)
    assert (code, told["counts"]) == (1, {"created": 3, "refused": 2})
    patent = Right.objects.get(title="固态电解质")
    assert {(title.holder, title.share_den) for title in patent.titles.all()} == {(jida, 2), (anne_co, 2)}
    assert (patent.state, patent.source) == ("draft", "portfolio.csv")
    code, told = report(capsys, portfolio, "--commit", "--in-part", "--party", jida.code)
    assert told["counts"] == {"exists": 3, "refused": 2}
    assert Right.objects.count() == 4


def test_what_the_office_tells_of_owners_is_kept(tmp_path: Path, jida: Party, li_wei: User, capsys: Any) -> None:
    (tmp_path / "mark.xml").write_text(ST66.replace("</TradeMark>", ASSIGNED.format("ASSIGNS", "1999-08-06"), 1))
    assert report(capsys, tmp_path, "--commit", "--party", jida.code)[0] == 0
    rights.verify(Right.objects.get(), by=li_wei)
    told = Event.objects.get(kind="transfer")
    assert (told.on.isoformat(), told.source) == ("1999-08-06", "mark.xml 2849/0875")


def test_an_unreadable_file_is_named_and_the_others_go_on(portfolio: Path, capsys: Any) -> None:
    (portfolio.parent / "broken.xml").write_text("<us-patent-grant>")
    code, told = report(capsys, portfolio.parent)
    broken = told["rows"][0]
    assert (code, broken["file"], broken["row"], broken["outcome"]) == (1, "broken.xml", 0, "refused")
    assert "broken.xml" in broken["reason"]
    assert told["counts"]["would create"] == 3


def test_the_same_right_in_two_files_is_entered_by_the_first(portfolio: Path, jida: Party, capsys: Any) -> None:
    second = portfolio.with_name("second.csv")
    second.write_bytes(portfolio.read_bytes())
    _code, told = report(capsys, portfolio.parent)
    assert told["counts"] == {"would create": 3, "refused": 4, "exists": 3}


def test_what_will_not_open_or_is_too_large_loses_nothing_else(portfolio: Path, capsys: Any) -> None:
    with (portfolio.parent / "huge.xml").open("wb") as huge:
        huge.truncate(21 * 1024 * 1024)
    (portfolio.parent / "gone.csv").symlink_to(portfolio.parent / "nowhere.csv")
    code, told = report(capsys, portfolio, portfolio.parent / "huge.xml")
    assert (code, told["counts"]) == (1, {"would create": 3, "refused": 3})
    _code, told = report(capsys, portfolio.parent)
    refused = {row["file"] for row in told["rows"] if row["outcome"] == "refused"}
    assert refused == {"huge.xml", "portfolio.csv"}
    assert told["counts"]["would create"] == 3


def test_more_files_than_one_call_takes_are_refused_at_once(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_FILES", 1)
    portfolio.with_name("second.csv").write_bytes(portfolio.read_bytes())
    with pytest.raises(CommandError) as ended:
        call_command("import_rights", str(portfolio.parent))
    assert ended.value.returncode == 2


def test_the_plain_report_is_a_line_a_row_and_a_sum(portfolio: Path, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        call_command("import_rights", str(portfolio))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in lines[:5]] == [["portfolio.csv", str(row)] for row in range(2, 7)]
    assert credit_code(99) in lines[4]
    assert lines[5] == "3 would create, 2 refused"


@pytest.mark.parametrize("arguments", [("nowhere.csv",), ("--commit",), ("--party", "P-NOBODY")])
def test_a_call_that_makes_no_sense_ends_with_two(arguments: tuple[str, ...], portfolio: Path) -> None:
    paths = arguments if arguments[0] == "nowhere.csv" else (str(portfolio), *arguments)
    with pytest.raises(CommandError) as ended:
        call_command("import_rights", *paths)
    assert ended.value.returncode == 2
    assert not Right.objects.exists()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real records is not here")
def test_real_american_grants_are_entered(jida: Party, capsys: Any) -> None:
    code, told = report(capsys, SHARED, "--commit", "--party", jida.code)
    assert (code, told["counts"]) == (0, {"created": 7})
    assert told["unmapped"]["us-patent-grant/description"] == 4
    grant = Right.objects.get(number="US 8,926,509 B2")
    assert grant.title
    assert grant.creators.exists()
    assert grant.expires_on
