"""What one product earns in a period: from gross over base and tiers to the royalty before minimum and advance."""

from collections.abc import Iterator, Sequence
from datetime import date

from market.kernel.errors import Refused
from market.royalties.rules.lines import NOTHING, Exact, Sheet, total
from market.royalties.rules.terms import BASE, ONE, UNITS, Counter, Running, Sales, Tier


def parts(tiers: Sequence[Tier], since: Exact, until: Exact) -> Iterator[tuple[Exact, Exact, Exact]]:
    """How the way from `since` to `until` falls into the tiers: (from, to, rate) of each part, marginally.

    A way back (returns above sales) falls into the same tiers with negative parts.
    """
    low, high = min(since, until), max(since, until)
    floor: Exact | None = None
    for tier in tiers:
        start = low if floor is None else max(low, floor)
        end = high if tier.up_to is None else min(high, tier.up_to)
        if start < end:
            yield (start, end, tier.rate) if since <= until else (end, start, tier.rate)
        floor = tier.up_to
        if floor is None:
            return


def base_of(sheet: Sheet, product: str, running: Running, sales: Sales, base_unit: int, mode: str) -> Exact:
    """Gross less value added tax and deductions, as the base is defined. Refused `royalty.deduction` for one that was
    not agreed."""
    gross = sheet.write("gross", "reported", {"reported": sales.gross}, product=product)
    if running.tax_included:
        gross = sheet.write("gross", "tax_taken_out", {"gross": gross, "rate": running.tax_included}, product=product)
    base = gross
    unknown = sorted(set(sales.deductions) - set(running.deductions.allowed))
    if unknown:
        raise Refused("royalty.deduction", names=unknown, allowed=list(running.deductions.allowed))
    if sales.deductions:
        claimed = sheet.write("deductions", "sum", sales.deductions, product=product, name="claimed")
        cap = running.deductions.cap
        sums = {"claimed": claimed, "gross": gross, "share": cap}
        taken = sheet.write("deductions", "capped", sums, product=product, name="allowed")
        base = sheet.write("base", "less", {"whole": gross, "part": taken}, product=product)
    if running.base_share != ONE:
        base = sheet.write("base", "share", {"whole": base, "share": running.base_share}, product=product)
    if base_unit:
        base = sheet.write("base", mode, {"exact": base, "unit": base_unit}, product=product)
    return base


def royalty_on(
    sheet: Sheet, product: str, running: Running, sales: Sales, base: Exact, before: Counter, on: date
) -> Exact:
    """The royalty on a base by threshold, Staffel, tiers and rate, marginally from where the counter stands."""
    start = len(sheet.lines)
    tiers = running.tiers_on(on)
    if running.staffel:
        since = before.since_start(BASE, running.scope)
        for low, high, reduction in parts(running.staffel, since, since + base):
            sheet.write("base", "part_reduced", {"since": low, "until": high, "reduction": reduction}, product=product)
        base = total(line.value for line in sheet.lines[start:])
        start = len(sheet.lines)
    if running.per_unit or running.measure == UNITS:
        since = before.since_start(UNITS, running.scope)
        for low, high, rate in parts(tiers, since, since + sales.units):
            if running.per_unit:
                sheet.write("tiers", "units_at_sum", {"since": low, "until": high, "sum": rate}, product=product)
            else:
                shown = {"base": base, "units": sales.units, "since": low, "until": high, "rate": rate}
                sheet.write("tiers", "units_at_rate", shown, product=product)
    else:
        since = before.since_start(BASE, running.scope)
        for low, high, rate in parts(tiers, since, since + base):
            sheet.write("tiers", "part_at_rate", {"since": low, "until": high, "rate": rate}, product=product)
    royalty = total(line.value for line in sheet.lines[start:])
    if running.threshold:
        shown = {"base": base, "threshold": running.threshold, "royalty": royalty}
        royalty = sheet.write("tiers", "below_threshold", shown, product=product)
    return royalty


def earned(
    sheet: Sheet,
    product: str,
    running: Running,
    sales: Sales,
    before: Counter,
    on: date,
    *,
    base_unit: int = 0,
    mode: str = "half_up",
) -> tuple[Exact, Counter]:
    """What the product earns, and where its counter stands afterwards. Third parties' royalties come off before the
    combination product is shared out (valuation 8.3)."""
    base = base_of(sheet, product, running, sales, base_unit, mode)
    royalty = royalty_on(sheet, product, running, sales, base, before, on)
    left = before.offset
    if running.offset is not None and (sales.third_party or before.offset):
        shown = {"royalty": royalty, "base": base, "third_party": sales.third_party, "carried": before.offset}
        limits = {"share": running.offset.share, "floor_rate": running.offset.floor_rate}
        taken = sheet.write("offset", "offset", {**shown, **limits}, product=product)
        royalty = sheet.write("offset", "less", {"whole": royalty, "part": taken}, product=product)
        left = sales.third_party + before.offset - taken if running.offset.unused == "carried" else NOTHING
    if running.combination != ONE:
        royalty = sheet.write("combination", "share", {"whole": royalty, "share": running.combination}, product=product)
    return royalty, Counter(
        before.base + base,
        before.units + sales.units,
        before.year_base + base,
        before.year_units + sales.units,
        left,
    )


def flat(rate: Exact) -> tuple[Tier, ...]:
    """One rate for everything."""
    return (Tier(None, rate),)


def degressive(brackets: Sequence[Tier], turnover: Exact) -> Exact:
    """The base that is left of a turnover when only the part above each threshold is reduced (Abstaffelung, German
    guideline no. 11 on employees' inventions)."""
    return sum(((high - low) * (1 - reduction) for low, high, reduction in parts(brackets, NOTHING, turnover)), NOTHING)
