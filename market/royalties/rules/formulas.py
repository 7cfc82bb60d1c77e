"""A statement's line as the arithmetic a reader checks by hand: "(50,000.00 − 0.00) × 5%"."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from market.kernel.formats import MINUS, percent
from market.kernel.money import EXPONENTS
from market.royalties.rules.lines import MODES, Exact, Line

_RATES = frozenset({"rate", "share", "reduction", "floor_rate"})
_COUNTS = frozenset({"units", "days", "year_days"})
_EXACT = Decimal("0.000001")


def sum_words(exact: Exact, currency: str) -> str:
    """A sum in the currency's units: its usual decimals, up to six more where it is not a whole minor unit."""
    places = EXPONENTS[currency]
    figure = Decimal(exact.numerator) / Decimal(exact.denominator) / 10**places
    shown = figure.quantize(_EXACT, ROUND_HALF_EVEN)
    whole, _dot, fraction = f"{abs(shown):,f}".partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{MINUS if shown < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"


def count_words(exact: Exact) -> str:
    """A count, with decimals only where there are any."""
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):,f}"


_PATTERNS: Mapping[str, str] = {
    "reported": "",
    "tax_taken_out": "{gross} ÷ (1 + {rate})",
    "capped": "min({claimed}; {share} × {gross})",
    "less": "{whole} − {part}",
    "share": "{whole} × {share}",
    "part_at_rate": "({until} − {since}) × {rate}",
    "units_at_sum": "({until} − {since}) × {sum}",
    "units_at_rate": "{base} × ({until} − {since}) ÷ {units} × {rate}",
    "part_reduced": "({until} − {since}) × (1 − {reduction})",
    "below_threshold": "{base} < {threshold} → 0; {royalty}",
    "offset": "min({third_party} + {carried}; {share} × {royalty}; {royalty} − {floor_rate} × {base})",
    "up_to": "min({royalty}; {cap} − {before})",
    "top_up": "max(0; {minimum} − {before} − {royalty})",
    "recouped": "min({advance}; {royalty})",
    "carried_on": "",
    "withheld": "{owed} × {rate}",
    "grossed_up": "{owed} × {rate} ÷ (1 − {rate})",
    "daily_interest": "{arrears} × {rate} × {days} ÷ {year_days}",
}


def formula(line: Line, currency: str) -> str:
    """The arithmetic of a line; "" for a figure that was reported."""
    counted = line.rule in ("units_at_sum", "units_at_rate")

    def words(name: str, exact: Exact) -> str:
        if name in _RATES:
            return percent(exact)
        if name in _COUNTS or (counted and name in ("since", "until")):
            return count_words(exact)
        return sum_words(exact, currency)

    shown = {name: words(name, exact) for name, exact in line.inputs.items()}
    if line.step == "sublicence" and line.rule == "sum":
        return " + ".join(f"{name} {words}" for name, words in shown.items())
    if line.rule == "sum":
        return " + ".join(shown.values()) if len(shown) > 1 else ""
    if line.rule in MODES:
        return f"≈ {shown['exact']}"
    return _PATTERNS[line.rule].format(**shown)
