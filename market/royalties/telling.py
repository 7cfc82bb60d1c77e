"""The facts of this room: each is about a licence and one of its periods."""

from collections.abc import Iterable
from typing import Any

from market.parties.models import Party
from market.royalties.models import Licence, ReportingPeriod
from market.trail import journal
from market.trail.models import Fact

ACTOR = "system:royalties"


def named(licence: Licence) -> dict[str, str]:
    """The licence and its right as every fact names them."""
    right = licence.right
    return {
        "licence": licence.code,
        "right": right.code,
        "number": right.number,
        **right.named,
    }


def said_of(name: str, period: ReportingPeriod, actor: str, audience: Iterable[Party], **data: Any) -> Fact:
    """A fact about a period, for `journal.record_many`."""
    return journal.said(
        name,
        subject=period.licence.ref,
        actor=actor,
        audience=[party.ref for party in audience],
        **named(period.licence),
        period=period.code,
        place=period.number,
        **data,
    )


def tell(name: str, period: ReportingPeriod, actor: str, audience: Iterable[Party], **data: Any) -> None:
    """Record a fact about a period."""
    journal.record_many([said_of(name, period, actor, audience, **data)])
