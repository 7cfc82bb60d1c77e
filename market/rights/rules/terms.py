"""How long a right lives: the last day each kind is in force, and the days its fees fall due.

A term is counted from a date in the register and never moves off a rest day; a payment period does.
"""

from datetime import date, timedelta

from market.kernel.calendar import months_later, next_working_day

_DAY = timedelta(days=1)
_DESIGN_FIFTEEN_FROM = date(2021, 6, 1)
_US_TWENTY_FROM = date(1995, 6, 8)
_US_DESIGN_FIFTEEN_FROM = date(2015, 5, 13)
_VARIETY_LONGER_FROM = date(2025, 6, 1)
_CN_YEARS = {"invention": 20, "utility": 10, "design": 15}


def last_day(
    kind: str,
    of_type: str,
    office: str,
    *,
    filed_on: date | None,
    granted_on: date | None,
    first_filed_on: date | None = None,
    extension_days: int = 0,
) -> date | None:
    """The last day of a patent of `of_type` or of a trademark, by its office's law. `first_filed_on` is the earliest
    application an American patent continues, where that is not its own.

    None where a date is missing, where the law is not known here, and for copyright, whose term hangs on publication
    and people.
    """
    if kind == "trademark":
        return cn_trademark_last_day(granted_on) if office == "CN" and granted_on else None
    if kind != "patent" or filed_on is None or granted_on is None:
        return None
    if office == "CN":
        return cn_patent_last_day(of_type, filed_on)
    if office == "US" and of_type == "design":
        return us_design_last_day(filed_on, granted_on)
    if office == "US":
        return us_patent_last_day(
            filed_on, granted_on, first_filed_on=first_filed_on or filed_on, extension_days=extension_days
        )
    return ep_patent_last_day(filed_on) if office == "EP" else None


def cn_patent_last_day(of_type: str, filed_on: date) -> date:
    """The last day of a Chinese patent: 20 years from filing for an invention, 10 for a utility model, 15 for a design
    filed since 1 June 2021 and 10 before (专利法 42; 2008 Act art. 42 for older designs).

    The term ends on the anniversary of the filing day, so its eve is the last day. Compensation is added by hand.
    """
    years = _CN_YEARS[of_type]
    if of_type == "design" and filed_on < _DESIGN_FIFTEEN_FROM:
        years = 10
    return months_later(filed_on, 12 * years) - _DAY


def us_patent_last_day(
    filed_on: date, granted_on: date, *, first_filed_on: date | None = None, extension_days: int = 0
) -> date:
    """The last day of a US utility or plant patent: 20 years from the first filing it builds on, plus the adjustment
    (35 USC 154(a)(2), (b)); 17 years from grant where that is later and it was filed itself before 8 June 1995 (154(c)).

    Fees left unpaid or a terminal disclaimer end it earlier: the caller says so.
    """
    last = months_later(first_filed_on or filed_on, 240)
    if filed_on < _US_TWENTY_FROM:
        last = max(last, months_later(granted_on, 204))
    return last + timedelta(days=extension_days)


def us_design_last_day(filed_on: date, granted_on: date) -> date:
    """The last day of a US design: 15 years from grant if filed since 13 May 2015, else 14 (35 USC 173)."""
    return months_later(granted_on, 180 if filed_on >= _US_DESIGN_FIFTEEN_FROM else 168)


def ep_patent_last_day(filed_on: date) -> date:
    """The last day of a European patent: 20 years from filing (EPC 63(1))."""
    return months_later(filed_on, 240)


def cn_trademark_last_day(registered_on: date) -> date:
    """The last day of a Chinese mark's ten years from its registration or its last renewal (商标法 39, 40)."""
    return months_later(registered_on, 120) - _DAY


def cn_trademark_renewal(last_day: date) -> tuple[date, date, date]:
    """When a mark may be renewed: from twelve months before the end, until the end, with grace six months more
    (商标法 40)."""
    return months_later(last_day, -12), last_day, months_later(last_day, 6)


def entity_copyright_last_day(published_on: date | None, completed_on: date) -> date:
    """The last day of a legal entity's, service or audiovisual work: 31 December of the fiftieth year after first
    publication; unpublished for fifty years, after completion (著作权法 23(2), (3); 软件条例 14)."""
    if published_on is None or published_on.year > completed_on.year + 50:
        return date(completed_on.year + 50, 12, 31)
    return date(published_on.year + 50, 12, 31)


def author_copyright_last_day(died_on: date | None) -> date | None:
    """The last day of a person's work: 31 December of the fiftieth year after the death of the (last living) author;
    None while one lives (著作权法 23(1))."""
    return date(died_on.year + 50, 12, 31) if died_on else None


def cn_layout_last_day(filed_on: date, exploited_on: date | None, completed_on: date | None) -> date:
    """The last day of a layout design: ten years from its application or its first commercial use anywhere, whichever
    came first, and never beyond fifteen from its completion (集成电路布图设计保护条例 2001 art. 12).

    Counted as the same office counts a patent's: the eve of the anniversary is the last day.
    """
    begun = min(filed_on, exploited_on or filed_on)
    last = months_later(begun, 120)
    if completed_on:
        last = min(last, months_later(completed_on, 180))
    return last - _DAY


def cn_variety_last_day(growth: str, granted_on: date) -> date:
    """The last day of a plant variety of that growth ("woody" or "other"): 25 or 20 years from its grant; one granted
    before 1 June 2025 has 20 or 15 (植物新品种保护条例 2025; 2014 art. 34).

    Whether the longer term also reaches a variety in force on that day is not decided here: it is entered by hand.
    """
    years = 20 if growth == "woody" else 15
    if granted_on >= _VARIETY_LONGER_FROM:
        years += 5
    return months_later(granted_on, 12 * years) - _DAY


def cn_annuity_due(filed_on: date, year: int) -> date:
    """The day by which the annuity of patent year `year` (2 and up) must be paid: the filing day's anniversary that
    begins it, moved off a rest day (专利法实施细则 2010 art. 98; 审查指南 part 5 chapter 9, 2.2.1).

    A patent filed on 1997-06-03 and granted in its fifth year owes the sixth by 2002-06-03 (the guide's example).
    """
    return next_working_day(months_later(filed_on, 12 * (year - 1)))


def cn_annuity_grace_end(filed_on: date, year: int) -> date:
    """The last day to pay that annuity with a late fee: six months after the anniversary; then the patent lapses
    as from the anniversary (专利法 44; 专利法实施细则 2010 art. 98)."""
    return next_working_day(months_later(filed_on, 12 * (year - 1) + 6))
