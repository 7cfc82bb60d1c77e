"""Numbers of rights: every vector of the domain's list, and the slips people make."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import Refused
from market.rights.rules import foreign, identifiers
from market.rights.rules.identifiers import check_cn_application, check_cn_publication, check_number

TODAY = date(2026, 11, 23)


def codes(checked: object) -> list[str]:
    return [warning.code for warning in checked.warnings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "number", "kind"),
    [
        ("201310699744.2", "201310699744.2", "invention"),
        ("2013106997442", "201310699744.2", "invention"),
        ("ZL 2013 1 0699744.2", "201310699744.2", "invention"),
        ("ＣＮ２０１３１０６９９７４４．２", "201310699744.2", "invention"),
        ("zl201310699744。2", "201310699744.2", "invention"),
        ("CNZL201310699744.2", "201310699744.2", "invention"),
        ("201710601862.3", "201710601862.3", "invention"),
        ("97101765.4", "97101765.4", "invention"),
        ("95115608.x", "95115608.X", "invention"),
        ("90101673X", "90101673.X", "invention"),
        ("201710215061.3", "201710215061.3", "invention"),
        ("202110290092.1", "202110290092.1", "invention"),
        ("201610920041.1", "201610920041.1", "invention"),
        ("201910776137.9", "201910776137.9", "invention"),
        ("202111592491.X", "202111592491.X", "invention"),
        ("201110144387.4", "201110144387.4", "invention"),
        ("00814037.5", "00814037.5", "invention"),
        ("01800565.9", "01800565.9", "invention"),
        ("201380073341.5", "201380073341.5", "invention"),
        ("201822024938.3", "201822024938.3", "utility"),
        ("200820185283.1", "200820185283.1", "utility"),
        ("2019218980500", "201921898050.0", "utility"),
        ("201430009113.9", "201430009113.9", "design"),
        ("01319523.9", "01319523.9", "design"),
        ("200930193487.X", "200930193487.X", "design"),
        ("97248479.5", "97248479.5", "utility"),
        ("94192386.X", "94192386.X", "invention"),
        ("02139508.X", "02139508.X", "invention"),
        ("201010137731.2", "201010137731.2", "invention"),
        ("CN201710117081.7", "201710117081.7", "invention"),
        ("CN201610311380.X", "201610311380.X", "invention"),
        ("CN201730033448.8", "201730033448.8", "design"),
    ],
)
def test_a_chinese_application_number(typed: str, number: str, kind: str) -> None:
    checked = check_cn_application(typed, today=TODAY)
    assert (checked.key, checked.display, checked.type, codes(checked)) == (("CN", number), number, kind, [])


@pytest.mark.parametrize(
    ("typed", "expected", "got"),
    [
        ("201310699744.3", "2", "3"),
        ("201310699744.X", "2", "X"),
        ("97101765.5", "4", "5"),
        ("03100263.7", "3", "7"),  # a Hong Kong number
        ("200480042117.6", "0", "6"),
    ],
)
def test_a_wrong_check_digit_is_refused_with_the_right_one(typed: str, expected: str, got: str) -> None:
    with pytest.raises(Refused) as refused:
        check_cn_application(typed, today=TODAY)
    assert refused.value.code == "right.check_digit"
    assert (refused.value.facts["expected"], refused.value.facts["got"]) == (expected, got)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("20131069974.2", "right.number_format"),
        ("", "right.number_format"),
        ("ZL", "right.number_format"),
        ("201310699744.22", "right.number_format"),
        ("2013-10699744.2", "right.number_format"),
        ("٢٠١٣١٠٦٩٩٧٤٤.٢", "right.number_format"),
        ("US201310699744.2", "right.number_format"),
        ("198512345678.1", "right.number_year"),  # twelve digits before 2003
        ("84101765.4", "right.number_year"),
        ("04101765.4", "right.number_year"),
        ("202710215061.3", "right.number_year"),
        ("2.0131069974E+12", "right.number_damaged"),
        ("2E12", "right.number_damaged"),
    ],
)
def test_what_is_no_chinese_application_number(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_cn_application(typed, today=TODAY)
    assert refused.value.code == code


def test_a_reserved_kind_digit_warns_and_passes() -> None:
    body = "201340000001"
    checked = check_cn_application(body + identifiers.cn_check_digit(body), today=TODAY)
    assert (codes(checked), checked.type) == (["right.kind_reserved"], "")


def test_2003_has_both_forms() -> None:
    short, long = "03100001", "200310000001"
    for body in (short, long):
        number = check_cn_application(body + identifiers.cn_check_digit(body), today=TODAY).key.number
        assert identifiers.cn_filing_year(number) == 2003


@given(st.integers(2003, 2026), st.sampled_from("12389"), st.integers(0, 9_999_999), st.integers(0, 11), st.data())
def test_every_single_digit_slip_is_found(year: int, kind: str, serial: int, place: int, data: st.DataObject) -> None:
    body = f"{year}{kind}{serial:07}"
    number = f"{body}.{identifiers.cn_check_digit(body)}"
    assert check_cn_application(number, today=TODAY).display == number
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[place]))
    with pytest.raises(Refused):
        check_cn_application(number[:place] + other + number[place + 1 :], today=TODAY)


@pytest.mark.parametrize(
    ("typed", "display", "kind", "mark"),
    [
        ("CN1756362A", "CN1756362A", "invention", "A"),
        ("CN2238431Y", "CN2238431Y", "utility", "Y"),
        ("CN108665040A", "CN108665040A", "invention", "A"),
        ("CN 112926714 B", "CN112926714B", "invention", "B"),
        ("cn209204668u", "CN209204668U", "utility", "U"),
        ("CN105075142B", "CN105075142B", "invention", "B"),
        ("CN304218960S", "CN304218960S", "design", "S"),
        ("CN102285377A8", "CN102285377A8", "invention", "A8"),
        ("CN1378750C3", "CN1378750C3", "invention", "C3"),
        ("CN3141592D", "CN3141592D", "design", "D"),
    ],
)
def test_a_chinese_publication_number(typed: str, display: str, kind: str, mark: str) -> None:
    checked = check_cn_publication(typed)
    assert (checked.display, checked.type, checked.mark, checked.warnings) == (display, kind, mark, ())


def test_a_publication_number_without_its_kind_code_warns() -> None:
    assert codes(check_cn_publication("CN106844774")) == ["right.no_kind_code"]


@pytest.mark.parametrize(
    "typed", ["CN10866504A", "CN108665040A7", "CN108665040U7", "CN408665040A", "108665040A", "CN1086650400A"]
)
def test_what_is_no_chinese_publication_number(typed: str) -> None:
    with pytest.raises(Refused, match=r"right\.number_format"):
        check_cn_publication(typed)


@pytest.mark.parametrize("typed", ["CN208665040A", "CN108665040U", "CN209204668S", "CN304218960B"])
def test_first_digit_and_kind_code_must_agree(typed: str) -> None:
    with pytest.raises(Refused, match=r"right\.publication_kind"):
        check_cn_publication(typed)


@pytest.mark.parametrize(
    ("office", "typed", "number", "display"),
    [
        ("US", "12/059,685", "12/059685", "US 12/059,685"),
        ("US", "09/839,969", "09/839969", "US 09/839,969"),
        ("US", "10/778449", "10/778449", "US 10/778,449"),
        ("US", "US20080243642A1", "20080243642", "US 2008/0243642 A1"),
        ("US", "US20020002524A1", "20020002524", "US 2002/0002524 A1"),
        ("US", "US 2015/0019364 A1", "20150019364", "US 2015/0019364 A1"),
        ("US", "US8145555B2", "8145555", "US 8,145,555 B2"),
        ("US", "US7456511B1", "7456511", "US 7,456,511 B1"),
        ("US", "7,149,251", "7149251", "US 7,149,251"),
        ("US", "US06859910B2", "6859910", "US 6,859,910 B2"),
        ("US", "USD0435854S1", "D435854", "US D435,854 S1"),
        ("US", "USD435,854 S", "D435854", "US D435,854 S"),
        ("US", "USPP12345P3", "PP12345", "US PP12,345 P3"),
        ("US", "RE38014E1", "RE38014", "US RE38,014 E1"),
        ("EP", "98660050.0", "98660050.0", "EP 98660050.0"),
        ("EP", "00957359.3", "00957359.3", "EP 00957359.3"),
        ("EP", "01902442.1", "01902442.1", "EP 01902442.1"),
        ("EP", "EP1252591A2", "1252591", "EP 1252591 A2"),
        ("EP", "EP0884911", "0884911", "EP 0884911"),
        ("EP", "EP2003465A3", "2003465", "EP 2003465 A3"),
        ("JP", "JP2008-101068", "2008-101068", "JP 2008-101068"),
        ("JP", "特願2008-101068", "2008-101068", "JP 2008-101068"),
        ("JP", "JP2008-178149(A)", "2008178149", "JP 2008-178149 A"),
        ("JP", "特開２００８－１７８１４９号", "2008178149", "JP 2008-178149 A"),
        ("JP", "JP2008178149A", "2008178149", "JP 2008-178149 A"),
        ("JP", "特開平10-123456", "1998123456", "JP 1998-123456 A"),
        ("JP", "JPH10123456A", "1998123456", "JP 1998-123456 A"),
        ("JP", "特願昭63-1234", "1988-001234", "JP 1988-001234"),
        ("JP", "特許第4567890号", "4567890", "JP 4567890"),
        ("JP", "JP4567890B2", "4567890", "JP 4567890 B2"),
        ("WO", "PCT/CN2013/000353", "CN2013/000353", "PCT/CN2013/000353"),
        ("WO", "PCT/US2000/006846", "US2000/006846", "PCT/US2000/006846"),
        ("WO", "PCT/EP98/01234", "EP1998/001234", "PCT/EP1998/001234"),
        ("WO", "WO2014153681A1", "2014153681", "WO 2014/153681 A1"),
        ("WO", "WO2000055791A2", "2000055791", "WO 2000/055791 A2"),
        ("WO", "WO 98/12345", "1998012345", "WO 1998/012345"),
        ("WO", "WO 03/012345", "2003012345", "WO 2003/012345"),
        ("KR", "10-2008-0012345", "10-2008-0012345", "KR 10-2008-0012345"),
        ("KR", "KR1020080012345A", "20080012345", "KR 10-2008-0012345 A"),
        ("KR", "KR10-1234567B1", "10-1234567", "KR 10-1234567 B1"),
        ("TW", "TWM324206U", "M324206", "TW M324206 U"),
        ("TW", "TWI123456B", "I123456", "TW I123456 B"),
        ("HK", "03100263.7", "03100263.7", "HK 03100263.7"),
    ],
)
def test_a_foreign_number_has_one_form(office: str, typed: str, number: str, display: str) -> None:
    checked = foreign.check_foreign(office, typed)
    assert (checked.key, checked.display, codes(checked)) == ((office, number), display, [])


@pytest.mark.parametrize(
    ("office", "typed", "warning"),
    [
        ("EP", "98660050.1", "right.foreign_check_digit"),
        ("US", "US2008243642A1", "right.zero_restored"),
        ("US", "60/195,933", "right.provisional_number"),
        ("DE", "DE102008012345A1", "right.office_unchecked"),
    ],
)
def test_foreign_oddities_warn_and_pass(office: str, typed: str, warning: str) -> None:
    assert codes(foreign.check_foreign(office, typed)) == [warning]


def test_the_two_spellings_of_a_publication_with_a_lost_zero_are_one_number() -> None:
    assert foreign.check_foreign("US", "US2008243642A1").key == foreign.check_foreign("US", "US20080243642A1").key


@pytest.mark.parametrize(
    ("office", "typed"),
    [
        ("US", "US123"),
        ("US", "US7,14,251"),
        ("US", "US20080243642B2"),
        ("US", "EP1252591A2"),
        ("US", "D000000"),
        ("EP", "EP12525A2"),
        ("EP", "9866005.0"),
        ("JP", "JP20-101068"),
        ("JP", "特開平2008-178149"),
        ("JP", "JP20081781A"),
        ("WO", "PCT/CN13/000353"),
        ("WO", "PCT/C2013/000353"),
        ("WO", "WO20141536A1"),
        ("KR", "11-2008-0012345"),
        ("TW", "X123456"),
        ("HK", "HK12"),
        ("DE", "DE"),
        ("DE", "DE??12345"),
    ],
)
def test_what_no_foreign_office_writes(office: str, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        foreign.check_foreign(office, typed)
    assert refused.value.code == "right.number_format"
    assert refused.value.facts["example"]


@pytest.mark.parametrize(
    ("typed", "office"),
    [
        ("ZL201310699744.2", "CN"),
        ("US8145555B2", "US"),
        ("PCT/CN2013/000353", "WO"),
        ("EP0884911", "EP"),
        ("1590557", "CN"),
    ],
)
def test_a_prefix_names_its_office(typed: str, office: str) -> None:
    assert identifiers.office_of_patent(typed) == office


def test_one_door_knows_which_number_it_is() -> None:
    assert check_number("patent", "invention", "CN", "CN108665040A", today=TODAY).mark == "A"
    assert check_number("patent", "invention", "CN", "ZL201310699744.2", today=TODAY).display == "201310699744.2"
    assert check_number("trademark", "", "CN", "1590557", today=TODAY).key == ("CN", "1590557")
    assert check_number("copyright", "software", "CN", "2014SR001852", today=TODAY).type == "software"
    assert check_number("copyright", "artistic", "CN", "吉作登字-2020-F-00012345", today=TODAY).type == "work"
    assert check_number("patent", "invention", "US", "7,149,251", today=TODAY).key == ("US", "7149251")
    assert identifiers.cn_patent_number("201310699744.2") == "ZL201310699744.2"


@pytest.mark.parametrize(
    ("kind", "of_type", "office", "typed", "code"),
    [
        ("patent", "utility", "CN", "201310699744.2", "right.kind_mismatch"),
        ("copyright", "software", "CN", "国作登字-2021-A-01233328", "right.kind_mismatch"),
        ("copyright", "artistic", "CN", "2014SR001852", "right.kind_mismatch"),
        ("patent", "invention", "XX", "123456", "right.office_unknown"),
    ],
)
def test_a_number_of_another_kind_or_nowhere_is_refused(
    kind: str, of_type: str, office: str, typed: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        check_number(kind, of_type, office, typed, today=TODAY)
    assert refused.value.code == code
