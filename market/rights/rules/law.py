"""The law as data: every provision a rule stands on, in the dated versions that were or will be in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

ANY = ""  # the variant of a provision that holds for every kind of right


@dataclass(frozen=True, slots=True)
class Provision:
    """One version of a provision: the law, the place in it (an article, "第5章", or "" where the whole law is meant), and
    the first and last day it is in force (None: no end is known)."""

    law: str
    place: str
    valid_from: date
    valid_to: date | None = None

    def __str__(self) -> str:
        return f"{self.law} {self.place}".rstrip()


Versions = tuple[Provision, ...]


def in_force(versions: Sequence[Provision], on: date) -> Provision:
    """The version in force on the day `on`; before the first one kept here, the first one."""
    begun = [version for version in versions if version.valid_from <= on]
    return max(begun, key=lambda version: version.valid_from) if begun else versions[0]


def cite(ground: str, variant: str, on: date) -> Provision:
    """The provision a rule stands on: by its `ground`, for a kind of right (or of sale), on the day `on`."""
    variants = GROUNDS[ground]
    return in_force(variants.get(variant) or variants[ANY], on)


# When the version of each law that is cited by article took effect. A law that changes has more than one line below.
_SINCE: Mapping[str, date] = {
    "专利法": date(2021, 6, 1),
    "专利法实施细则": date(2024, 1, 20),
    "专利权质押登记办法": date(2021, 11, 15),
    "商标法": date(2019, 11, 1),
    "商标法（2026）": date(2027, 1, 1),
    "商标法实施条例": date(2014, 5, 1),
    "著作权法": date(2021, 6, 1),
    "计算机软件保护条例": date(2013, 3, 1),
    "民法典": date(2021, 1, 1),
    "民事诉讼法": date(2024, 1, 1),
    "技术合同解释": date(2021, 1, 1),
    "拍卖法": date(2015, 4, 24),
    "法释〔2016〕18号": date(2017, 1, 1),
    "产权交易所网络竞价规则": date.min,  # each exchange's own, so that no one day is theirs
    "公司法": date(2024, 7, 1),
    "促进科技成果转化法": date(2015, 10, 1),
    "国发〔2016〕16号": date(2016, 2, 26),
    "技术进出口管理条例": date(2020, 11, 29),
    "企业国有资产法": date(2009, 5, 1),
    "企业国有资产交易监督管理办法": date(2016, 6, 24),
    "集成电路布图设计保护条例": date(2001, 10, 1),
    "集成电路布图设计保护条例（2026）": date(2026, 10, 15),
    "植物新品种保护条例": date(2014, 7, 29),
    "植物新品种保护条例（2025）": date(2025, 6, 1),
    "国资发产权规〔2024〕8号": date(2024, 1, 30),
}


def _now(law: str, place: str) -> Versions:
    return (Provision(law, place, _SINCE[law]),)


def _then(law: str, place: str, later: str, place_later: str) -> Versions:
    """A provision and the one that took its place on the day the law `later` came into force."""
    begins = _SINCE[later]
    last = date.fromordinal(begins.toordinal() - 1)
    return (Provision(law, place, _SINCE[law], last), Provision(later, place_later, begins))


def _mark(old: str, new: str) -> Versions:
    """A provision on marks: the article of the law of 2019, and the chapter of the law in force from 1 January 2027."""
    return _then("商标法", old, "商标法（2026）", new)


def _layout(old: str) -> Versions:
    """A provision on layout designs: the article of 2001; the regulations in force from 15 October 2026 as a whole."""
    return _then("集成电路布图设计保护条例", old, "集成电路布图设计保护条例（2026）", "")


def _variety(old: str) -> Versions:
    """A provision on plant varieties: the article of 2014; the regulations in force from 1 June 2025 as a whole."""
    return _then("植物新品种保护条例", old, "植物新品种保护条例（2025）", "")


def _rule_of_2010(old: str, new: str) -> Versions:
    """A provision of the implementing regulations: the rule of 2010 and, from 20 January 2024, that of 2023."""
    begins = _SINCE["专利法实施细则"]
    last = date.fromordinal(begins.toordinal() - 1)
    return (Provision("专利法实施细则（2010）", old, date(2010, 2, 1), last), Provision("专利法实施细则", new, begins))


Variants = Mapping[str, Versions]


def _all(law: str, place: str) -> Variants:
    return {ANY: _now(law, place)}


def _kinds(
    patent: Versions, trademark: Versions, copyright: Versions, layout: Versions = (), variety: Versions = ()
) -> Variants:
    """A provision by the kind of right; a layout design and a variety have the patent's where none of theirs is named."""
    own = {"patent": patent, "trademark": trademark, "copyright": copyright}
    return {ANY: patent, **own, "ic_layout": layout or patent, "plant_variety": variety or patent}


