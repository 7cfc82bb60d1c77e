"""How title passes in the register: the whole right to a buyer, and back to those it came from when the deal is undone."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from market.kernel.errors import Refused
from market.parties.models import Party
from market.rights import events
from market.rights.models import Event, Right, Title
from market.rights.queries import blockers_of, holders
from market.rights.rules.intents import CLOSE
from market.trail import journal


@transaction.atomic
def pass_title(right: Right, *, seller: Party, to: Party, on: date, source: str, actor: str) -> Title:
    """End the live titles on the day `on` and give the whole right, as `seller` sold it, to `to` [right.title_passed].

    The day is the register's (R19: `terms.title_date`). The same `source` again gives the first title. Refused
    `right.blocked` while a co-owner or pledgee has not consented, the right is frozen or disputed (R16-R18) or the seller
    owns nothing of it any more, as after another sale; `title.before_last` when a live title began after `on`.
    """
    (passed,) = _pass(right, [(to, 1, 1)], seller=seller, on=on, source=source, actor=actor)
    return passed


@transaction.atomic
def return_title(right: Right, *, holder: Party, passed_by: str, on: date, source: str, actor: str) -> list[Title]:
    """Give the right back, on the day `on`, to those from whom it passed to `holder` by the source `passed_by`, each with the
    share it had [right.title_passed]. The same `source` again gives the first titles.

    Refused `title.gone` when it never passed so, and as `pass_title`: also when `holder` has sold or pledged it since.
    """
    passed = right.titles.filter(holder=holder, source=passed_by, basis=Title.Basis.ASSIGNMENT).first()
    if passed is None:
        raise Refused("title.gone", number=right.number)
    before = right.titles.filter(until=passed.since).exclude(pk=passed.pk).select_related("holder").order_by("pk")
    shares = [(title.holder, title.share_num, title.share_den) for title in before if title.since < passed.since]
    return _pass(right, shares, seller=holder, on=on, source=source, actor=actor)


def _pass(
    right: Right, to: Sequence[tuple[Party, int, int]], *, seller: Party, on: date, source: str, actor: str
) -> list[Title]:
    """End the live titles and write those of the new holders, each with its share."""
    right = Right.objects.select_for_update().get(pk=right.pk)
    first = list(right.titles.filter(source=source, basis=Title.Basis.ASSIGNMENT).order_by("pk"))
    if first:
        return first
    bars = [blocker for blocker in blockers_of(right, CLOSE, on, seller=seller) if blocker.red]
    if bars:
        raise Refused("right.blocked", number=right.number, blockers=bars)
    before = list(holders(right))
    if any(title.since > on for title in before):
        raise Refused("title.before_last", day=max(title.since for title in before))
    for title in before:
        title.until = on
        title.save(update_fields=["until"])
    basis = Title.Basis.ASSIGNMENT
    passed = [
        Title.objects.create(
            right=right, holder=party, share_num=num, share_den=den, since=on, basis=basis, source=source
        )
        for party, num, den in to
    ]
    events.enter(right, Event.Kind.TRANSFER, on=on, actor=actor, source=source, owners=events.owner_rows(passed))
    audience = {title.holder.ref for title in (*before, *passed)}
    journal.record(
        "right.title_passed",
        subject=right.ref,
        actor=actor,
        audience=audience,
        number=right.number,
        to="、".join(title.holder.name for title in passed),
        to_en=", ".join(title.holder.name_en or title.holder.name for title in passed),
        on=on.isoformat(),
        source=source,
    )
    return passed
