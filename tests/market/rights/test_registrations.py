"""Trademark and copyright numbers and classification symbols: every vector of the domain's list."""

from datetime import date
from typing import Any

import pytest

from market.kernel.errors import Refused
from market.rights.models import Copyright, LayoutDesign, Patent, PlantVariety, Right
from market.rights.rules import symbols, taxonomy
from market.rights.rules.copyrights import check_copyright
from market.rights.rules.industries import Suggestion, suggest
from market.rights.rules.trademarks import check_trademark

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1590557", "1590557"),
        ("1682310", "1682310"),
        ("626155", "626155"),
        ("6020569", "6020569"),
        ("G1221382", "G1221382"),
        ("g1221382a", "G1221382A"),
        ("12345678A", "12345678A"),
        ("第 １５９０５５７ 号", "1590557"),
        ("01590557", "1590557"),
    ],
)
def test_a_chinese_trademark(typed: str, number: str) -> None:
    checked = check_trademark("CN", typed)
    assert (checked.key, checked.warnings) == (("CN", number), ())
    assert checked.mark == ("madrid" if number.startswith("G") else "")


@pytest.mark.parametrize("typed", ["", "123456789", "A1234", "G1234", "1590557-9", "12345678ABC", "0000"])
def test_what_is_no_chinese_trademark(typed: str) -> None:
    with pytest.raises(Refused, match=r"right\.number_format"):
        check_trademark("CN", typed)


@pytest.mark.parametrize(
    ("office", "typed", "display"),
    [
        ("US", "2178784", "US 2,178,784"),
        ("US", "76/044,902", "US 76/044,902"),
        ("US", "76044902", "US 76/044,902"),
        ("EM", "018123456", "EM 018123456"),
    ],
)
def test_a_foreign_trademark(office: str, typed: str, display: str) -> None:
    assert check_trademark(office, typed).display == display


@pytest.mark.parametrize(("office", "typed"), [("US", "123"), ("EM", "AB"), ("JP", "??1234")])
def test_what_is_no_foreign_trademark(office: str, typed: str) -> None:
    with pytest.raises(Refused, match=r"right\.number_format"):
        check_trademark(office, typed)


@pytest.mark.parametrize(
    ("typed", "number", "kind", "mark", "warnings"),
    [
        ("软著登字第0650314号", "软著登字第0650314号", "software", "certificate", []),
        ("软著登字第 0671096 号", "软著登字第0671096号", "software", "certificate", []),
        ("软著登字第4317518号", "软著登字第4317518号", "software", "certificate", []),
        ("软著登字第15980140号", "软著登字第15980140号", "software", "certificate", []),
        ("软著登字第16069171号", "软著登字第16069171号", "software", "certificate", []),
        ("2014SR001852", "2014SR001852", "software", "registration", []),
        ("2016ｓｒ172900", "2016SR172900", "software", "registration", []),
        ("软著登字第2016SR172900号", "2016SR172900", "software", "registration", ["right.copyright_mixed"]),
        ("国作登字-2026-A-00037559", "国作登字-2026-A-00037559", "work", "A", []),
        ("国作登字－2021－A－01233328", "国作登字-2021-A-01233328", "work", "A", []),
        ("吉作登字-2020-F-00012345", "吉作登字-2020-F-00012345", "work", "F", []),
        (
            "作登字：（07）-（2011）-（F）-（123）",
            "作登字:07-2011-F-123",
            "work",
            "F",
            ["right.copyright_old_form"],
        ),
    ],
)
def test_a_chinese_copyright(typed: str, number: str, kind: str, mark: str, warnings: list[str]) -> None:
    checked = check_copyright("CN", typed, today=TODAY)
    assert (checked.key, checked.type, checked.mark) == (("CN", number), kind, mark)
    assert [warning.code for warning in checked.warnings] == warnings


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2019R11L885247", "right.copyright_receipt"),
        ("软著登字第065号", "right.number_format"),
        ("软著登字0650314", "right.number_format"),
        ("国作登字-2026-Z-00037559", "right.number_format"),
        ("洋作登字-2026-A-00037559", "right.number_format"),
        ("国作登字-2026-A-0037559", "right.number_format"),
        ("国作登字-2027-A-00037559", "right.number_year"),
        ("2027SR001852", "right.number_year"),
        ("", "right.number_format"),
    ],
)
def test_what_is_no_chinese_copyright(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_copyright("CN", typed, today=TODAY)
    assert refused.value.code == code


def test_foreign_copyrights_pass_with_less() -> None:
    assert check_copyright("US", "R612771", today=TODAY).display == "US R612771"
    assert check_copyright("US", "TX 8-123-456".replace("-", ""), today=TODAY).key == ("US", "TX8123456")
    assert [w.code for w in check_copyright("JP", "P第1234号", today=TODAY).warnings] == ["right.office_unchecked"]
    with pytest.raises(Refused):
        check_copyright("US", "12345", today=TODAY)


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [
        ("G06K19/06", "G06K 19/06"),
        ("H04B 7/04", "H04B 7/04"),
        ("G01S19/42", "G01S 19/42"),
        ("H04N1/21", "H04N 1/21"),
        ("C07D 487/04", "C07D 487/04"),
        ("G06F015/00", "G06F 15/00"),
        ("Ａ６１Ｂ　５／０２０５", "A61B 5/0205"),
        ("h01m 10/0525 (2010.01)", "H01M 10/0525"),
    ],
)
def test_an_ipc_symbol(typed: str, symbol: str) -> None:
    assert symbols.check_ipc(typed) == symbol


