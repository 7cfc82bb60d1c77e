"""Writes about licences: granted, their periods reported, approved and paid, each once; statements corrected."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import transaction

from market.deals.terms import check, digest
from market.deals.terms.documents import currency_of
from market.deals.terms.versions import check_bars
from market.documents import actions as documents
from market.documents.models import Version
from market.documents.uploads import Upload
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.parties.access import ACTING, PAYING, require
from market.parties.models import Party, User
from market.rights.models import Right
from market.royalties import issuing, queries
from market.royalties.models import NEVER, Licence, Paid, ReportingPeriod, Statement, UsageReport
from market.royalties.rules import reading
from market.royalties.rules.corrections import Audit
from market.royalties.rules.figures import checked
from market.royalties.rules.terms import Balance
from market.royalties.sublicences.queries import incomes_of
from market.royalties.telling import ACTOR, named, tell
from market.trail import journal

REPORTING = ACTING | PAYING
HEAD_ENDED = "原许可已终止 The licence it was granted under has ended"
State = ReportingPeriod.State


@transaction.atomic
def grant(
    *,
    granted_for: str,
    right: Right,
    licensor: Party,
    licensee: Party,
    agency: Party,
    document: Any,
    by: User | None,
    currency: str = "CNY",
) -> Licence:
    """Keep a licence on the terms of `document` [licence.granted -> both sides]; the same `granted_for` again: the first.

    `by` is None for the market itself, whose deal it was; `currency` is meant where the terms name no sum. A licence
    that is paid for already opens no period. Refused `terms.…` as `check`, and as `check_bars`.
    """
    if by is not None:
        require(by, agency)
    known = Licence.objects.filter(granted_for=granted_for).first()
    if known is not None:
        return known
    check(document)
    check_bars(document)
    terms = reading.royalty_terms(document, currency_of(document, currency))
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
        opens_on=None if reading.is_owed(terms) else NEVER,
    )
    journal.record(
        "licence.granted",
        subject=licence.ref,
        actor=by.ref if by else ACTOR,
        audience=[licensor.ref, licensee.ref],
        about=right.ref,
        **named(licence),
        sha256=licence.terms_sha256,
    )
    return licence


@transaction.atomic
def end(*, granted_for: str) -> None:
    """End the licence granted for a deal that was undone, and what was granted under it [licence.terminated -> both sides of
    each]: no period is opened any more. None there, or ended: nothing."""
    licence = Licence.objects.select_for_update().filter(granted_for=granted_for, state=Licence.State.ACTIVE).first()
    if licence is not None:
        move(licence, Licence.State.ENDED)
        for below in _granted_under(licence):
            _tell_end(below, clock.today(), HEAD_ENDED, ACTOR)
            end(granted_for=below.granted_for)


@transaction.atomic
def report(*, period: ReportingPeriod, figures: Mapping[str, Any], by: User) -> ReportingPeriod:
    """The licensee reports what it sold [royalty.reported -> licensor, agency]; until it is approved a new report replaces the
    one before. The same figures again change nothing.

    Refused `royalty.report_closed`, `royalty.figures` and `royalty.currency` as `rules.figures.checked`, and what the engine
    refuses: `royalty.deduction`, `royalty.product`.
    """
    require(by, period.licence.licensee, REPORTING)
    period, figures = _locked(period), checked(figures, period.licence.currency)
    if period.state not in (State.OPEN, State.REPORTED):
        raise Refused("royalty.report_closed", period=period.code)
    last = period.reports.last()
    if last is not None and last.figures == figures and period.state == State.REPORTED:
        return period
    terms = reading.royalty_terms(period.terms, period.licence.currency)
    queries.computed(terms, period, Balance(), figures, [])
    UsageReport.objects.create(period=period, figures=figures, reported_by=by)
    move(period, State.REPORTED, remark="")
    tell("royalty.reported", period, by.ref, [period.licence.licensor, period.licence.agency])
    return period


@transaction.atomic
def approve(*, period: ReportingPeriod, by: User) -> ReportingPeriod:
    """The licensor agrees with what was reported [royalty.approved -> licensee]: it is billed next. Again: nothing more."""
    require(by, period.licence.licensor, REPORTING)
    period = _locked(period)
    if period.state in (State.APPROVED, *queries.STATED):
        return period
    move(period, State.APPROVED)
    tell("royalty.approved", period, by.ref, [period.licence.licensee])
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
    tell("royalty.disputed", period, by.ref, [period.licence.licensee], remark=remark)
    return period


@transaction.atomic
def correct(*, period: ReportingPeriod, figures: Mapping[str, Any], reason: str, by: User) -> Statement:
    """The agency enters what the licensee put right: a new statement asks for the difference, or leaves a credit for the next
    period [royalty.billed]. What sublicences have brought in meanwhile counts, too. The same again: the last statement.

    Refused `royalty.not_billed`, `royalty.period_passed` once a later period was billed, `royalty.reason_missing`.
    """
    require(by, period.licence.agency, PAYING)
    return _corrected(_locked(period), figures, reason, by)


@transaction.atomic
def audit(*, period: ReportingPeriod, figures: Mapping[str, Any], cost: Money, reason: str, by: User) -> Statement:
    """The agency enters what an audit found: a new statement as of `correct`, which asks for its cost as well where the
    licensee had reported too little by more than the tolerance of the terms (a twentieth unless they say).

    Refused as `correct`, and `royalty.no_audit` where the terms allow none.
    """
    require(by, period.licence.agency, PAYING)
    agreed = period.terms.get("audit", {})
    if not agreed.get("allowed"):
        raise Refused("royalty.no_audit")
    return _corrected(_locked(period), figures, reason, by, cost, Fraction(agreed.get("tolerance", "1/20")))


def _corrected(
    period: ReportingPeriod,
    figures: Mapping[str, Any],
    reason: str,
    by: User,
    cost: Money | None = None,
    tolerance: Fraction = Fraction(0),
) -> Statement:
    """The corrected statement of a period whose licence is locked, after an audit where one had a `cost`."""
    reason, figures = reason.strip()[:300], checked(figures, period.licence.currency)
    if period.state not in queries.STATED:
        raise Refused("royalty.not_billed", period=period.code)
    last = period.statements.select_related("report").latest("number")
    sublicensed = incomes_of([period]).get(period.pk) or None
    if (last.report.figures, last.sublicensed) == (figures, sublicensed):
        return last
    if not reason:
        raise Refused("royalty.reason_missing")
    later = ReportingPeriod.objects.filter(
        licence=period.licence_id, number__gt=period.number, state__in=queries.STATED
    )
    if later.exists():
        raise Refused("royalty.period_passed", period=period.code)
    report = UsageReport.objects.create(period=period, figures=figures, reason=reason, reported_by=by)
    return _next(period, last, report, last.arrears, by.ref, (cost, tolerance) if cost is not None else None)


def _next(
    period: ReportingPeriod,
    last: Statement,
    report: UsageReport,
    arrears: list[dict[str, Any]],
    actor: str,
    audited: tuple[Money, Fraction] | None = None,
) -> Statement:
    """The statement after `last`, issued."""

    def audit(found: Money) -> Audit:
        cost, tolerance = audited or (Money.zero(found.currency), Fraction(0))
        return Audit(last.payable, found, tolerance, cost)

    (due,) = queries.dues(ReportingPeriod.objects.filter(pk=period.pk))
    draft = issuing.draw_up(
        due,
        queries.Reported(report.pk, report.figures),
        queries.read_balance(last.opening),
        arrears,
        number=last.number + 1,
        charged=queries.charged(period.statements.all(), last.currency),
        sublicensed=incomes_of([period]).get(period.pk),
        actor=actor,
        audit=audit if audited else None,
    )
    return issuing.issue_next(period, draft)


@transaction.atomic
def terminate(*, licence: Licence, on: date, reason: str, by: User) -> Licence:
    """The agency enters that a licence ends on the day `on`, that day included [licence.terminated -> both sides]: the period
    it falls into is cut there and is the last. What was granted under it ends with it. Again: nothing more.

    Refused `royalty.reason_missing`, `licence.ends_before` where it would have ended by then, `licence.opened_until` where a
    later day was opened for report already, of it or of a sublicence.
    """
    require(by, licence.agency, PAYING)
    reason, licence = reason.strip()[:300], queries.licences().select_for_update(of=("self",)).get(pk=licence.pk)
    if licence.until == on and licence.ended_for == reason:
        return licence
    if not reason:
        raise Refused("royalty.reason_missing")
    if licence.state == Licence.State.ENDED or (licence.until and on >= licence.until) or on < licence.since:
        raise Refused("licence.ends_before", until=licence.until, since=licence.since)
    cut(licence, on, reason, by.ref)
    licence.refresh_from_db(fields=["until", "ended_for", "opens_on"])
    return licence


def cut(licence: Licence, on: date, reason: str, actor: str) -> None:
    """Let a licence we hold end on the day `on`, and what was granted under it by then. Refused `licence.opened_until`."""
    last = licence.periods.order_by("number").last()
    if last is not None and on <= last.until:
        raise Refused("licence.opened_until", until=last.until)
    if on < licence.since:
        move(licence, Licence.State.ENDED, ended_for=reason)  # it was to begin later
    else:
        opens_on = licence.opens_on if licence.paid_up else None
        Licence.objects.filter(pk=licence.pk).update(until=on, ended_for=reason, opens_on=opens_on)
    _tell_end(licence, on, reason, actor)
    for below in _granted_under(licence):
        if below.until is None or on < below.until:
            cut(below, on, HEAD_ENDED, actor)


def _granted_under(licence: Licence) -> list[Licence]:
    """The live sublicences of a licence, held until the transaction ends."""
    below = queries.licences().filter(granted_under__head=licence, state=Licence.State.ACTIVE)
    return list(below.select_for_update(of=("self",)).order_by("pk"))


def _tell_end(licence: Licence, on: date, reason: str, actor: str) -> None:
    journal.record(
        "licence.terminated",
        subject=licence.ref,
        actor=actor,
        audience=[licence.licensor.ref, licence.licensee.ref],
        **named(licence),
        on=on.isoformat(),
        reason=reason,
    )


@transaction.atomic
def paid(*, statement: Statement, on: date, actor: str) -> Paid:
    """What a statement asked for has arrived: the holders of the right share it [royalty.paid -> licensor], and the period is
    paid when nothing more is asked for. Again: nothing more."""
    period = _locked(statement.period)
    row, new = Paid.objects.get_or_create(statement=statement, defaults={"on": on})
    if not new:
        return row
    if period.state == State.BILLED and not queries.owing([period]):
        move(period, State.PAID)
    licence = period.licence
    shares = [{"party": one.party, "part": one.part} for one in queries.shares_of(licence, on)]
    sums = {"amount": statement.due.wire(), "withheld": queries.withheld_with(statement).wire()}
    told: dict[str, Any] = {"statement": statement.code, **sums, "agency": licence.agency.code}
    tell("royalty.paid", period, actor, [licence.licensor], **told, on=on.isoformat(), shares=shares)
    _bear_interest(period, actor)
    return row


@transaction.atomic
def certify(*, statement: Statement, certificate: Upload, by: User) -> Version:
    """The licensee hands over the certificate that the tax it withheld with a statement is paid (完税凭证) [royalty.certified ->
    licensor]. The same file again: the first; another one: its next version.

    404 for strangers; Refused `role.missing`, `royalty.untaxed` where nothing was withheld, `file.…` as `documents.store`.
    """
    licence = statement.period.licence
    require(by, licence.licensee, REPORTING)
    period = _locked(statement.period)
    if not queries.withheld_with(statement):
        raise Refused("royalty.untaxed", statement=statement.code)
    known = queries.certificate_of(statement)
    made = documents.store(
        subject=statement.ref,
        kind=queries.CERTIFICATE,
        title=f"完税凭证 Tax certificate {statement.code}",
        **certificate._asdict(),
        owner=licence.licensee,
        by=by,
        readers=[licence.licensor, licence.agency],
    )
    if made != known:
        tell("royalty.certified", period, by.ref, [licence.licensor], statement=statement.code, sha256=made.sha256)
    return made


def _bear_interest(period: ReportingPeriod, actor: str) -> None:
    """Once a licence has ended and all is stated, no later statement bears the interest on what came late: one more does."""
    licence = period.licence
    if licence.state != Licence.State.ENDED or licence.periods.exclude(state__in=queries.STATED).exists():
        return
    late = queries.arrears_at_last(licence)
    if not late:
        return
    end = licence.periods.latest("number")
    end.licence = licence
    last = end.statements.select_related("report").latest("number")
    again = {"figures": last.report.figures, "reported_by": last.report.reported_by, "reason": queries.INTEREST}
    report = UsageReport.objects.create(period=end, **again)
    _next(end, last, report, last.arrears + late, actor)


def _locked(period: ReportingPeriod) -> ReportingPeriod:
    """The period as it stands, behind its licence's lock: whatever is written about a licence waits there for its turn."""
    Licence.objects.select_for_update().get(pk=period.licence_id)
    return queries.periods().get(pk=period.pk)
