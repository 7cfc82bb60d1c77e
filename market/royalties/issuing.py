"""Issues statements: drawn up from rows that are locked, written together, and told as what is due."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from market.kernel import clock
from market.kernel.bulk import insert_many
from market.kernel.calendar import add_days
from market.kernel.ids import new_code
from market.kernel.money import Money
from market.kernel.states import move, move_keys
from market.royalties import queries
from market.royalties.models import ReportingPeriod, Statement
from market.royalties.queries import Due, Reported
from market.royalties.rules.corrections import Audit, against
from market.royalties.rules.reading import read_terms
from market.royalties.rules.statement import canonical, plain_balance, seal
from market.royalties.rules.terms import Balance
from market.trail import journal
from market.trail.models import Fact

State = ReportingPeriod.State


class Draft(NamedTuple):
    """A statement that is drawn up for a period and not in the database yet; `written` are its columns of JSON."""

    of: Due
    report: int
    number: int
    written: dict[str, str]
    sha256: str
    payable: Money
    withheld: Money
    due: Money
    due_on: date
    issued_by: str


def draw_up(
    period: Due,
    report: Reported,
    opening: Balance,
    arrears: list[dict[str, Any]],
    *,
    number: int,
    actor: str,
    charged: Money | None = None,
    sublicensed: dict[str, Any] | None = None,
    audit: Callable[[Money], Audit] | None = None,
) -> Draft:
    """The statement `number` of a period that opens with `opening`, less what was `charged` before; nothing is written.
    `sublicensed` is what sublicences brought in (`sublicences.queries.incomes_of`). An `audit` is made of what is found to be
    owed; what of its cost the licensee bears is asked for, too. Refused as `rules.statement.state`."""
    terms = read_terms(period.terms, period.currency)
    computed = queries.computed(terms, period, opening, report.figures, arrears, sublicensed)
    due, made = against(computed, charged or Money.zero(period.currency))
    said = made.plain()
    if audit is not None:
        one = audit(made.payable)
        due, said = due + one.charged, said | {"audit": one.plain()}
    written = {"opening": canonical(plain_balance(opening)), "arrears": canonical(arrears), "said": canonical(said)}
    if sublicensed:
        written["sublicensed"] = canonical(sublicensed)
    sha256 = seal(
        (period.licence, period.terms_sha256),
        (period.number, period.since, period.until, period.final),
        number,
        figures=canonical(report.figures),
        due=canonical(due.wire()),
        **written,
    )
    due_on = add_days(clock.today(), terms.payment_days)
    owed = (made.payable, made.withheld, due, due_on)
    return Draft(period, report.pk, number, written, sha256, *owed, actor)


def issue(drafts: Sequence[Draft]) -> None:
    """Write the first statements of approved periods, ask for what each comes to [royalty.billed], and move the periods: paid
    where nothing is owed.

    The number of SQL statements does not grow with them.
    """
    _write(drafts)
    move_keys(ReportingPeriod, [draft.of.pk for draft in drafts], State.APPROVED, State.BILLED)
    free = [draft.of.pk for draft in drafts if not draft.due]
    if free:
        move_keys(ReportingPeriod, free, State.BILLED, State.PAID)


def issue_next(period: ReportingPeriod, draft: Draft) -> Statement:
    """Write a further statement of a period that was stated, ask for what it comes to [royalty.billed], and move the period
    as what is owed for it says."""
    _write([draft])
    to = State.BILLED if queries.owing([period]) else State.PAID
    if period.state != to:
        move(period, to)
    return Statement.objects.get(period=period, number=draft.number)


_COLUMNS = (
    *("code", "period_id", "report_id", "number", "opening", "arrears", "sublicensed", "said", "sha256", "currency"),
    *("payable_minor", "withheld_minor", "due_minor", "due_on", "issued_at", "issued_by"),
)


def _write(drafts: Sequence[Draft]) -> None:
    codes, at = [new_code("YS") for _ in drafts], clock.now()
    insert_many(Statement, _COLUMNS, [_row(code, draft, at) for code, draft in zip(codes, drafts, strict=True)])
    journal.record_many(_billed(code, draft) for code, draft in zip(codes, drafts, strict=True))


def _row(code: str, draft: Draft, at: datetime) -> tuple[Any, ...]:
    period, report, number, written, sha256, payable, withheld, due, due_on, actor = draft
    said = (written["opening"], written["arrears"], written.get("sublicensed"), written["said"])
    plain = (code, period.pk, report, number, *said, sha256, period.currency)
    return (*plain, payable.minor, withheld.minor, due.minor, due_on, at, actor)


def _billed(code: str, draft: Draft) -> Fact:
    period = draft.of
    return journal.said(
        "royalty.billed",
        subject=f"licence:{period.licence}",
        actor=draft.issued_by,
        audience=[f"party:{period.licensee}", f"party:{period.licensor}"],
        licence=period.licence,
        right=period.right,
        number=period.right_number,
        title=period.title,
        title_en=period.title_en,
        period=f"{period.since} – {period.until}",
        place=period.number,
        statement=code,
        due=draft.due.wire(),
        due_on=draft.due_on.isoformat(),
        payer=period.licensee,
        agency=period.agency,
        sha256=draft.sha256,
    )
