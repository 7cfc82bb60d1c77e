"""Writes about portfolios: made, named, filled, emptied, divided into product lines; a member whose title passed leaves.

Every write takes the portfolio's row lock first. A stay is never rewritten: it ends, with the day and the reason.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.rights.models import Right
from market.rights.portfolios import queries
from market.rights.portfolios.models import Member, Portfolio, ProductLine
from market.trail import journal
from market.trail.models import Fact

MOST = 500  # members


@transaction.atomic
def create(*, owner: Party, name: str, name_en: str, by: User) -> Portfolio:
    """Make an empty portfolio of `owner` [portfolio.created]."""
    portfolio = Portfolio.objects.create(owner=owner, name=name, name_en=name_en, created_by=by)
    _record("portfolio.created", portfolio, by.ref, called=name)
    return portfolio


@transaction.atomic
def change(
    portfolio: Portfolio, *, name: str, name_en: str, into: Sequence[Right], out: Sequence[Right], by: User
) -> Portfolio:
    """Give it its name [portfolio.renamed], then `take_out` and `add`: all of it or nothing. Refused as `add`."""
    portfolio = _locked(portfolio)
    if (portfolio.name, portfolio.name_en) != (name, name_en):
        portfolio.name, portfolio.name_en = name, name_en
        portfolio.save(update_fields=["name", "name_en"])
        _record("portfolio.renamed", portfolio, by.ref, called=name)
    take_out(portfolio, rights=out, by=by)
    add(portfolio, rights=into, by=by)
    return portfolio


@transaction.atomic
def add(portfolio: Portfolio, *, rights: Sequence[Right], by: User) -> list[Member]:
    """Take rights in from today [portfolio.member_joined]; those that are members already stay as they are.

    Refused `portfolio.not_held` for a right of which the owner holds no share, `portfolio.full` beyond 500 members.
    """
    portfolio = _locked(portfolio)
    held = queries.held_by(portfolio.owner, rights)
    strange = next((right for right in rights if right.pk not in held), None)
    if strange is not None:
        raise Refused("portfolio.not_held", number=strange.number, party=str(portfolio.owner))
    inside = set(portfolio.members.filter(until=None).values_list("right_id", flat=True))
    new = [right for right in dict.fromkeys(rights) if right.pk not in inside]
    if len(inside) + len(new) > MOST:
        raise Refused("portfolio.full", most=MOST)
    today = clock.today()
    joined = Member.objects.bulk_create(Member(portfolio=portfolio, right=right, since=today) for right in new)
    journal.record_many(
        _said("portfolio.member_joined", portfolio, by.ref, right=right.code, number=right.number) for right in new
    )
    return joined


@transaction.atomic
def complete(portfolio: Portfolio, *, by: User) -> list[Member]:
    """Take in the marks that the law would not let stay behind (商标法 42); as `add`."""
    portfolio = _locked(portfolio)
    return add(portfolio, rights=queries.left_behind(queries.rights_of(portfolio), portfolio.owner), by=by)


@transaction.atomic
def take_out(portfolio: Portfolio, *, rights: Sequence[Right], by: User) -> None:
    """End the stays of these rights today [portfolio.member_left]; those that are no members are passed over."""
    portfolio = _locked(portfolio)
    keys = [right.pk for right in rights]
    stays = list(portfolio.members.filter(until=None, right__in=keys).select_related("right").order_by("pk"))
    _end(stays, Member.Left.TAKEN_OUT, on=clock.today(), actor=by.ref)


@transaction.atomic
def leave(right: Right, *, on: date, actor: str) -> None:
    """End the right's stay, on the day `on` its title passed, in every portfolio whose owner holds no share of it any
    more [portfolio.member_left]."""
    stays = Member.objects.filter(right=right, until=None).select_related("right", "portfolio__owner")
    for stay in stays.order_by("portfolio"):
        _locked(stay.portfolio)
        if not queries.held_by(stay.portfolio.owner, [right]):
            _end([stay], Member.Left.TITLE_PASSED, on=on, actor=actor)


def _end(stays: Collection[Member], how: str, *, on: date, actor: str) -> None:
    for stay in stays:
        stay.until, stay.left = max(on, stay.since), how
    Member.objects.bulk_update(stays, ["until", "left"])
    journal.record_many(
        _said(
            "portfolio.member_left",
            stay.portfolio,
            actor,
            right=stay.right.code,
            number=stay.right.number,
            title=stay.right.title,
            called=stay.portfolio.name,
            how=how,
        )
        for stay in stays
    )


@transaction.atomic
def set_line(
    portfolio: Portfolio,
    *,
    line: ProductLine | None,
    name: str,
    name_en: str,
    classes: Sequence[int],
    ipc: Sequence[str],
    together: bool,
    rights: Sequence[Right],
    by: User,
) -> ProductLine:
    """Write a product line, a new one where `line` is None: its classes and IPC places, and the members that protect it
    [portfolio.line_set]. Refused `portfolio.not_member` for a right that is none."""
    portfolio = _locked(portfolio)
    stays = {stay.right_id: stay for stay in portfolio.members.filter(until=None, right__in=rights)}
    strange = next((right for right in rights if right.pk not in stays), None)
    if strange is not None:
        raise Refused("portfolio.not_member", number=strange.number)
    line = line or ProductLine(portfolio=portfolio)
    line.name, line.name_en, line.together = name, name_en, together
    line.classes, line.ipc = sorted(set(classes)), list(dict.fromkeys(ipc))
    line.save()
    line.members.set(stays.values())
    _record("portfolio.line_set", portfolio, by.ref, line=name)
    return line


@transaction.atomic
def drop_line(portfolio: Portfolio, *, line: ProductLine, by: User) -> None:
    """Forget a product line; its rights stay members [portfolio.line_dropped]."""
    portfolio = _locked(portfolio)
    name = line.name
    portfolio.lines.filter(pk=line.pk).delete()
    _record("portfolio.line_dropped", portfolio, by.ref, line=name)


def _locked(portfolio: Portfolio) -> Portfolio:
    """The portfolio as it is now, its row held until the transaction ends."""
    return Portfolio.objects.select_for_update(of=("self",)).select_related("owner").get(pk=portfolio.pk)


def _record(name: str, portfolio: Portfolio, actor: str, **data: Any) -> None:
    journal.record_many([_said(name, portfolio, actor, **data)])


def _said(name: str, portfolio: Portfolio, actor: str, **data: Any) -> Fact:
    """A fact about the portfolio, for its owner."""
    return journal.said(name, subject=portfolio.ref, actor=actor, audience=[portfolio.owner.ref], **data)
