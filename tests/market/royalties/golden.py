"""Royalty scenarios computed by hand, each with its arithmetic: terms, what is reported by quarter, and what is paid, in yuan."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from market.royalties.rules.terms import (
    PERIOD,
    UNITS,
    YEAR,
    Arrear,
    Deductions,
    DeMinimis,
    Fixed,
    Interest,
    Limit,
    Milestone,
    Offset,
    Rates,
    Rounding,
    RoyaltyTerms,
    Running,
    Sales,
    Tier,
    Withholding,
)

FIRST = date(2026, 1, 1)
ALL = None


def yuan(text: str) -> Fraction:
    """So many yuan in fen."""
    return Fraction(text) * 100


def part(percent: str) -> Fraction:
    """A rate in percent as a part of one."""
    return Fraction(percent) / 100


def rates(*tiers: tuple[str | None, str], since: date = FIRST) -> Rates:
    """Tiers as (up to so many yuan, percent)."""
    return Rates(since, tuple(Tier(top if top is None else yuan(top), part(percent)) for top, percent in tiers))


def by_units(*tiers: tuple[str | None, str]) -> Rates:
    """Tiers as (up to so many units, percent)."""
    return Rates(FIRST, tuple(Tier(top if top is None else Fraction(top), part(percent)) for top, percent in tiers))


def running(*tiers: tuple[str | None, str], **how: Any) -> dict[str, Running]:
    """One product at these tiers."""
    return {"": Running((rates(*tiers),), **how)}


def terms(run: dict[str, Running], **also: Any) -> RoyaltyTerms:
    """Terms in yuan."""
    return RoyaltyTerms("CNY", run, **also)


def sold(gross: str, units: str = "0", third_party: str = "0", **deductions: str) -> dict[str, Sales]:
    """What was sold of the one product."""
    named = {name: yuan(text) for name, text in deductions.items()}
    return {"": Sales(yuan(gross), Fraction(units), named, yuan(third_party))}


@dataclass(frozen=True)
class Golden:
    """One scenario: `quarters` are sales from the first quarter of 2026 on; `paid` what is paid for each."""

    name: str
    terms: RoyaltyTerms
    quarters: list[dict[str, Sales]]
    paid: list[str]
    withheld: list[str] = field(default_factory=list)
    arrears: list[Arrear] = field(default_factory=list)
    sublicensed: list[dict[str, str]] = field(default_factory=list)  # what sublicences brought in, quarter by quarter
    final: bool = False


FIVE = running((ALL, "5"))
SHARED = terms(FIVE, sublicence=part("30"))
MARGINAL = (("1000", "3"), ("5000", "4"), (ALL, "5"))
TWO = {"lamp": Running((rates((ALL, "10")),)), "cable": Running((rates((ALL, "20")),))}


def two(lamp: str, cable: str) -> dict[str, Sales]:
    """What was sold of lamp and cable."""
    return {"lamp": Sales(yuan(lamp)), "cable": Sales(yuan(cable))}


GOLDEN = [
    # 5 % x 12,345.67 = 617.2835; half up to fen
    Golden("a flat rate", terms(FIVE), [sold("12345.67")], ["617.28"]),
    # 5 % x 100.10 = 5.005: the half goes up
    Golden("half a fen goes up", terms(FIVE), [sold("100.10")], ["5.01"]),
    # the same to the even fen; 5 % x 100.30 = 5.015 -> 5.02
    Golden(
        "half a fen to even",
        terms(FIVE, rounding=Rounding("half_even")),
        [sold("100.10"), sold("100.30")],
        ["5.00", "5.02"],
    ),
    # 617.2835 cut to whole yuan (unit 100 fen)
    Golden("down to whole yuan", terms(FIVE, rounding=Rounding("down", 100)), [sold("12345.67")], ["617.00"]),
    # 617.2835 up to ten fen
    Golden("up to a tenth of a yuan", terms(FIVE, rounding=Rounding("up", 10)), [sold("12345.67")], ["617.30"]),
    # base 12,345.67 -> 12,300 (hundreds), x 5 %
    Golden(
        "the base rounded to hundreds", terms(FIVE, rounding=Rounding(base_unit=10_000)), [sold("12345.67")], ["615.00"]
    ),
    # gross 11,300 with 13 % tax in it is 10,000 without; x 5 %
    Golden(
        "value added tax taken out", terms(running((ALL, "5"), tax_included=part("13"))), [sold("11300")], ["500.00"]
    ),
    # (10,000 - 800 - 150) x 5 %
    Golden(
        "deductions of the list",
        terms(running((ALL, "5"), deductions=Deductions(("returns", "freight")))),
        [sold("10000", returns="800", freight="150")],
        ["452.50"],
    ),
    # claimed 1,500, capped at 10 % of 10,000: (10,000 - 1,000) x 5 %
    Golden(
        "deductions capped",
        terms(running((ALL, "5"), deductions=Deductions(("returns", "freight"), part("10")))),
        [sold("10000", returns="1200", freight="300")],
        ["450.00"],
    ),
    # net receipts are 40 % of list: 5,000 x 40 % x 8 %
    Golden("a share of list as base", terms(running((ALL, "8"), base_share=part("40"))), [sold("5000")], ["160.00"]),
    # each quarter anew: 1,000 x 3 % + 4,000 x 4 % + 1,000 x 5 % = 240; 30 + 1,000 x 4 % = 70
    Golden(
        "tiers by period", terms(running(*MARGINAL, scope=PERIOD)), [sold("6000"), sold("2000")], ["240.00", "70.00"]
    ),
    # 1,000 x 3 % + 2,000 x 4 % = 110; from 3,000: 2,000 x 4 % + 2,000 x 5 % = 180
    Golden("tiers since the beginning", terms(running(*MARGINAL)), [sold("3000"), sold("4000")], ["110.00", "180.00"]),
    # exactly 1,000 lies in the first tier, the next yuan in the second: 30; 0.04
    Golden("the end of a tier", terms(running(*MARGINAL)), [sold("1000"), sold("1")], ["30.00", "0.04"]),
    # by calendar year: 110, 180, 5 % x 1,000 = 50, 50; the fifth quarter begins at the bottom: 30
    Golden(
        "tiers by calendar year",
        terms(running(*MARGINAL, scope=YEAR)),
        [sold("3000"), sold("4000"), sold("1000"), sold("1000"), sold("1000")],
        ["110.00", "180.00", "50.00", "50.00", "30.00"],
    ),
    # 20 yuan a copy: 100 at 10 % = 200; then 100 at 12.5 % = 250 and 50 at 15 % = 150
    Golden(
        "tiers by units",
        terms({"": Running((by_units(("100", "10"), ("200", "12.5"), (ALL, "15")),), measure=UNITS)}),
        [sold("2000", "100"), sold("3000", "150")],
        ["200.00", "400.00"],
    ),
    # 3.50 a unit up to 100, 2.80 above: 350 + 50 x 2.80 = 490 (rates are fen: 350 and 280)
    Golden(
        "a sum for each unit",
        terms(
            {
                "": Running(
                    (Rates(FIRST, (Tier(Fraction(100), Fraction(350)), Tier(None, Fraction(280)))),),
                    measure=UNITS,
                    per_unit=True,
                )
            }
        ),
        [sold("0", "150")],
        ["490.00"],
    ),
    # 4 % in 2026, 3 % from 2026-07-01 on (falling rate): 40, 40, 30
    Golden(
        "a rate that falls by date",
        terms({"": Running((rates((ALL, "4")), rates((ALL, "3"), since=date(2026, 7, 1))))}),
        [sold("1000"), sold("1000"), sold("1000")],
        ["40.00", "40.00", "30.00"],
    ),
    # returns of 500 take back 500 x 4 % out of the second tier: 110 - 20 carried as credit, then 1,000 x 4 % - 20
    Golden(
        "returns above sales are a credit",
        terms(running(*MARGINAL)),
        [sold("3000"), sold("-500"), sold("1000")],
        ["110.00", "0.00", "20.00"],
    ),
    # exempt up to 1,000 since the beginning: 0; (1,500 - 1,000) x 5 % = 25
    Golden("an exempt sum", terms(running(("1000", "0"), (ALL, "5"))), [sold("900"), sold("600")], ["0.00", "25.00"]),
    # below 100 a quarter earns nothing, 100 itself earns 5
    Golden(
        "a threshold of the period",
        terms(running((ALL, "5"), threshold=yuan("100"))),
        [sold("99.99"), sold("100")],
        ["0.00", "5.00"],
    ),
    # Staffel: 1,000 + 500 x 90 % = 1,450 at 2 % = 29; then 1,000 x 90 % at 2 % = 18
    Golden(
        "a degressive base",
        terms(
            running((ALL, "2"), staffel=(Tier(yuan("1000"), Fraction(0)), Tier(None, part("10")))),
        ),
        [sold("1500"), sold("1000")],
        ["29.00", "18.00"],
    ),
    # 8 % of 10,000 = 800; third parties 600, at most half: 400, 200 carried; then 800 - (100 + 200)
    Golden(
        "third parties' royalties carried",
        terms(running((ALL, "8"), offset=Offset(part("50"), part("2")))),
        [sold("10000", third_party="600"), sold("10000", third_party="100")],
        ["400.00", "500.00"],
    ),
    # the floor of 5 % on 10,000 = 500 leaves 300 of offset; what is unused is lost: then 800
    Golden(
        "the floor under an offset",
        terms(running((ALL, "8"), offset=Offset(part("50"), part("5"), "lost"))),
        [sold("10000", third_party="600"), sold("10000")],
        ["500.00", "800.00"],
    ),
    # (800 - 200) x 3/5: the offset before the combination product
    Golden(
        "a combination product",
        terms(running((ALL, "8"), offset=Offset(part("50")), combination=Fraction(3, 5))),
        [sold("10000", third_party="200")],
        ["360.00"],
    ),
    # 500 + 500 reach the cap of 800 since the beginning: 500, 300, 0
    Golden(
        "a cap on all royalties",
        terms(FIVE, cap=Limit(yuan("800"), "cumulative")),
        [sold("10000"), sold("10000"), sold("10000")],
        ["500.00", "300.00", "0.00"],
    ),
    # by period: 8,000 x 5 % = 400 topped up to 500; 600 stands
    Golden(
        "a minimum for each period",
        terms(FIVE, minimum=Limit(yuan("500"), PERIOD)),
        [sold("8000"), sold("12000")],
        ["500.00", "600.00"],
    ),
    # 100 + 100 + 100 in the year, 50 in its last quarter: 50 + (1,000 - 350) = 700; the next year begins anew
    Golden(
        "a minimum for the year",
        terms(FIVE, minimum=Limit(yuan("1000"), YEAR)),
        [sold("2000"), sold("2000"), sold("2000"), sold("1000"), sold("2000")],
        ["100.00", "100.00", "100.00", "700.00", "100.00"],
    ),
    # the licence ends with its second quarter: 200 + (1,000 - 300)
    Golden(
        "a minimum at the licence's end",
        terms(FIVE, minimum=Limit(yuan("1000"), YEAR)),
        [sold("2000"), sold("4000")],
        ["100.00", "900.00"],
        final=True,
    ),
    # entry fee 300 in the first quarter beside 5 % of 2,000: 400; then 100 (民法典 846)
    Golden(
        "an entry fee and running royalties",
        terms(FIVE, fixed=(Fixed(date(2026, 1, 15), yuan("300"), "entry_fee"),)),
        [sold("2000"), sold("2000")],
        ["400.00", "100.00"],
    ),
    # one sum in three instalments, nothing running
    Golden(
        "a lump sum in instalments",
        terms(
            {},
            fixed=tuple(
                Fixed(day, yuan(sum_), "instalment")
                for day, sum_ in zip(
                    (date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)),
                    ("333.34", "333.33", "333.33"),
                    strict=True,
                )
            ),
        ),
        [{}, {}, {}, {}],
        ["333.34", "333.33", "0.00", "333.33"],
    ),
    # advance 250 in the first quarter earned back: 250 + (100 - 100); 150 left: 100 - 100; 50 left: 100 - 50
    Golden(
        "an advance earned back",
        terms(FIVE, fixed=(Fixed(date(2026, 1, 1), yuan("250"), "advance", True),)),
        [sold("2000"), sold("2000"), sold("2000"), sold("2000")],
        ["250.00", "0.00", "50.00", "100.00"],
    ),
    # the lamp's advance of 200: cross-collateralised, lamp 50 and cable 100 earn it back: 200 + 0; 50 left: 150 - 50
    Golden(
        "an advance across products",
        terms(TWO, fixed=(Fixed(date(2026, 1, 1), yuan("200"), "advance", True, "lamp"),)),
        [two("500", "500"), two("500", "500")],
        ["200.00", "100.00"],
    ),
    # not so: only the lamp's 50 earn it back, the cable's 100 are paid: 200 + 100; again 100
    Golden(
        "an advance of one product",
        terms(TWO, fixed=(Fixed(date(2026, 1, 1), yuan("200"), "advance", True, "lamp"),), cross_collateral=False),
        [two("500", "500"), two("500", "500")],
        ["300.00", "100.00"],
    ),
    # minimum before recoupment: 20 topped up to 100, advance 60 off it: 60 + 40
    Golden(
        "the minimum before the advance",
        terms(
            FIVE,
            minimum=Limit(yuan("100"), PERIOD),
            fixed=(Fixed(date(2026, 2, 1), yuan("60"), "advance", True),),
        ),
        [sold("400")],
        ["100.00"],
    ),
    # below 50: 30 carried, 30 + 30 paid
    Golden(
        "too little is carried on",
        terms(FIVE, de_minimis=DeMinimis(yuan("50"), "carried")),
        [sold("600"), sold("600")],
        ["0.00", "60.00"],
    ),
    # below 50: forgiven, each time
    Golden(
        "too little is forgiven",
        terms(FIVE, de_minimis=DeMinimis(yuan("50"), "forgiven")),
        [sold("600"), sold("600"), sold("1000")],
        ["0.00", "0.00", "50.00"],
    ),
    # below 50 but the licence ends: 30 carried, then 30 + 10 paid
    Golden(
        "the last statement pays what was carried",
        terms(FIVE, de_minimis=DeMinimis(yuan("50"), "carried")),
        [sold("600"), sold("200")],
        ["0.00", "40.00"],
        final=True,
    ),
    # 100,000 once at sales of 30,000 in all, though returns cross it again: 1,000 + 0; 1,000 + 100,000; -250; 500 - 250
    Golden(
        "a milestone once",
        terms(FIVE, milestones=(Milestone("30k", "base", yuan("30000"), yuan("100000")),)),
        [sold("20000"), sold("20000"), sold("-15000"), sold("25000")],
        ["1000.00", "101000.00", "0.00", "500.00"],
    ),
    # 10 % of 617.2835 = 61.72835 -> 61.73 withheld; 617.28 - 61.73
    Golden(
        "tax out of the royalty",
        terms(FIVE, withholding=Withholding(part("10"))),
        [sold("12345.67")],
        ["555.55"],
        ["61.73"],
    ),
    # the licensee bears 10 %: 500 / 0.9 x 0.1 = 55.5555.. on top
    Golden(
        "tax on top of the royalty",
        terms(FIVE, withholding=Withholding(part("10"), "licensee")),
        [sold("10000")],
        ["500.00"],
        ["55.56"],
    ),
    # 1,000 came 73 days late at 6 %: 1,000 x 6 % x 73 / 365 = 12; with 5 % of 2,000
    Golden(
        "interest on arrears",
        terms(FIVE, interest=Interest(part("6"))),
        [sold("2000")],
        ["112.00"],
        arrears=[Arrear(yuan("1000"), date(2026, 1, 30), date(2026, 4, 13))],
    ),
    # 1,000 x 9 % x 40 / 360 = 10 by the bankers' year; a payment on the day bears none
    Golden(
        "interest by the bankers' year",
        terms(FIVE, interest=Interest(part("9"), 360)),
        [sold("2000")],
        ["110.00"],
        arrears=[
            Arrear(yuan("1000"), date(2026, 1, 30), date(2026, 3, 11)),
            Arrear(yuan("1000"), date(2026, 1, 30), date(2026, 1, 30)),
        ],
    ),
    # 5 % of 10,000 = 500; sublicences 4,000.50 + 1,999.50 = 6,000 x 30 % = 1,800
    Golden("sublicences", SHARED, [sold("10000")], ["2300.00"], sublicensed=[{"YS-1": "4000.5", "YS-2": "1999.5"}]),
    # the whole order: (113,000 / 1.13 - 4,000 returns) = 96,000; 50,000 x 6 % + 46,000 x 5 % = 5,300; third parties
    # 1,000: 4,300; x 4/5 = 3,440; cap 3,000; advance 500 paid and earned back: 2,500; + 500 = 3,000; tax 10 %: 300
    Golden(
        "every step",
        terms(
            running(
                ("50000", "6"),
                (ALL, "5"),
                tax_included=part("13"),
                deductions=Deductions(("returns",), part("5")),
                offset=Offset(part("50"), part("1")),
                combination=Fraction(4, 5),
            ),
            cap=Limit(yuan("3000"), PERIOD),
            minimum=Limit(yuan("1000"), PERIOD),
            fixed=(Fixed(date(2026, 3, 31), yuan("500"), "advance", True),),
            de_minimis=DeMinimis(yuan("100"), "carried"),
            withholding=Withholding(part("10")),
        ),
        [sold("113000", third_party="1000", returns="4000")],
        ["2700.00"],
        ["300.00"],
    ),
]
