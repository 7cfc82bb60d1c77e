"""How long the rulebook takes over a portfolio of 200 rights, by itself and on the holder's page, and in how many questions:
python -m tests.bench.bench_readiness [--json].

Beside it the same for two rights: both ask as many questions.
"""

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.bench.embedded import costs, market, tell

if TYPE_CHECKING:
    from market.parties.models import Party
    from market.rights.models import Right

SIZES = (2, 200)
TIMES = 5  # each is done so often after a first time; the best counts


def main() -> int:
    """Build, measure, print; 1 when the number of questions grows with the portfolio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with market():
        figures = measured()
    tell(figures | {"load": os.getloadavg()}, as_json=options.json)
    return int(any(len({row["questions"] for row in figures[what].values()}) > 1 for what in ("readiness", "page")))


def measured() -> dict[str, Any]:
    """Milliseconds and questions of the rulebook's answer and of the page, by the number of rights."""
    from django.test import Client

    from market.rights.portfolios import actions
    from market.rights.portfolios.queries import standing
    from tests import people

    owner = people.jilin_university()
    by = people.owner_of(owner)
    client = Client()
    client.force_login(by)
    rights = rights_of(owner, SIZES[-1])
    figures: dict[str, Any] = {"readiness": {}, "page": {}}
    for size in SIZES:
        made = actions.create(owner=owner, name=f"组合 {size}", name_en="", by=by)
        actions.add(made, rights=rights[:size], by=by)
        figures["readiness"][size] = best(lambda size=size: standing(rights[:size], owner, "assign"))  # type: ignore[misc]
        figures["page"][size] = best(lambda code=made.code: client.get(f"/portfolios/{code}/"))  # type: ignore[misc]
    return figures


def best(act: Callable[[], object]) -> dict[str, int]:
    """The least milliseconds it takes, and the questions it asks, once everything is warm."""
    act()
    took, questions = min(costs(act) for _ in range(TIMES))
    return {"ms": round(took * 1000), "questions": questions}


def rights_of(owner: "Party", size: int) -> "list[Right]":
    """Half patents, half marks of which every tenth is like another, all of one owner."""
    from market.rights.models import Patent, Right, Title, Trademark

    columns = {"state": "granted", "registered_by": owner, "title": "x"}
    Right.objects.bulk_create(
        Right(kind="patent" if place % 2 else "trademark", key=str(place), number=str(place), **columns)
        for place in range(size)
    )
    rights = list(Right.objects.order_by("pk"))
    Title.objects.bulk_create(
        Title(right=right, holder=owner, since="2020-01-01", basis="original", source="bench") for right in rights
    )
    Patent.objects.bulk_create(Patent(right=right, type="invention") for right in rights if right.kind == "patent")
    Trademark.objects.bulk_create(
        Trademark(right=right, words=f"长白雪{right.pk % 90}", nice_class=9, groups=[f"09{right.pk % 20 + 1:02}"])
        for right in rights
        if right.kind == "trademark"
    )
    return rights


if __name__ == "__main__":
    sys.exit(main())
