"""How long rights live, by the examples of the statutes and of the office's guide."""

from datetime import date

import pytest

from market.rights.rules import terms


@pytest.mark.parametrize(
    ("kind", "filed_on", "last"),
    [
        ("invention", date(2013, 12, 18), date(2033, 12, 17)),
        ("utility", date(1999, 9, 6), date(2009, 9, 5)),
        ("design", date(2021, 5, 31), date(2031, 5, 30)),
        ("design", date(2021, 6, 1), date(2036, 5, 31)),
        ("invention", date(2004, 2, 29), date(2024, 2, 28)),
        ("utility", date(2016, 2, 29), date(2026, 2, 27)),
    ],
)
def test_a_chinese_patent_ends_before_the_anniversary_of_filing(kind: str, filed_on: date, last: date) -> None:
    assert terms.cn_patent_last_day(kind, filed_on) == last


def test_an_american_patent_ends_twenty_years_after_its_first_filing_with_adjustment() -> None:
    assert terms.us_patent_last_day(date(2008, 6, 5), date(2015, 1, 6)) == date(2028, 6, 5)
    assert terms.us_patent_last_day(date(2008, 6, 5), date(2015, 1, 6), extension_days=605) == date(2030, 1, 31)


def test_an_old_american_patent_has_the_longer_of_two_terms() -> None:
    assert terms.us_patent_last_day(date(1994, 1, 3), date(1999, 3, 2)) == date(2016, 3, 2)
    assert terms.us_patent_last_day(date(1994, 1, 3), date(1995, 3, 7)) == date(2014, 1, 3)
    late = terms.us_patent_last_day(date(1996, 1, 3), date(1999, 3, 2), first_filed_on=date(1994, 1, 3))
    assert late == date(2014, 1, 3)


def test_designs_and_european_patents() -> None:
    assert terms.us_design_last_day(date(2015, 5, 12), date(2016, 3, 1)) == date(2030, 3, 1)
    assert terms.us_design_last_day(date(2015, 5, 13), date(2016, 3, 1)) == date(2031, 3, 1)
    assert terms.ep_patent_last_day(date(2003, 4, 1)) == date(2023, 4, 1)


def test_a_mark_lives_ten_years_and_is_renewed_around_the_end() -> None:
    last = terms.cn_trademark_last_day(date(2015, 3, 28))
    assert last == date(2025, 3, 27)
    assert terms.cn_trademark_renewal(last) == (date(2024, 3, 27), last, date(2025, 9, 27))


def test_copyright_runs_to_the_end_of_the_fiftieth_year() -> None:
    assert terms.entity_copyright_last_day(date(2014, 1, 2), date(2013, 6, 1)) == date(2064, 12, 31)
    assert terms.entity_copyright_last_day(None, date(2013, 6, 1)) == date(2063, 12, 31)
    assert terms.entity_copyright_last_day(date(2064, 1, 1), date(2013, 6, 1)) == date(2063, 12, 31)
    assert terms.author_copyright_last_day(date(1976, 9, 9)) == date(2026, 12, 31)
    assert terms.author_copyright_last_day(None) is None


def test_annuities_fall_due_on_the_anniversary() -> None:
    assert terms.cn_annuity_due(date(1997, 6, 3), 6) == date(2002, 6, 3)
    assert terms.cn_annuity_due(date(2020, 10, 3), 7) == date(2026, 10, 8)  # moved off the National Day holiday
    assert terms.cn_annuity_grace_end(date(2020, 4, 3), 7) == date(2026, 10, 8)
    assert terms.cn_annuity_due(date(2020, 2, 29), 2) == date(2021, 3, 1)  # 28 February 2021 is a Sunday


@pytest.mark.parametrize(
    ("kind", "of_type", "office", "filed_on", "granted_on", "last"),
    [
        ("patent", "invention", "CN", date(2013, 12, 18), date(2015, 6, 3), date(2033, 12, 17)),
        ("patent", "invention", "US", date(2008, 6, 5), date(2015, 1, 6), date(2028, 6, 5)),
        ("patent", "design", "US", date(2015, 5, 13), date(2016, 3, 1), date(2031, 3, 1)),
        ("patent", "invention", "EP", date(2003, 4, 1), date(2008, 1, 2), date(2023, 4, 1)),
        ("trademark", "", "CN", None, date(2015, 3, 28), date(2025, 3, 27)),
        ("trademark", "", "US", None, date(2015, 3, 28), None),
        ("patent", "invention", "CN", date(2013, 12, 18), None, None),
        ("copyright", "software", "CN", date(2013, 12, 18), date(2014, 1, 1), None),
        ("patent", "invention", "JP", date(2013, 12, 18), date(2014, 1, 1), None),
    ],
)
def test_one_door_to_the_last_day(
    kind: str, of_type: str, office: str, filed_on: date | None, granted_on: date | None, last: date | None
) -> None:
    assert terms.last_day(kind, of_type, office, filed_on=filed_on, granted_on=granted_on) == last
