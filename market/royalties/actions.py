"""Writes about licences: granted, periods opened, reported, approved and billed, each once; statements corrected."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from market.deals.terms import check, digest, lint
from market.deals.terms.lint import VOID
from market.kernel import clock
from market.kernel.calendar import add_days
from market.kernel.errors import Refused
from market.kernel.states import move
from market.parties.access import ACTING, PAYING, require
from market.parties.models import Party, User
from market.rights.models import Right
from market.royalties import queries
from market.royalties.models import Licence, Paid, ReportingPeriod, Statement, UsageReport
from market.royalties.rules import reading
from market.royalties.rules.corrections import against
from market.royalties.rules.periods import spans
from market.royalties.rules.statement import plain_balance
from market.royalties.rules.terms import Balance
from market.trail import journal

ACTOR = "system:royalties"
REPORTING = ACTING | PAYING
_DAY = timedelta(days=1)
State = ReportingPeriod.State


@transaction.atomic
def grant(
    *, granted_for: str, right: Right, licensor: Party, licensee: Party, agency: Party, document: Any, by: User
) -> Licence:
    """Keep a licence on the terms of `document` [licence.granted -> both sides]; the same `granted_for` again: the first.

    Refused `terms.…` as `check`, `licence.void` while a clause is void, `licence.no_reports` when royalties run and nobody
    has to report.
    """
    require(by, agency)
    known = Licence.objects.filter(granted_for=granted_for).first()
    if known is not None:
        return known
    check(document)
    void = [finding for finding in lint(document) if finding.grade == VOID]
    if void:
        raise Refused(
            "licence.void", laws=sorted({finding.law for finding in void}), places=[one.place for one in void]
        )
    terms = reading.royalty_terms(document)
    if terms.running and "reports" not in document:
        raise Refused("licence.no_reports")
    last = document["term"].get("end")
    licence = Licence.objects.create(
        granted_for=granted_for,
        right=right,
        licensor=licensor,
        licensee=licensee,
        agency=agency,
        terms=document,
        terms_sha256=digest(document),
        currency=terms.currency,
        since=date.fromisoformat(document["term"]["start"]),
        until=date.fromisoformat(last) if last else None,
        every=document.get("reports", {}).get("period", "quarter"),
    )
    journal.record(
        "licence.granted",
        subject=licence.ref,
        actor=by.ref,
        audience=[licensor.ref, licensee.ref],
        about=right.ref,
        **_named(licence),
        sha256=licence.terms_sha256,
    )
    return licence


def run(limit: int = 100) -> int:
    """Open the periods that are over and bill those approved, each licence in a transaction of its own; how many were billed.

    Any number of workers may call it, as often as they like: a period is opened once and billed once.
    """
    today = clock.today()
    due = Licence.objects.filter(state=Licence.State.ACTIVE).exclude(stated_until__gte=today - _DAY)
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:limit]):
        open_periods(pk)
    approved = ReportingPeriod.objects.filter(state=State.APPROVED).order_by("licence", "number")
    return sum(bill(pk) is not None for pk in list(approved.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def open_periods(pk: int) -> list[ReportingPeriod]:
    """Open the periods of a licence that are over and not opened yet [royalty.report_due -> licensee]; its last one ends it."""
    licence = queries.licences().select_for_update(of=("self",)).get(pk=pk)
    yesterday = clock.today() - _DAY
    if licence.state != Licence.State.ACTIVE or (licence.stated_until and licence.stated_until >= yesterday):
        return []
    known = licence.periods.count()
    cuts, days = reading.changes(licence.terms), licence.terms.get("reports", {}).get("due_days", 1)
    every = spans(licence.since, licence.until, licence.every, cuts=cuts, through=yesterday)
    over = [(number, span) for number, span in enumerate(every, 1) if span.until <= yesterday and number > known]
    opened = [
        ReportingPeriod(
            licence=licence,
            number=number,
            since=span.since,
            until=span.until,
            final=span.final,
            report_due_on=add_days(span.until, days),
        )
        for number, span in over
    ]
    ReportingPeriod.objects.bulk_create(opened)
    for period in opened:
        _record("royalty.report_due", period, ACTOR, [licence.licensee], due_on=period.report_due_on.isoformat())
    licence.stated_until = yesterday
    licence.save(update_fields=["stated_until"])
    if opened and opened[-1].final:
        move(licence, Licence.State.ENDED)
    return opened


@transaction.atomic
def report(*, period: ReportingPeriod, figures: Mapping[str, Any], by: User) -> ReportingPeriod:
    """The licensee reports what it sold [royalty.reported -> licensor, agency]; until it is approved a new report replaces the
    one before. The same figures again change nothing.

    Refused `royalty.report_closed`, and what the engine refuses: `royalty.deduction`, `royalty.product`.
    """
    require(by, period.licence.licensee, REPORTING)
    period = _locked(period)
    if period.state not in (State.OPEN, State.REPORTED):
        raise Refused("royalty.report_closed", period=period.code)
    last = period.reports.last()
    if last is not None and last.figures == figures and period.state == State.REPORTED:
        return period
    queries.computed(period, Balance(), figures, [])
    UsageReport.objects.create(period=period, figures=figures, reported_by=by)
    move(period, State.REPORTED, remark="")
    _record("royalty.reported", period, by.ref, [period.licence.licensor, period.licence.agency])
    return period


@transaction.atomic
def approve(*, period: ReportingPeriod, by: User) -> ReportingPeriod:
    """The licensor agrees with what was reported [royalty.approved -> licensee]: it is billed next. Again: nothing more."""
    require(by, period.licence.licensor, REPORTING)
    period = _locked(period)
    if period.state in (State.APPROVED, *queries.STATED):
        return period
    move(period, State.APPROVED)
    _record("royalty.approved", period, by.ref, [period.licence.licensee])
    return period


@transaction.atomic
def dispute(*, period: ReportingPeriod, remark: str, by: User) -> ReportingPeriod:
    """The licensor does not agree and says why [royalty.disputed -> licensee], who reports anew. Refused
    `royalty.remark_missing`, `state.illegal` once it was approved."""
    require(by, period.licence.licensor, REPORTING)
    remark, period = remark.strip()[:300], _locked(period)
    if not remark:
        raise Refused("royalty.remark_missing")
    if period.state == State.OPEN and period.remark == remark:
        return period
    move(period, State.OPEN, remark=remark)
    _record("royalty.disputed", period, by.ref, [period.licence.licensee], remark=remark)
    return period


@transaction.atomic
def bill(pk: int) -> Statement | None:
    """State an approved period and ask for what it comes to [royalty.billed]; None when it is not its turn, or was billed.

    A period waits for the statement of the one before, whose balances it opens with.
    """
    period = _locked(queries.periods().get(pk=pk))
    earlier = queries.before(period)
    if period.state != State.APPROVED or (earlier is not None and earlier.state not in queries.STATED):
        return None
    report = period.reports.latest("pk")
    opening, arrears = queries.opening_of(period), queries.arrears_of(period)
    return _issue(period, report, opening, arrears, number=1, actor=ACTOR)


@transaction.atomic
def correct(*, period: ReportingPeriod, figures: Mapping[str, Any], reason: str, by: User) -> Statement:
    """The agency enters what an audit or the licensee put right: a new statement asks for the difference, or leaves a credit
    for the next period [royalty.billed]. The same figures again: the last statement.

    Refused `royalty.not_billed`, `royalty.period_passed` once a later period was billed, `royalty.reason_missing`.
    """
    require(by, period.licence.agency, PAYING)
    reason, period = reason.strip()[:300], _locked(period)
    if period.state not in queries.STATED:
        raise Refused("royalty.not_billed", period=period.code)
    last = period.statements.select_related("report").latest("number")
    if last.report.figures == figures:
        return last
    if not reason:
        raise Refused("royalty.reason_missing")
    later = ReportingPeriod.objects.filter(
        licence=period.licence_id, number__gt=period.number, state__in=queries.STATED
    )
    if later.exists():
        raise Refused("royalty.period_passed", period=period.code)
    report = UsageReport.objects.create(period=period, figures=figures, reason=reason, reported_by=by)
    opening = queries.read_balance(last.opening)
    return _issue(period, report, opening, last.arrears, number=last.number + 1, actor=by.ref)


def _issue(
    period: ReportingPeriod,
    report: UsageReport,
    opening: Balance,
    arrears: list[dict[str, Any]],
    *,
    number: int,
    actor: str,
) -> Statement:
    """Write the statement of a period whose licence is locked, and say that it is due."""
    licence = period.licence
    due, made = against(queries.computed(period, opening, report.figures, arrears), queries.charged(period))
    statement = Statement(
        period=period,
        report=report,
        number=number,
        opening=plain_balance(opening),
        arrears=arrears,
        said=made.plain(),
        currency=licence.currency,
        payable_minor=made.payable.minor,
        withheld_minor=made.withheld.minor,
        due_minor=due.minor,
        due_on=add_days(clock.today(), licence.terms.get("reports", {}).get("payment_days", 15)),
        issued_by=actor,
    )
    statement.sha256 = queries.hash_of(statement)
    statement.save(force_insert=True)
    told: dict[str, Any] = {"statement": statement.code, "due": due.wire(), "due_on": statement.due_on.isoformat()}
    told |= {"payer": licence.licensee.code, "agency": licence.agency.code, "sha256": statement.sha256}
    _record("royalty.billed", period, actor, [licence.licensee, licence.licensor], **told)
    if period.state == State.APPROVED or (due and period.state == State.PAID):
        move(period, State.BILLED)
    if period.state == State.BILLED and not queries.unpaid(period):
        move(period, State.PAID)
    return statement


@transaction.atomic
def paid(*, statement: Statement, on: date, actor: str) -> Paid:
    """What a statement asked for has arrived: the holders of the right share it [royalty.paid -> licensor], and the period is
    paid when nothing more is asked for. Again: nothing more."""
    period = _locked(statement.period)
    row, new = Paid.objects.get_or_create(statement=statement, defaults={"on": on})
    if not new:
        return row
    if period.state == State.BILLED and not queries.unpaid(period):
        move(period, State.PAID)
    licence = period.licence
    shares = [{"party": one.party, "part": one.part} for one in queries.shares_of(licence, on)]
    told: dict[str, Any] = {"statement": statement.code, "amount": statement.due.wire(), "agency": licence.agency.code}
    _record("royalty.paid", period, actor, [licence.licensor], **told, on=on.isoformat(), shares=shares)
    return row


def _locked(period: ReportingPeriod) -> ReportingPeriod:
    """The period as it stands, behind its licence's lock: whatever is written about a licence waits there for its turn."""
    Licence.objects.select_for_update().get(pk=period.licence_id)
    return queries.periods().get(pk=period.pk)


def _named(licence: Licence) -> dict[str, str]:
    right = licence.right
    return {"licence": licence.code, "number": right.number, "title": right.title, "title_en": right.title_en}


def _record(name: str, period: ReportingPeriod, actor: str, audience: Iterable[Party], **data: Any) -> None:
    """Record a fact about a period."""
    journal.record(
        name,
        subject=period.licence.ref,
        actor=actor,
        audience=sorted(party.ref for party in audience),
        **_named(period.licence),
        period=period.code,
        place=period.number,
        **data,
    )
