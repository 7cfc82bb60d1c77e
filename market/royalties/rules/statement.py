"""The royalty statement: what a licensee owes for one period, line by line, in an order that is always the same.

Gross, deductions, base, thresholds and tiers at their rate, third parties' offset, combination product; then for the whole
licence the cap, the minimum topped up to, the advance recouped, what is too little to pay, milestones and fixed sums,
the share in what sublicences brought in, tax withheld, interest on arrears, and only then rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

import orjson

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.royalties.rules.earning import earned
from market.royalties.rules.lines import NOTHING, Exact, Line, Sheet, exact, total
from market.royalties.rules.terms import BASE, ONE, PERIOD, YEAR, Balance, Counter, Limit, Report, RoyaltyTerms

ENGINE = "royalties/1"


@dataclass(frozen=True, slots=True)
class Statement:
    """A period's statement: `payable` goes to the licensor, `withheld` to the tax office; `closing` is where the next begins."""

    report: Report
    lines: tuple[Line, ...]
    payable: Money
    withheld: Money
    closing: Balance

    def plain(self) -> dict[str, object]:
        """All that the statement says, as JSON that reads the same whoever writes it."""
        return {
            "engine": ENGINE,
            "since": self.report.since.isoformat(),
            "until": self.report.until.isoformat(),
            "lines": [line.plain() for line in self.lines],
            "payable": self.payable.wire(),
            "withheld": self.withheld.wire(),
            "closing": plain_balance(self.closing),
        }


