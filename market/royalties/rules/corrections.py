"""What a corrected statement asks for beside the one before, and who bears the cost of an audit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from market.kernel.money import Money
from market.royalties.rules.statement import Statement


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an audit found: the difference, and whether it is so large that the licensee pays the audit, too."""

    difference: Money
    licensee_pays_audit: bool


def against(statement: Statement, charged: Money) -> tuple[Money, Statement]:
    """What is still due when `charged` was asked for the period before, and the statement with what was paid too much as a
    credit for the next period."""
    over = charged - statement.payable
    if over.minor <= 0:
        return statement.payable - charged, statement
    closing = replace(statement.closing, carry=statement.closing.carry - over.minor)
    return Money.zero(charged.currency), replace(statement, closing=closing)


def audited(reported: Money, found: Money, tolerance: Fraction) -> Adjustment:
    """The difference between what an audit found to be owed and what was reported; where it is more than the `tolerance`
    (typically a twentieth) of what was owed, whoever reported too little pays for the audit."""
    difference = found - reported
    return Adjustment(difference, difference.minor > tolerance * found.minor)


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit cost and found: `reported` and `found` to be owed, and from which part of it on the licensee pays."""

    reported: Money
    found: Money
    tolerance: Fraction
    cost: Money

    @property
    def charged(self) -> Money:
        """What of its cost the licensee bears."""
        whole = audited(self.reported, self.found, self.tolerance).licensee_pays_audit
        return self.cost if whole else Money.zero(self.cost.currency)

    def plain(self) -> dict[str, object]:
        """The audit as a statement says it."""
        sums = {name: getattr(self, name).wire() for name in ("reported", "found", "cost", "charged")}
        return {**sums, "tolerance": str(self.tolerance)}


def read_audit(plain: Mapping[str, Any]) -> Audit:
    """The audit back from JSON."""
    sums = {name: Money.from_wire(plain[name]) for name in ("reported", "found", "cost")}
    return Audit(tolerance=Fraction(plain["tolerance"]), **sums)
