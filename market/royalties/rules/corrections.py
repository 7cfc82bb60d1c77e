"""What a corrected statement asks for beside the one before, and who bears the cost of an audit."""

from dataclasses import dataclass, replace
from fractions import Fraction

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