def canonical(value: object) -> str:
    """JSON with one spelling: keys sorted, no blanks, every letter itself."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def seal(licence: tuple[str, str], period: tuple[int, date, date, bool], number: int, **written: str) -> str:
    """SHA-256 of what the statement `number` says and of everything it was computed from: of which licence (its code, the hash
    of its terms), for which period (its number, first and last day, whether it is the last), and what else is `written` as
    canonical JSON (keys sorted, no blanks)."""
    (code, terms), (place, since, until, final) = licence, period
    days = [place, since.isoformat(), until.isoformat(), final]
    texts = {"licence": canonical(code), "terms": canonical(terms), "period": canonical(days), "number": str(number)}
    whole = ",".join([f'"{name}":{text}' for name, text in sorted((texts | written).items())])
    return sha256(f"{{{whole}}}".encode()).hexdigest()


def state(terms: RoyaltyTerms, opening: Balance, report: Report) -> Statement:
    """The statement of the reported period, from the balances it opens with.

    Refused `royalty.deduction`, `royalty.product` for sales of a product the licence does not name.
    """
    unknown = sorted(set(report.sales) - set(terms.running))
    if unknown:
        raise Refused("royalty.product", names=unknown)
    before, sheet = _of_year(opening, report.until.year), Sheet()
    royalties, counters = _earn(sheet, terms, before, report)
    royalty = _limited(sheet, terms, before, report, royalties)
    kept, advances = _recouped(sheet, terms, before, report, royalty, royalties)
    running, carry = _worth_paying(sheet, terms, before, report, kept)
    fired = _milestones(sheet, terms, before, counters)
    owed = _owed(sheet, terms, report, running)
    payable, withheld = _paid(sheet, terms, report, owed)
    closing = Balance(
        year=report.until.year,
        counters=counters,
        earned=before.earned + royalty,
        year_earned=before.year_earned + royalty,
        advances=advances,
        carry=carry,
        fired=fired,
    )
    return Statement(report, tuple(sheet.lines), payable, withheld, closing)


def _of_year(opening: Balance, year: int) -> Balance:
    """The balances as they stand in `year`: what counts by the calendar year begins anew with it."""
    if opening.year == year:
        return opening
    counters = {
        name: replace(counter, year_base=NOTHING, year_units=NOTHING) for name, counter in opening.counters.items()
    }
    return replace(opening, year=year, year_earned=NOTHING, counters=counters)


def _earn(
    sheet: Sheet, terms: RoyaltyTerms, before: Balance, report: Report
) -> tuple[dict[str, Exact], dict[str, Counter]]:
    """What each product earns, and the counters after it."""
    royalties, counters = {}, dict(before.counters)
    for product, running in terms.running.items():
        if product in report.sales:
            royalties[product], counters[product] = earned(
                sheet,
                product,
                running,
                report.sales[product],
                counters.get(product, Counter()),
                report.since,
                base_unit=terms.rounding.base_unit,
                mode=terms.rounding.mode,
            )
    return royalties, counters


def _before(limit: Limit, before: Balance) -> Exact:
    """What was earned before the period, as the limit counts."""
    return NOTHING if limit.scope == PERIOD else before.year_earned if limit.scope == YEAR else before.earned


def _is_last(limit: Limit, report: Report) -> bool:
    """Whether the period is the last over which the limit counts."""
    ends_year = (report.until.month, report.until.day) == (12, 31)
    return report.final or limit.scope == PERIOD or (limit.scope == YEAR and ends_year)


def _limited(
    sheet: Sheet, terms: RoyaltyTerms, before: Balance, report: Report, royalties: Mapping[str, Exact]
) -> Exact:
    """All royalties together, not above the cap and topped up to the minimum at the end of what it counts over."""
    royalty = sheet.write("earned", "sum", royalties) if royalties else NOTHING
    if terms.cap is not None:
        sums = {"royalty": royalty, "cap": terms.cap.amount, "before": _before(terms.cap, before)}
        royalty = sheet.write("cap", "up_to", sums)
    if terms.minimum is not None and _is_last(terms.minimum, report):
        sums = {"minimum": terms.minimum.amount, "before": _before(terms.minimum, before), "royalty": royalty}
        royalty += sheet.write("minimum", "top_up", sums)
    return royalty


def _recouped(
    sheet: Sheet,
    terms: RoyaltyTerms,
    before: Balance,
    report: Report,
    royalty: Exact,
    royalties: Mapping[str, Exact],
) -> tuple[Exact, dict[str, Exact]]:
    """What is left of the royalty when advances are earned back, those due in this period included, and what of them is
    open. Where nothing is cross-collateralised, each product earns back its own advance and no other."""
    advances = dict(before.advances)
    for fixed in terms.fixed:
        if fixed.recoupable and report.since <= fixed.due_on <= report.until:
            pool = "" if terms.cross_collateral else fixed.product
            advances[pool] = advances.get(pool, NOTHING) + fixed.amount
    left = royalty
    for pool, advance in sorted(advances.items()):
        earned_there = royalties.get(pool, NOTHING) if pool else left
        if advance and left > 0:
            sums = {"advance": advance, "royalty": min(earned_there, left)}
            taken = sheet.write("recoupment", "recouped", sums, product=pool)
            left, advances[pool] = left - taken, advance - taken
    return left, {pool: advance for pool, advance in advances.items() if advance}


def _worth_paying(
    sheet: Sheet, terms: RoyaltyTerms, before: Balance, report: Report, kept: Exact
) -> tuple[Exact, Exact]:
    """What is paid of the running royalty now, and what is carried on: too little to pay, or a credit of the licensee."""
    balance = kept
    if before.carry:
        balance = sheet.write("carried", "sum", {"this_period": kept, "carried": before.carry})
    small = terms.de_minimis
    if balance < 0 or (small is not None and 0 < balance < small.below and not report.final):
        lost = small is not None and balance > 0 and small.outcome == "forgiven"
        carried = NOTHING if lost else balance
        name = "forgiven" if lost else "credit" if balance < 0 else "small"
        sheet.write("carried", "carried_on", {"balance": balance}, name=name)
        return NOTHING, carried
    return balance, NOTHING


def _milestones(sheet: Sheet, terms: RoyaltyTerms, before: Balance, counters: Mapping[str, Counter]) -> tuple[str, ...]:
    """The milestones that have fallen due, each once: on the first crossing, whatever comes back later."""
    fired = list(before.fired)
    for milestone in terms.milestones:
        measure = "base" if milestone.measure == BASE else "units"
        reached = sum((getattr(counter, measure) for counter in counters.values()), NOTHING)
        if milestone.name not in fired and reached >= milestone.at:
            sheet.write("milestone", "reported", {"reported": milestone.amount}, name=milestone.name)
            fired.append(milestone.name)
    return tuple(fired)


def _owed(sheet: Sheet, terms: RoyaltyTerms, report: Report, running: Exact) -> Exact:
    """The running royalty with the milestones and the fixed sums of the period, and the share in what sublicences brought in,
    which no cap holds back and no advance is earned back from."""
    for fixed in terms.fixed:
        if report.since <= fixed.due_on <= report.until:
            sheet.write("fixed", "reported", {"reported": fixed.amount}, product=fixed.product, name=fixed.kind)
    owed = [running, *(line.value for line in sheet.lines if line.step in ("milestone", "fixed"))]
    if terms.sublicence and report.sublicensed:
        income = sheet.write("sublicence", "sum", report.sublicensed, name="income")
        owed.append(sheet.write("sublicence", "share", {"whole": income, "share": terms.sublicence}, name="share"))
    return total(owed)


def _paid(sheet: Sheet, terms: RoyaltyTerms, report: Report, owed: Exact) -> tuple[Money, Money]:
    """What is owed as two whole sums: to the licensor, and to the tax office. Tax the licensor bears comes off the rounded
    sum, so that the two add up to it."""
    tax, sums = NOTHING, [owed]
    if terms.withholding is not None and owed:
        rule = "withheld" if terms.withholding.borne_by == "licensor" else "grossed_up"
        tax = sheet.write("withholding", rule, {"owed": owed, "rate": terms.withholding.rate})
    if terms.interest is not None:
        for arrear in report.arrears:
            days = max(0, (arrear.paid_on - arrear.due_on).days)
            yearly = {"rate": terms.interest.rate, "year_days": terms.interest.year_days}
            late = {"arrears": arrear.amount, "days": days, **yearly}
            sums.append(sheet.write("interest", "daily_interest", late))
    mode, unit = terms.rounding.mode, terms.rounding.unit
    withheld = sheet.write("rounding", mode, {"exact": tax, "unit": ONE}, name="withheld") if tax else NOTHING
    whole = sheet.write("rounding", mode, {"exact": total(sums), "unit": unit}, name="payable")
    if withheld and terms.withholding is not None and terms.withholding.borne_by == "licensor":
        whole = sheet.write("rounding", "less", {"whole": whole, "part": withheld}, name="payable")
    return Money(int(whole), terms.currency), Money(int(withheld), terms.currency)


def plain_balance(balance: Balance) -> dict[str, object]:
    """The balances as JSON: fractions as text."""
    counters = {
        product: {name: str(getattr(counter, name)) for name in Counter.__slots__}
        for product, counter in sorted(balance.counters.items())
    }
    sums = {name: str(getattr(balance, name)) for name in ("earned", "year_earned", "carry")}
    advances = {pool: str(advance) for pool, advance in sorted(balance.advances.items())}
    return {"year": balance.year, "counters": counters, "advances": advances, "fired": list(balance.fired), **sums}


def read_balance(plain: Mapping[str, object]) -> Balance:
    """The balances back from JSON."""
    counters, advances, fired = plain["counters"], plain["advances"], plain["fired"]
    return Balance(
        year=int(str(plain["year"])),
        counters={
            product: Counter(**{name: exact(text) for name, text in counter.items()})
            for product, counter in counters.items()  # type: ignore[attr-defined]
        },
        advances={pool: exact(text) for pool, text in advances.items()},  # type: ignore[attr-defined]
        fired=tuple(fired),  # type: ignore[arg-type]
        **{name: exact(str(plain[name])) for name in ("earned", "year_earned", "carry")},
    )
