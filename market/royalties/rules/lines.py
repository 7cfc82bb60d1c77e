"""The lines of a statement: each keeps its inputs and the rule, so that a stranger computes it again.

Every figure is exact: sums in minor units of one currency, shares and rates as parts of one, counts of units. A whole one may be
an int, which is many times cheaper than a Fraction and reads the same; a quotient is made a Fraction, never a float.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

Exact = Fraction | int
Figures = Mapping[str, Exact]
NOTHING: Exact = 0

# The steps in their order; a statement's lines never go back.
ORDER = (
    *("gross", "deductions", "base", "tiers", "offset", "combination", "earned", "cap", "minimum", "recoupment"),
    *("carried", "milestone", "fixed", "sublicence", "withholding", "interest", "rounding"),
)
# Whether a step is added to `whole` steps for a rest, of which twice is given, out of so many parts of a step.
MODES: Mapping[str, Callable[[int, int, int], bool]] = {
    "half_up": lambda whole, twice, step: twice >= step,
    "half_even": lambda whole, twice, step: twice > step or (twice == step and whole % 2 == 1),
    "down": lambda whole, twice, step: False,
    "up": lambda whole, twice, step: twice > 0,
}


def rounded(exact: Exact, unit: Exact, mode: str) -> Exact:
    """`exact` to a whole multiple of `unit`; the mode is one of MODES, and counts away from zero where it says up."""
    parts, step = exact.numerator * unit.denominator, exact.denominator * unit.numerator
    whole, rest = divmod(abs(parts), step)
    whole += MODES[mode](whole, 2 * rest, step)
    return (whole if parts >= 0 else -whole) * unit


def exact(text: str) -> Exact:
    """The figure back from its text: "12", "1/3", "0.05"."""
    return int(text) if text.isdecimal() else Fraction(text)


def total(figures: Iterable[Exact]) -> Exact:
    """The sum, which begins with the first: to add to nothing costs an exact figure as much as any addition."""
    each = iter(figures)
    return sum(each, next(each, NOTHING))


def _offset(given: Figures) -> Exact:
    ceiling = given["share"] * given["royalty"]
    floor = given["royalty"] - given["floor_rate"] * given["base"]
    return max(NOTHING, min(given["third_party"] + given["carried"], ceiling, floor))


RULES: Mapping[str, Callable[[Figures], Exact]] = {
    "reported": lambda given: given["reported"],
    "tax_taken_out": lambda given: Fraction(given["gross"], 1 + given["rate"]),
    "capped": lambda given: min(given["claimed"], given["share"] * given["gross"]),
    "less": lambda given: given["whole"] - given["part"],
    "share": lambda given: given["whole"] * given["share"],
    "sum": lambda given: total(given.values()),
    "part_at_rate": lambda given: (given["until"] - given["since"]) * given["rate"],
    "units_at_sum": lambda given: (given["until"] - given["since"]) * given["sum"],
    "units_at_rate": lambda given: (
        Fraction(given["base"] * (given["until"] - given["since"]), given["units"]) * given["rate"]
    ),
    "part_reduced": lambda given: (given["until"] - given["since"]) * (1 - given["reduction"]),
    "below_threshold": lambda given: NOTHING if given["base"] < given["threshold"] else given["royalty"],
    "offset": _offset,
    "up_to": lambda given: min(given["royalty"], max(NOTHING, given["cap"] - given["before"])),
    "top_up": lambda given: max(NOTHING, given["minimum"] - given["before"] - given["royalty"]),
    "recouped": lambda given: max(NOTHING, min(given["advance"], given["royalty"])),
    "carried_on": lambda given: given["balance"],
    "withheld": lambda given: given["owed"] * given["rate"],
    "grossed_up": lambda given: Fraction(given["owed"] * given["rate"], 1 - given["rate"]),
    "daily_interest": lambda given: Fraction(given["arrears"] * given["rate"] * given["days"], given["year_days"]),
    **{mode: lambda given, mode=mode: rounded(given["exact"], given["unit"], mode) for mode in MODES},  # type: ignore[misc]
}


class Line(NamedTuple):
    """One line: at which step, for which product ("" for the whole licence), by which rule, from what, how much.

    `name` says which of several it is: a deduction, a payment. `value` is exact.
    """

    step: str
    rule: str
    inputs: Figures
    value: Exact
    product: str = ""
    name: str = ""

    def computed_again(self) -> Exact:
        """What the rule makes of the inputs."""
        return RULES[self.rule](self.inputs)

    def plain(self) -> dict[str, object]:
        """The line as JSON: fractions as text ("1/3")."""
        inputs = {name: str(figure) for name, figure in self.inputs.items()}
        said: dict[str, object] = {"step": self.step, "rule": self.rule, "inputs": inputs, "value": str(self.value)}
        if self.product:
            said["product"] = self.product
        if self.name:
            said["name"] = self.name
        return said


def read_line(plain: Mapping[str, Any]) -> Line:
    """The line back from JSON."""
    inputs = {name: exact(figure) for name, figure in plain["inputs"].items()}
    named = {name: plain.get(name, "") for name in ("product", "name")}
    return Line(plain["step"], plain["rule"], inputs, exact(plain["value"]), **named)


class Sheet:
    """The lines as they are written; `write` computes, so that no line says what its rule does not."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def write(self, step: str, rule: str, inputs: Figures, *, product: str = "", name: str = "") -> Exact:
        """Write a line and return its value."""
        value = RULES[rule](inputs)
        self.lines.append(Line(step, rule, inputs, value, product, name))
        return value
