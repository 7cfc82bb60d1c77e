"""How long 10,000 rows take: to be read and judged, and to be entered with their listings; beside it the bare rows alone.

Run: .venv/bin/python -m pytest -q -s -m drill tests/bench/bench_imports.py
"""

import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.documents import actions as documents
from market.kernel.bulk import create_many
from market.listings import imports
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights.importers import reading
from market.rights.importers.models import Import
from market.rights.models import Patent, Right, Title
from tests import assets

pytestmark = [pytest.mark.drill, pytest.mark.django_db]
ROWS = 10_000
WRONG = 9_999  # the row that is wrong


def table() -> bytes:
    """Patents of which the last but one has a number whose check digit is wrong."""
    lines = ["类型,号码,名称,申请日,授权或注册登记日,IPC or Locarno,摘要"]
    for serial in range(1, ROWS + 1):
        number = assets.cn_number(serial)
        number = f"{number[:-1]}{(int(number[-1]) + 1) % 10}" if serial == WRONG and number[-1].isdigit() else number
        lines.append(f"发明专利,{number},一种电池{serial},2019-02-08,2021-01-15,H01M 10/0525,提高循环寿命。")
    return "\n".join(lines).encode()


def timed(what: str, act: Callable[[], object]) -> tuple[float, int]:
    """Do it, and say how long it took and how many questions it asked."""
    with CaptureQueriesContext(connection) as seen:
        begun = time.perf_counter()
        act()
        took = time.perf_counter() - begun
    print(f"{what}: {took:.1f} s, {ROWS / took:,.0f} rows/s, {len(seen) / ROWS:.3f} statements a row")
    return took, len(seen)


def bare(party: Party, by: User) -> None:
    """The rows an import leaves, in batches as large, without a rule."""
    for first in range(0, ROWS, imports.BATCH):
        said = {"kind": "patent", "registered_by": party, "title": "x", "number": "x"}
        rights = create_many(Right(key=f"bare {first + place}", **said) for place in range(imports.BATCH))
        Patent.objects.bulk_create(Patent(right=right, type="invention") for right in rights)
        create_many(
            Title(right=right, holder=party, since="2020-01-01", basis="original", source="x") for right in rights
        )
        Listing.objects.bulk_create(Listing(right=right, seller=party, created_by=by) for right in rights)


def test_ten_thousand_rows(jida: Party, li_wei: User) -> None:
    content = table()
    version = documents.store(
        subject=jida.ref,
        kind="import",
        title="t.csv",
        name="t.csv",
        content=content,
        content_type="",
        owner=jida,
        by=li_wei,
    )
    run = reading.begin(version=version, party=jida, by=li_wei)
    _took, asked = timed("read", imports.run_due)
    assert asked < ROWS / 10
    refused = run.rows.filter(outcome="refused")
    assert [(row.row, row.why[0][1]) for row in refused] == [(WRONG + 1, "right.check_digit")]
    run = Import.objects.get()
    reading.ask_to_enter(run)
    took, asked = timed("entered", imports.run_due)
    assert asked < ROWS / 2
    assert Right.objects.count() == Listing.objects.count() == ROWS - 1
    alone, _asked = timed("the bare rows", lambda: bare(jida, li_wei))
    print(f"{took / alone:.2f} x the bare rows ({connection.vendor})")
