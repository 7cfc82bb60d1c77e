"""Whatever these rules and importers refuse is told in a whole sentence: no fact is missing from it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import translation

from market.kernel import calendar
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.rules import uscc
from market.rights.importers.delivery import read_delivery
from market.rights.importers.template import write_template
from market.rights.rules import copyrights, foreign, identifiers, symbols

TODAY = date(2026, 11, 23)
ROWS = """类型,国家或机构,号码,名称,申请日,授权或注册登记日,尼斯分类,类似群,产业,英文名称
特许,,,,,,,,,
发明,,201310699744.2,甲,1/2/13,20270101,,,农业,
发明,,201310699744.2,甲,2013-12-18,2012-01-01,,,,%s
注册商标,,1590557,,,,,,,
注册商标,USA,1590557,乙,,,46,,,
注册商标,,1590557,乙,,,9,2501,,
""" % ("x" * 401)


@pytest.fixture(autouse=True)
def _in_english():
    """The sentences are written in English; the catalogue's own test looks after the Chinese."""
    with translation.override("en"):
        yield


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def told(name: str, data: bytes) -> None:
    """Raise what the first line that gives no right says."""
    for line in read_delivery(name, data, today=TODAY):
        for _column, refused in line.faults:
            raise refused


def xml(text: str) -> Callable[[], object]:
    return lambda: told("a.xml", text.encode())


def table(data: bytes) -> Callable[[], object]:
    return lambda: told("a.csv", data)


def cn(text: str) -> Callable[[], object]:
    return lambda: identifiers.check_cn_application(text, today=TODAY)


REFUSED = [
    lambda: calendar.require_notice(date(2026, 11, 2), date(2026, 11, 9), 7, "拍卖法 45"),
    lambda: uscc("9111"),
    lambda: uscc("91110000600037341M"),
    cn("1E12"),
    cn("20131069974.2"),
    cn("202710215061.3"),
    cn("201310699744.3"),
    lambda: identifiers.check_number("patent", "utility", "CN", "201310699744.2", today=TODAY),
    lambda: identifiers.check_number("patent", "utility", "XX", "201310699744.2", today=TODAY),
    lambda: identifiers.check_cn_publication("CN108665040U"),
    lambda: copyrights.check_copyright("CN", "2019R11L885247", today=TODAY),
    lambda: symbols.check_ipc("G06"),
    lambda: symbols.check_nice("46"),
    lambda: symbols.check_group("2501", 9),
    xml("<"),
    xml("<html/>"),
    xml('<!DOCTYPE a [<!ENTITY b "c">]><us-patent-grant/>'),
    xml("<us-patent-grant/>"),
    table(b" " * (20 * 1024 * 1024 + 1)),
    table(b"%PDF"),
    table(("类型,号码,名称\n" + "发明,1,甲\n" * 20_001).encode()),
    table('类型,号码,名称\n发明,"1,甲'.encode()),
    table(b""),
    table("类型,名称\n发明,甲\n".encode()),
    table("类型,号码,名称,Kind\n发明,1,甲,发明\n".encode()),
    lambda: write_template("ods"),
]


def whole(words: str) -> None:
    assert words.endswith(".")
    assert not any(gap in words for gap in ("“”", "  ", " .", " ,", "()", "%(", "—"))


@pytest.mark.parametrize("act", REFUSED)
def test_a_refusal_is_a_whole_sentence(act: Callable[[], object]) -> None:
    whole(sentence(refusal(act)))


def test_so_is_every_fault_of_a_row() -> None:
    faults = [
        refused for line in read_delivery("a.csv", ROWS.encode(), today=TODAY) for _column, refused in line.faults
    ]
    assert len({refused.code for refused in faults}) >= 8
    for refused in faults:
        whole(sentence(refused))


@pytest.mark.parametrize("reason", ["active", "extent", "bomb"])
def test_so_is_an_unsafe_workbook(reason: str) -> None:
    whole(sentence(Refused("import.unsafe_workbook", name="a.xlsx", reason=reason)))


@pytest.mark.parametrize("reason", ["path", "link", "password", "many", "nested", "damaged", "bomb"])
def test_so_is_an_unsafe_archive(reason: str) -> None:
    whole(sentence(Refused("import.unsafe_archive", name="a.zip", reason=reason, member="b.xml", limit=9)))


@pytest.mark.parametrize(
    "refused",
    [
        *(Refused("import.unsafe_markup", name="a.xml", reason=reason) for reason in ("entities", "deep", "tag")),
        Refused("import.wrong_encoding", name="a.xml", said="UTF-7"),
        Refused("import.status_ended", status="Cancelled."),
        Refused("import.security_named", holder="A Bank", said="SECURITY INTEREST"),
        Refused("import.owner_named", names="Oracle America, Inc."),
    ],
)
def test_so_is_what_an_office_s_file_gives_to_think_of(refused: Refused) -> None:
    whole(sentence(refused))


@pytest.mark.parametrize(
    ("office", "typed"),
    [("EP", "98660050.1"), ("US", "US2008243642A1"), ("US", "60/195,933"), ("DE", "DE102008012345A1")],
)
def test_so_is_a_warning(office: str, typed: str) -> None:
    for warning in foreign.check_foreign(office, typed).warnings:
        whole(sentence(warning))


def test_so_are_the_warnings_about_chinese_numbers() -> None:
    body = "201340000001"
    checks = (
        identifiers.check_cn_application(body + identifiers.cn_check_digit(body), today=TODAY),
        identifiers.check_cn_publication("CN106844774"),
        copyrights.check_copyright("CN", "软著登字第2016SR172900号", today=TODAY),
        copyrights.check_copyright("CN", "作登字:07-2011-F-123", today=TODAY),
    )
    for checked in checks:
        assert checked.warnings
        for warning in checked.warnings:
            whole(sentence(warning))
