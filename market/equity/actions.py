"""Writes about contributions: proposed, valued, resolved, filed, title transferred, certified; or called, forfeited, disposed of.

The contribution's row is locked first, then the right's. Each step is taken by the party whose it is (`contributing.STEPS`): 404
for strangers, Refused `role.missing`, and `equity.not_now` when the step is not due. The same step again gives the
contribution as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from market.documents import actions as documents
from market.documents import render, seal
from market.documents.models import Version
from market.documents.uploads import Upload
from market.equity import queries
from market.equity.models import Contribution, Holding, Option
from market.equity.recordal import packed
from market.equity.rewards import queries as rewards
from market.equity.rules import contributing, shares
from market.equity.rules.shares import Held
from market.equity.telling import tell
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.kernel.typed import tidy
from market.parties.access import require
from market.parties.models import Party, User
from market.rights import passing
from market.rights.models import Right
from market.rights.queries import blockers_of
from market.rights.rules.intents import CONTRIBUTE

POOL = "期权池 Option pool"
NUMBER = 60  # characters of an office's or a report's number


@transaction.atomic
def propose(
    *,
    right: Right,
    contributor: Party,
    company: Party,
    agency: Party,
    capital: Money,
    established_on: date,
    part: Fraction,
    before: Sequence[Held],
    pool: Fraction,
    inventors_part: Fraction,
    inventors: Sequence[Held],
    by: User,
) -> Contribution:
    """Propose to contribute a right for new shares that come to `part` of the company [contribution.proposed].

    `before` and `pool` make up the company before. `inventors` share `inventors_part` of the new shares; named by nobody,
    those the office names share alike. Refused `equity.part`, `equity.not_whole`, `equity.inventors_least`,
    `equity.inventors_missing`, `equity.not_company`, `right.blocked` while the rulebook bars it, `deal.right_taken` while a deal
    or another contribution about the right lives.
    """
    require(by, contributor)
    if company.kind != Party.Kind.ENTERPRISE or company.pk == contributor.pk:
        raise Refused("equity.not_company", company=company.name)
    if not part < 1:
        raise Refused("equity.part", typed=str(part))
    contributing.check_happened(established_on, clock.today())
    table = [*before, *([Held(POOL, pool)] if pool else [])]
    shares.check_whole(table)
    named = list(inventors) or _alike(queries.inventors_of(right) if inventors_part else [])
    plan = rewards.in_force(right, contributor)
    planned = plan.equity_part if plan else Fraction(0)
    whose = {"service_result": right.service_result, "state_owned": contributor.state_owned}
    contributing.check_inventors(inventors_part, named, **whose, planned=planned)
    new = shares.issued(part, contributor.name, inventors_part, named)
    right = Right.objects.select_for_update().get(pk=right.pk)
    _check_free(right, contributor)
    parties = {"right": right, "contributor": contributor, "company": company, "agency": agency}
    columns = {"currency": capital.currency, "capital_minor": capital.minor, "established_on": established_on}
    try:
        with transaction.atomic():
            found = Contribution.objects.create(**parties, **columns, part=part, inventors_part=inventors_part)
    except IntegrityError as taken:
        raise Refused("deal.right_taken", number=right.number) from taken
    kinds = [Holding.Kind.BEFORE] * len(before) + [Holding.Kind.POOL] * bool(pool) + [Holding.Kind.NEW] * len(new)
    Holding.objects.bulk_create(
        Holding(contribution=found, kind=kind, holder=row.holder, part=row.part)
        for kind, row in zip(kinds, [*table, *new], strict=True)
    )
    tell("contribution.proposed", found, by.ref, part=str(part))
    return found


def _alike(names: Sequence[str]) -> list[Held]:
    return (
        [Held(name, Fraction(1, len(names))) for name in dict.fromkeys(names)] if len(set(names)) == len(names) else []
    )


def _check_free(right: Right, contributor: Party) -> None:
    """Refused `right.blocked`, `deal.right_taken`."""
    bars = [bar for bar in blockers_of(right, CONTRIBUTE, clock.today(), seller=contributor) if bar.red]
    if bars:
        raise Refused("right.blocked", number=right.number, blockers=bars)
    if queries.is_under_deal(right):
        raise Refused("deal.right_taken", number=right.number)


@transaction.atomic
def value(
    found: Contribution,
    *,
    institution: str,
    number: str,
    amount: Money,
    agreed: Money,
    base_on: date,
    valid_until: date,
    report: Upload | None,
    by: User,
) -> Contribution:
    """Enter the appraisal report and the value agreed on it (公司法 48) [contribution.valued]; until the resolution also anew.

    Refused `equity.paper`, `equity.report_validity`, `equity.report_expired`, `equity.date_ahead`, `equity.over_report`,
    `equity.below_capital`.
    """
    columns: dict[str, Any] = {
        "value_minor": agreed.minor,
        "report_minor": amount.minor,
        "report_by": tidy(institution)[:120],
        "report_number": tidy(number)[:NUMBER],
        "report_base_on": base_on,
        "report_until": valid_until,
    }
    found, again = _begin(found, contributing.VALUE, by, Contribution.State.VALUED, columns)
    if again:
        return found
    contributing.check_report(amount, agreed, base_on=base_on, valid_until=valid_until, today=clock.today())
    contributing.check_value(agreed, found.capital, found.part)
    kept = _kept(found, "report", "评估报告 Appraisal report", report, by)
    move(found, Contribution.State.VALUED, **columns, report=kept)
    tell("contribution.valued", found, by.ref, value=agreed.wire(), report=amount.wire(), sha256=kept.sha256)
    return found


@transaction.atomic
def resolve(
    found: Contribution,
    *,
    on: date,
    voted: Collection[str],
    waived: Collection[str],
    due_on: date,
    resolution: Upload | None,
    by: User,
) -> Contribution:
    """Enter the shareholders' resolution to increase the capital, who waived its pre-emption, and by when title must have passed
    (公司法 66, 227, 228), and make the pack for the office [contribution.resolved]. `voted` and `waived` are holders' names.

    Refused `equity.paper`, `equity.date_ahead`, `equity.report_expired`, `equity.votes`, `equity.waivers`, `equity.due_on`.
    """
    columns = {"resolved_on": on, "due_on": due_on}
    found, again = _begin(found, contributing.RESOLVE, by, Contribution.State.RESOLVED, columns)
    if again:
        return found
    contributing.check_happened(on, clock.today())
    holders, until = queries.shareholders(found), found.report_until or on
    contributing.check_resolution(holders, voted=voted, waived=waived, on=on, valid_until=until, due_on=due_on)
    kept = _kept(found, "resolution", "股东会决议 Shareholders' resolution", resolution, by)
    move(found, Contribution.State.RESOLVED, **columns, resolution=kept)
    request = Upload(f"{found.code}.zip", packed(found, resolved_on=on), "application/zip")
    _kept(found, "filing-pack", "申报材料包 Pack for the office", request, by)
    told = {"on": on.isoformat(), "due_on": due_on.isoformat(), "voted": sorted(voted), "waived": sorted(waived)}
    tell("contribution.resolved", found, by.ref, **told, sha256=kept.sha256)
    return found


@transaction.atomic
def file(found: Contribution, *, number: str, on: date, by: User) -> Contribution:
    """Enter that the change of owner was handed in at the office `on` under its file `number` [contribution.filed].

    Refused `equity.number`, `equity.date_ahead`, `equity.before` the resolution, `right.blocked`, `deal.right_taken`.
    """
    number = _number(number)
    columns = {"office_number": number, "filed_on": on}
    found, again = _begin(found, contributing.FILE, by, Contribution.State.FILED, columns)
    if again:
        return found
    _check_after(on, found.resolved_on)
    _check_free(found.right, found.contributor)
    move(found, Contribution.State.FILED, **columns)
    tell("contribution.filed", found, by.ref, office_number=number, on=on.isoformat())
    return found


@transaction.atomic
def refuse(found: Contribution, *, note: str, by: User) -> Contribution:
    """Enter that the office refused to record the change, and why: it may be filed anew [contribution.refused]."""
    columns = {"office_number": "", "filed_on": None}
    found, again = _begin(found, contributing.REFUSE, by, Contribution.State.RESOLVED, columns)
    if again:
        return found
    move(found, Contribution.State.RESOLVED, **columns)
    tell("contribution.refused", found, by.ref, note=note.strip()[:2000])
    return found


@transaction.atomic
def record(found: Contribution, *, on: date, certificate: Upload | None, by: User) -> Contribution:
    """Enter that the office recorded the change `on`, proved by its certificate: title passes to the company, which is paid in
    (公司法 49) [contribution.title_transferred, right.title_passed].

    Refused `equity.paper`, `equity.date_ahead`, `equity.before` the submission, `right.blocked`, `title.before_last`.
    """
    columns = {"title_on": on}
    found, again = _begin(found, contributing.RECORD, by, Contribution.State.TITLE_TRANSFERRED, columns)
    if again:
        return found
    _check_after(on, found.filed_on)
    kept = _kept(found, "recordal", "登记证明 Certificate of the office", certificate, by)
    move(found, Contribution.State.TITLE_TRANSFERRED, **columns, office_certificate=kept)
    passing.pass_title(found.right, seller=found.contributor, to=found.company, on=on, source=found.ref, actor=by.ref)
    tell("contribution.title_transferred", found, by.ref, on=on.isoformat(), sha256=kept.sha256)
    return found


@transaction.atomic
def certify(found: Contribution, *, legal_representative: str, by: User) -> Contribution:
    """Issue a capital-contribution certificate to each new shareholder, sealed (公司法 55), and with it enter them in the
    register of shareholders (56) [contribution.certified]. Refused `equity.legal`."""
    found, again = _begin(found, contributing.CERTIFY, by, Contribution.State.CERTIFIED, {})
    if again:
        return found
    legal, today = tidy(legal_representative)[:60], clock.today()
    if not legal:
        raise Refused("equity.legal")
    for place, (row, value_of, capital_of) in enumerate(queries.split_of(found), 1):
        number = f"{found.code}-{place}"
        data = queries.certificate_data(found, row, value_of, capital_of, number=number, legal=legal, on=today)
        paper = seal.sealed(
            render.pdf("capital_certificate", data), reason="出资证明书 Capital contribution certificate"
        )
        upload = Upload(f"{number} {row.holder}.pdf", paper)
        row.certificate = _kept(found, "capital_certificate", f"出资证明书 {number}", upload, by)
        row.save(update_fields=["certificate"])
    move(found, Contribution.State.CERTIFIED, certified_on=today)
    tell("contribution.certified", found, by.ref, on=today.isoformat())
    return found


@transaction.atomic
def call(found: Contribution, *, sent_on: date, until: date, notice: Upload | None, by: User) -> Contribution:
    """Enter the board's written call for an overdue contribution and the end of its grace (公司法 51-52) [contribution.called].

    Refused `equity.paper`, `equity.not_due`, `equity.date_ahead`, `equity.grace`.
    """
    columns = {"called_on": sent_on, "grace_until": until}
    found, again = _begin(found, contributing.CALL, by, found.state, columns)
    if again:
        return found
    contributing.check_call(sent_on, until, due_on=found.due_on or sent_on, today=clock.today())
    kept = _kept(found, "call", "催缴书 Written call", notice, by)
    found.called_on, found.grace_until = sent_on, until
    found.save(update_fields=["called_on", "grace_until"])
    tell("contribution.called", found, by.ref, until=until.isoformat(), sha256=kept.sha256)
    return found


@transaction.atomic
def forfeit(found: Contribution, *, notice: Upload | None, by: User) -> Contribution:
    """Enter the board's notice of forfeiture, sent today: the contributor loses what it has not paid in (公司法 52)
    [contribution.forfeited]. Refused `equity.paper`, `equity.not_now` while the grace runs."""
    found, again = _begin(found, contributing.FORFEIT, by, Contribution.State.FORFEITED, {})
    if again:
        return found
    kept, today = _kept(found, "forfeiture", "失权通知 Notice of forfeiture", notice, by), clock.today()
    move(found, Contribution.State.FORFEITED, forfeited_on=today)
    by_day = contributing.dispose_by(today)
    tell("contribution.forfeited", found, by.ref, dispose_by=by_day.isoformat(), sha256=kept.sha256)
    return found


@transaction.atomic
def dispose(found: Contribution, *, fate: str, to: str, on: date, by: User) -> Contribution:
    """Enter what became of the forfeited shares (公司法 52) [contribution.disposed]. Refused `equity.date_ahead`,
    `equity.disposal_day`, `equity.disposal_to`."""
    to = tidy(to)[:120] if fate == contributing.TRANSFERRED else ""
    columns = {"fate": fate, "fate_to": to, "fate_on": on}
    found, again = _begin(found, contributing.DISPOSE, by, Contribution.State.DISPOSED, columns)
    if again:
        return found
    contributing.check_disposal(fate, to, on, forfeited_on=found.forfeited_on or on, today=clock.today())
    move(found, Contribution.State.DISPOSED, **columns)
    tell("contribution.disposed", found, by.ref, fate=fate, to=to, on=on.isoformat())
    return found


@transaction.atomic
def grant_option(
    found: Contribution, *, holder: str, part: Fraction, since: date, cliff_months: int, months: int, by: User
) -> Option:
    """Grant an option on `part` of the company out of its pool [contribution.option_granted]; again: the same option.

    Refused `equity.pool` beyond what is left, `equity.cliff` beyond the months.
    """
    found, _again = _begin(found, contributing.GRANT, by, "", {})
    holder = tidy(holder)[:120]
    said: Mapping[str, Any] = {"part": part, "cliff_months": cliff_months, "months": months}
    first = found.options.filter(holder=holder, since=since).first()
    if first is not None:
        return first
    if not 0 <= cliff_months <= months or not months:
        raise Refused("equity.cliff")
    left = queries.pool_left(found)
    if part > left:
        raise Refused("equity.pool", left=left)
    made = Option.objects.create(contribution=found, holder=holder, since=since, granted_by=by, **said)
    tell("contribution.option_granted", found, by.ref, holder=holder, part=str(part))
    return made


@transaction.atomic
def withdraw(found: Contribution, *, by: User) -> Contribution:
    """Give a contribution up before the company has resolved on it [contribution.withdrawn]."""
    found, again = _begin(found, contributing.WITHDRAW, by, Contribution.State.WITHDRAWN, {})
    if again:
        return found
    move(found, Contribution.State.WITHDRAWN)
    tell("contribution.withdrawn", found, by.ref)
    return found


def _begin(found: Contribution, step: str, by: User, to: str, columns: Mapping[str, Any]) -> tuple[Contribution, bool]:
    """The contribution as it stands, its row held, and whether the step that leads `to` a state with these columns was taken
    before. Refused `equity.not_now` when it was not and may not be taken now."""
    found = queries.contributions().select_for_update(of=("self",)).get(pk=found.pk)
    require(by, getattr(found, contributing.STEPS[step].role))
    if found.state == to and all(getattr(found, name) == said for name, said in columns.items()):
        return found, True
    if step not in queries.steps_of(found):
        raise Refused("equity.not_now", state=found.get_state_display())
    return found, False


def _kept(found: Contribution, kind: str, title: str, upload: Upload | None, by: User) -> Version:
    """The file, kept for the three parties. Refused `equity.paper` without one."""
    if upload is None:
        raise Refused("equity.paper")
    return documents.store(
        subject=found.ref,
        kind=kind,
        title=title,
        name=upload.name,
        content=upload.content,
        content_type=upload.content_type,
        owner=found.company,
        by=by,
        readers=[found.contributor, found.agency],
    )


def _number(typed: str) -> str:
    number = tidy(typed)
    if not 0 < len(number) <= NUMBER:
        raise Refused("equity.number", most=NUMBER)
    return number


def _check_after(on: date, earlier: date | None) -> None:
    """Refused `equity.date_ahead`, or `equity.before` when it happened before what it follows."""
    contributing.check_happened(on, clock.today())
    if earlier is not None and on < earlier:
        raise Refused("equity.before", day=on, earliest=earlier)
