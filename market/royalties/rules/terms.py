"""What was agreed about payment, what was reported, and the balances that run from period to period.

Sums are exact, in minor units of the licence's currency; rates, shares and caps are parts of one (1/20 is five percent).
The forms of payment are those of 民法典 846: one sum, instalments, running royalties, these with an entry fee.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from market.royalties.rules.lines import NOTHING, Exact

ONE: Exact = 1
BASE, UNITS = "base", "units"
PERIOD, YEAR, CUMULATIVE = "period", "year", "cumulative"


@dataclass(frozen=True, slots=True)
class Tier:
    """The rate (or, of a Staffel, the reduction) of the part up to `up_to` and above the tier before; None: all above."""

    up_to: Exact | None
    rate: Exact


@dataclass(frozen=True, slots=True)
class Rates:
    """The tiers that apply from the day `since` on: rates may rise or fall by date (民法典 846)."""

    since: date
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Deductions:
    """What may be deducted from gross, by name and nothing else; `cap` is the most of gross they take together."""

    allowed: tuple[str, ...] = ()
    cap: Exact = ONE


@dataclass(frozen=True, slots=True)
class Offset:
    """Royalties paid to third parties come off ours, up to a share of it and never below a rate on the base; what is not
    used is carried forward or lost."""

    share: Exact
    floor_rate: Exact = NOTHING
    unused: str = "carried"


@dataclass(frozen=True, slots=True)
class Running:
    """The running royalty on one product.

    `measure` is what the tiers count, `scope` since when. `base_share` is the part of gross that is the base by definition (a
    publisher's net), `tax_included` the rate of value added tax within gross, `threshold` the period's base below which nothing
    is earned, `staffel` reduces the base above each threshold (`rate` of a tier is the reduction), `combination` is the part of
    a combination product that is ours. With `per_unit` the rates are sums for each unit.
    """

    rates: tuple[Rates, ...]
    measure: str = BASE
    scope: str = CUMULATIVE
    per_unit: bool = False
    tax_included: Exact = NOTHING
    base_share: Exact = ONE
    deductions: Deductions = Deductions()
    threshold: Exact = NOTHING
    staffel: tuple[Tier, ...] = ()
    offset: Offset | None = None
    combination: Exact = ONE

    def tiers_on(self, day: date) -> tuple[Tier, ...]:
        """The tiers in force on a day; the first ones before their own day, too."""
        return next((rates.tiers for rates in reversed(self.rates) if rates.since <= day), self.rates[0].tiers)


@dataclass(frozen=True, slots=True)
class Limit:
    """A sum for each period, calendar year or the whole licence: a cap, or the minimum that is topped up to."""

    amount: Exact
    scope: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A sum due on a day whatever is sold: lump sum, instalment, entry fee, advance. `recoupable` ones are earned back,
    from `product` alone unless the terms cross-collateralise."""

    due_on: date
    amount: Exact
    kind: str
    recoupable: bool = False
    product: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A sum that falls due once, when sales of all products together first reach `at`."""

    name: str
    measure: str
    at: Exact
    amount: Exact


@dataclass(frozen=True, slots=True)
class DeMinimis:
    """A payment below the sum is `carried` to the next period or `forgiven`: the terms must say which."""

    below: Exact
    outcome: str


@dataclass(frozen=True, slots=True)
class Withholding:
    """Tax the licensee withholds, borne by the licensor out of the royalty or by the licensee on top of it."""

    rate: Exact
    borne_by: str = "licensor"


@dataclass(frozen=True, slots=True)
class Interest:
    """Simple interest on arrears: a yearly rate, each day after the due day counted, over a year of so many days."""

    rate: Exact
    year_days: int = 365


@dataclass(frozen=True, slots=True)
class Rounding:
    """The last step, to a multiple of `unit` minor units; `base_unit` rounds the base already, as some contracts say."""

    mode: str = "half_up"
    unit: int = 1
    base_unit: int = 0


@dataclass(frozen=True, slots=True)
class RoyaltyTerms:
    """All that was agreed about payment, in one currency. `sublicence` is the licensor's share in what sublicences bring in; what a
    statement asks for is due `payment_days` after its day."""

    currency: str
    running: Mapping[str, Running] = field(default_factory=dict)
    fixed: tuple[Fixed, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    cap: Limit | None = None
    minimum: Limit | None = None
    sublicence: Exact = NOTHING
    cross_collateral: bool = True
    de_minimis: DeMinimis | None = None
    withholding: Withholding | None = None
    interest: Interest | None = None
    rounding: Rounding = Rounding()
    payment_days: int = 15


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold of a product in the period: units net of returns, gross receipts, deductions claimed by name, and
    royalties paid to third parties."""

    gross: Exact
    units: Exact = NOTHING
    deductions: Mapping[str, Exact] = field(default_factory=dict)
    third_party: Exact = NOTHING


@dataclass(frozen=True, slots=True)
class Arrear:
    """A sum that was due on one day and came, or has not come, by another."""

    amount: Exact
    due_on: date
    paid_on: date


@dataclass(frozen=True, slots=True)
class Report:
    """What the licensee reports for a period, both days included; `final` for the licence's last. `sublicensed` is what
    sublicences brought in, by what says so (a statement's code)."""

    since: date
    until: date
    sales: Mapping[str, Sales] = field(default_factory=dict)
    arrears: Sequence[Arrear] = ()
    final: bool = False
    sublicensed: Mapping[str, Exact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counter:
    """What a product has come to before the period: since the licence began and since the year did; `offset` is what is
    left of third parties' royalties."""

    base: Exact = NOTHING
    units: Exact = NOTHING
    year_base: Exact = NOTHING
    year_units: Exact = NOTHING
    offset: Exact = NOTHING

    def since_start(self, measure: str, scope: str) -> Exact:
        """How far the measure had come when the period began, counted as the scope says."""
        if scope == PERIOD:
            return NOTHING
        figures = (self.base, self.year_base) if measure == BASE else (self.units, self.year_units)
        return figures[scope == YEAR]


@dataclass(frozen=True, slots=True)
class Balance:
    """What one period leaves to the next. `advances` are unrecouped sums by product, `carry` what was too little to pay
    (or, negative, paid too much), `fired` the milestones that have fallen due."""

    year: int = 0
    counters: Mapping[str, Counter] = field(default_factory=dict)
    earned: Exact = NOTHING
    year_earned: Exact = NOTHING
    advances: Mapping[str, Exact] = field(default_factory=dict)
    carry: Exact = NOTHING
    fired: tuple[str, ...] = ()
