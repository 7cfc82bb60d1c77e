"""A patent of 吉林大学 contributed to anne's company, walked to the step a test is about."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from market.documents.uploads import Upload
from market.equity import actions
from market.equity.models import Contribution, Holding, Option
from market.equity.rules.shares import Held
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.parties.models import Party
from market.rights.models import Title
from market.trail.models import Fact
from tests import assets
from tests.people import owner_of

PAPER = Upload("paper.pdf", b"%PDF-1.7 what the step stands on")
HALF, FIFTH = Fraction(1, 2), Fraction(1, 5)
ANNE, BOB = Held("安妮", Fraction(3, 5)), Held("包博", Fraction(3, 10))


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def proposed(jida: Party, anne_co: Party, agency: Party, **changed: Any) -> Contribution:
    """A fifth of the company for the patent, half of it to its two inventors; a tenth is kept for options."""
    said: dict[str, Any] = {
        "right": changed.pop("right", None) or assets.right(jida),
        "contributor": jida,
        "company": anne_co,
        "agency": agency,
        "capital": yuan(4_000_000),
        "established_on": date(2020, 5, 6),
        "part": FIFTH,
        "before": [ANNE, BOB],
        "pool": Fraction(1, 10),
        "inventors_part": HALF,
        "inventors": [Held("李伟", Fraction(2, 3)), Held("王芳", Fraction(1, 3))],
    }
    return actions.propose(**said | changed, by=owner_of(jida))


def valued(found: Contribution, **changed: Any) -> Contribution:
    today = clock.today()
    said: dict[str, Any] = {
        "institution": "吉林资产评估有限公司",
        "number": "吉评报字〔2026〕第18号",
        "amount": yuan(1_500_000),
        "agreed": yuan(1_200_000),
        "base_on": today - timedelta(days=60),
        "valid_until": today + timedelta(days=300),
        "report": PAPER,
    }
    return actions.value(found, **said | changed, by=owner_of(found.contributor))


def resolved(found: Contribution, **changed: Any) -> Contribution:
    said: dict[str, Any] = {
        "on": clock.today(),
        "voted": ["安妮", "包博"],
        "waived": ["安妮", "包博"],
        "due_on": clock.today() + timedelta(days=90),
        "resolution": PAPER,
    }
    return actions.resolve(found, **said | changed, by=owner_of(found.company))


def filed(found: Contribution) -> Contribution:
    return actions.file(found, number="2026112700001", on=clock.today(), by=owner_of(found.agency))


def recorded(found: Contribution) -> Contribution:
    return actions.record(found, on=clock.today(), certificate=PAPER, by=owner_of(found.agency))


def certified(found: Contribution) -> Contribution:
    return actions.certify(found, legal_representative="安妮", by=owner_of(found.company))


def snapshot() -> list[Any]:
    """Everything a step could change."""
    kinds = (Contribution, Holding, Option, Title)
    return [*(list(kind._default_manager.order_by("pk").values()) for kind in kinds), Fact.objects.count()]


def refused(code: str, act: Callable[[], Any]) -> Refused:
    """`act` is refused with `code`, whose sentence can be read, and nothing has changed."""
    before = snapshot()
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in sentence(caught.value)
    assert snapshot() == before
    return caught.value
