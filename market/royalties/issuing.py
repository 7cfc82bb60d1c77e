"""Issues statements: drawn up from rows that are locked, written together, and told as what is due."""

from collections.abc import Callable, Sequence
from typing import Any

from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.calendar import add_days
from market.kernel.money import Money
from market.kernel.states import move_many
from market.royalties import queries
from market.royalties.models import ReportingPeriod, Statement, UsageReport
from market.royalties.rules.corrections import Audit, against
from market.royalties.rules.statement import plain_balance
from market.royalties.rules.terms import Balance
from market.royalties.telling import said_of
from market.trail import journal
from market.trail.models import Fact

State = ReportingPeriod.State


def draw_up(
    period: ReportingPeriod,
    report: UsageReport,
    opening: Balance,
    arrears: list[dict[str, Any]],
    *,
    number: int,
    actor: str,
    charged: Money | None = None,
    sublicensed: dict[str, Any] | None = None,
    audit: Callable[[Money], Audit] | None = None,
) -> Statement:
    """The statement `number` of a period that opens with `opening`, less what was `charged` before; nothing is written.
    `sublicensed` is what sublicences brought in (`sublicences.queries.incomes_of`). An `audit` is made of what is found to be
    owed; what of its cost the licensee bears is asked for, too. Refused as `rules.statement.state`."""
    licence = period.licence
    computed = queries.computed(period, opening, report.figures, arrears, sublicensed)
    due, made = against(computed, charged or Money.zero(licence.currency))
    said = made.plain()
    if audit is not None:
        one = audit(made.payable)
        due, said = due + one.charged, said | {"audit": one.plain()}
    statement = Statement(
        period=period,
        report=report,
        number=number,
        opening=plain_balance(opening),
        arrears=arrears,
        sublicensed=sublicensed or None,
        said=said,
        currency=licence.currency,
        payable_minor=made.payable.minor,
        withheld_minor=made.withheld.minor,
        due_minor=due.minor,
        due_on=add_days(clock.today(), licence.terms.get("reports", {}).get("payment_days", 15)),
        issued_by=actor,
    )
    statement.sha256 = queries.hash_of(statement)
    return statement


def issue(statements: Sequence[Statement]) -> None:
    """Write the statements, ask for what each comes to [royalty.billed], and move their periods: paid where nothing is owed.

    The number of SQL statements does not grow with them.
    """
    create_many(statements)
    journal.record_many(_billed(statement) for statement in statements)
    periods = [statement.period for statement in statements]
    move_many([row for row in periods if row.state == State.APPROVED], State.BILLED)
    owing = queries.owing(periods)
    move_many([row for row in periods if row.state == State.PAID and row.pk in owing], State.BILLED)
    move_many([row for row in periods if row.state == State.BILLED and row.pk not in owing], State.PAID)


def _billed(statement: Statement) -> Fact:
    licence = statement.period.licence
    return said_of(
        "royalty.billed",
        statement.period,
        statement.issued_by,
        [licence.licensee, licence.licensor],
        statement=statement.code,
        due=statement.due.wire(),
        due_on=statement.due_on.isoformat(),
        payer=licence.licensee.code,
        agency=licence.agency.code,
        sha256=statement.sha256,
    )