# The numbering of the Trademark Law of 2026 inside its chapters is not cited: only that chapter 5 holds renewal,
# change, transfer and licence is certain. Of the regulations on varieties (2025) and on layout designs (2026) only the
# day they took effect was at hand, so they are cited whole.
# Who may not dispose of a right may not consign it (拍卖法 6). 民事诉讼法 106 (seized and frozen property) and 商标法 47
# (an invalidated mark counts as never registered) were read in published texts of the laws.
GROUNDS: Mapping[str, Variants] = {
    "host": _all("拍卖法", "10-16"),
    "notice": {
        **_all("拍卖法", "45"),
        "judicial_online": _now("法释〔2016〕18号", "12"),
        "exchange_dynamic": _now("产权交易所网络竞价规则", ""),
    },
    "display": _all("拍卖法", "48"),
    "reserve": _all("拍卖法", "50"),
    "reserve_secret": _all("拍卖法", "28"),
    "arm_length": _all("拍卖法", "22, 30"),
    "bid_stands": _all("拍卖法", "36"),
    "withdrawal": _all("拍卖法", "29"),
    "record": _all("拍卖法", "52-53"),
    "archive": _all("拍卖法", "54"),
    "commission": _all("拍卖法", "56"),
    "default": _all("拍卖法", "39"),
    "priority": _all("法释〔2016〕18号", "19-21"),
    "extension": _all("法释〔2016〕18号", "20"),
    "deposits": _all("法释〔2016〕18号", "23"),
    "second_sale": _all("法释〔2016〕18号", "26"),
    "passes": _kinds(_now("专利法", "10"), _mark("42", "第5章"), _now("著作权法", "27"), _layout("22"), _variety("9")),
    "co_owner": _kinds(_now("专利法", "14"), _mark("5", ""), _now("著作权法", "14"), _layout("10"), _variety("7")),
    "pledge": _all("民法典", "444"),
    "pledge_again": _kinds(
        _now("专利权质押登记办法", ""),
        _now("商标法实施条例", "70"),
        _now("著作权法", "28"),
        _now("民法典", "444"),
        _now("民法典", "444"),
    ),
    "freeze": _kinds(_rule_of_2010("86-87", "103-105"), *(4 * (_now("民事诉讼法", "106"),))),
    "dispute": _kinds(
        _rule_of_2010("86", "103"), _now("拍卖法", "6"), _now("拍卖法", "6"), _now("民法典", "870, 876"), _variety("43")
    ),
    "lapsed": _kinds(_now("专利法", "44"), _mark("40", "第5章"), _now("著作权法", "23"), _layout("13"), _variety("36")),
    "invalidated": _kinds(_now("专利法", "47"), _mark("47", ""), _now("著作权法", "12"), _layout("20"), _variety("37")),
    "term": _kinds(
        _now("专利法", "42"), _mark("39-40", "第5章"), _now("著作权法", "22-23"), _layout("12"), _variety("34")
    ),
    "annuity": _all("专利法", "44"),
    "disclosure": _all("拍卖法", "27"),
    "closure": {ANY: _mark("42", "第5章")},
    "matrix": _all("著作权法", "10"),
    "reserved": _all("著作权法", "29"),
    "licence_filing": _kinds(_rule_of_2010("14", "15"), _mark("43", "第5章"), _now("著作权法", "26")),
    "licence_survives": _kinds(_now("技术合同解释", "24"), _mark("43", "第5章"), _now("技术合同解释", "24")),
    "licence_term": _kinds(
        _now("民法典", "865"),
        _mark("39-40", "第5章"),
        _now("著作权法", "22-23"),
        _now("民法典", "865, 876"),
        _now("民法典", "865, 876"),
    ),
    "grade": {**_all("技术合同解释", "25"), "software": _now("计算机软件保护条例", "19")},
    "inventors": _all("民法典", "847"),
    "publicity": _all("国发〔2016〕16号", ""),
    "objection": _all("促进科技成果转化法", "18"),
    "reward": _all("促进科技成果转化法", "45"),
    "award": {ANY: _rule_of_2010("77", "93")},
    "valued": _all("公司法", "48"),
    "contributed": _all("公司法", "49"),
    "paid_in": _all("公司法", "47"),
    "votes": _all("公司法", "66"),
    "preemption": _all("公司法", "227"),
    "export": _all("技术进出口管理条例", "28-38"),
    "variety_abroad": {ANY: _variety("9")},
    "open_licence": _all("专利法", "50-51"),
    "open_bars": {ANY: _now("专利法实施细则", "86")},
    "void_terms": _all("技术合同解释", "10"),
    "contents": _kinds(
        _now("民法典", "845"), _mark("42", "第5章"), _now("著作权法", "26-27"), _layout("22"), _variety("9")
    ),
    "appraisal": _all("企业国有资产法", "47, 55"),
    "below_ninety": _all("企业国有资产交易监督管理办法", ""),
    "consultations": _all("国资发产权规〔2024〕8号", ""),
    "earnest": _all("民法典", "586"),
    "earnest_double": _all("民法典", "587"),
}


@dataclass(frozen=True, slots=True)
class Award:
    """What an inventor is owed at least on the grant of a patent if nothing was agreed, in fen; from a day on."""

    since: date
    minor: Mapping[str, int]


# 专利法实施细则 2023 rule 93, and 2010 rule 77 before.
AWARDS: tuple[Award, ...] = (
    Award(date(2010, 2, 1), {"invention": 300_000, "utility": 100_000, "design": 100_000}),
    Award(date(2024, 1, 20), {"invention": 400_000, "utility": 150_000, "design": 150_000}),
)


def award_due(of_type: str, granted_on: date) -> int:
    """The least award in fen for a patent of `of_type` granted on that day (专利法实施细则 93; before 2024, 77)."""
    begun = [award for award in AWARDS if award.since <= granted_on] or [AWARDS[0]]
    return begun[-1].minor[of_type]