@pytest.mark.parametrize(
    "typed", ["I04B7/04", "G06K19-06", "G6K19/06", "G06K19/6", "Y02T10/70", "G06", "", "H00B7/04", "H04B0/04"]
)
def test_what_is_no_ipc_symbol(typed: str) -> None:
    with pytest.raises(Refused, match=r"right\.symbol_format"):
        symbols.check_ipc(typed)


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [
        ("Y02T10/70", "Y02T 10/70"),
        ("B60L50/60", "B60L 50/60"),
        ("G06Q30/08", "G06Q 30/08"),
        ("A61K2300/00", "A61K 2300/00"),
    ],
)
def test_a_cpc_symbol(typed: str, symbol: str) -> None:
    assert symbols.check_cpc(typed) == symbol


def test_designs_and_figures() -> None:
    assert symbols.check_locarno("14-02") == "14-02"
    assert symbols.check_vienna("03.01.02") == "03.01.02"
    for wrong in ("33-01", "14-00", "11-", "1402"):
        with pytest.raises(Refused, match=r"right\.symbol_format"):
            symbols.check_locarno(wrong)
    with pytest.raises(Refused):
        symbols.check_vienna("3")


@pytest.mark.parametrize(("typed", "nice"), [("9", 9), (45, 45), ("009", 9), ("第 9 类", 9), ("３５", 35)])
def test_a_nice_class(typed: str | int, nice: int) -> None:
    assert symbols.check_nice(typed) == nice


@pytest.mark.parametrize("typed", ["0", "46", "", "IX", "-1", 0, "0009"])
def test_what_is_no_nice_class(typed: str | int) -> None:
    with pytest.raises(Refused, match=r"right\.nice_class"):
        symbols.check_nice(typed)


def test_a_similarity_group_belongs_to_its_class() -> None:
    assert symbols.check_group("0901", 9) == "0901"
    assert symbols.check_group("2501", 25) == "2501"
    with pytest.raises(Refused, match=r"right\.group_class"):
        symbols.check_group("2501", 9)
    for wrong in ("901", "4601", "0001", "09011"):
        with pytest.raises(Refused, match=r"right\.symbol_format"):
            symbols.check_group(wrong, 9)


@pytest.mark.parametrize(
    ("symbol", "industry"),
    [
        ("A61K 31/00", "biomedicine"),
        ("C12N 15/09", "biochemicals"),
        ("G06F 17/00", "electronics"),
        ("C07D 307/91", "materials"),
        ("H01M 10/0525", "energy"),
        ("H01M 10/613", "vehicles"),
        ("B60L 50/60", "vehicles"),
        ("B60K 6/20", "vehicles"),
        ("B60K 11/00", "equipment"),
        ("B62D 21/00", "equipment"),
        ("C02F 1/00", "environment"),
        ("G10H 1/00", "culture"),
        ("G06Q 50/14", "tourism"),
        ("G06Q 30/08", "electronics"),
        ("A23L 2/00", None),
    ],
)
def test_a_symbol_suggests_an_industry(symbol: str, industry: str | None) -> None:
    assert taxonomy.suggest_industry(symbol) == industry


@pytest.mark.parametrize(
    ("kind", "given", "industry", "by", "because"),
    [
        ("patent", {"symbols": ("A23L 2/00", "H01M 10/613", "G06Q 30/08")}, "vehicles", "symbol", "H01M 10/613"),
        ("patent", {"symbols": ("14-02",)}, None, "", ""),
        ("trademark", {"nice_class": 5}, "biomedicine", "nice", "5"),
        ("trademark", {"nice_class": 39}, "tourism", "nice", "39"),
        ("trademark", {"nice_class": 30}, None, "", ""),
        ("copyright", {"of_type": "software"}, "electronics", "work", "software"),
        ("copyright", {"of_type": "graphic"}, None, "", ""),
        ("ic_layout", {}, "electronics", "kind", "ic_layout"),
        ("plant_variety", {"of_type": "woody"}, None, "", ""),
    ],
)
def test_an_industry_is_suggested_with_what_points_to_it(
    kind: str, given: dict[str, Any], industry: str | None, by: str, because: str
) -> None:
    expected = Suggestion(industry, by, because) if industry else None
    assert suggest(kind, **given) == expected


def test_every_suggestion_is_one_of_the_ten() -> None:
    found = [suggest("trademark", nice_class=number) for number in range(1, 46)]
    found += [suggest("copyright", of_type=work) for work in taxonomy.WORK_KINDS]
    assert {one.industry for one in found if one} <= set(taxonomy.INDUSTRIES)


def test_the_lists_are_whole() -> None:
    assert list(taxonomy.INDUSTRIES) == Right.Industry.values
    assert list(taxonomy.RIGHT_KINDS) == Right.Kind.values
    assert list(taxonomy.PATENT_TYPES) == Patent.Type.values
    assert list(taxonomy.WORK_KINDS) == Copyright.Work.values
    assert list(taxonomy.CIRCUIT_FUNCTIONS) == LayoutDesign.Function.values
    assert list(taxonomy.GROWTHS) == PlantVariety.Growth.values
    assert list(taxonomy.ECONOMIC_RIGHTS.values()) == list(range(5, 18))
