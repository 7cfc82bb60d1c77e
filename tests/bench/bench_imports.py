"""How long 10,000 rows take to be read and judged, and to be entered with their listings:
python -m tests.bench.bench_imports [--rows N] [--json].

`bare` are the seconds of the rows that entering leaves, written in batches as large, without a rule.
"""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from tests.bench.embedded import costs, market, tell

if TYPE_CHECKING:
    from market.parties.models import Party, User


def main() -> int:
    """Build, measure, print; 1 when the one wrong row is not found, or the others are not entered each once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with market():
        figures = measured(options.rows)
    tell(figures | {"load": os.getloadavg()}, as_json=options.json)
    return int(not figures["right"])


def measured(rows: int) -> dict[str, Any]:
    """Rows a second and statements a row of both steps, the ratio to the bare rows, and whether all is as it must be."""
    from market.documents import actions as documents
    from market.listings import imports
    from market.listings.models import Listing
    from market.rights.importers import reading
    from market.rights.importers.models import Import
    from market.rights.models import Right
    from tests import people

    party = people.jilin_university()
    by = people.owner_of(party)
    file = {"kind": "import", "title": "t.csv", "name": "t.csv", "content": table(rows), "content_type": ""}
    version = documents.store(subject=party.ref, owner=party, by=by, **file)
    run = reading.begin(version=version, party=party, by=by)
    read, read_asked = costs(imports.run_due)
    refused = [(row.row, row.why[0][1]) for row in run.rows.filter(outcome="refused")]
    reading.ask_to_enter_in_part(Import.objects.get())
    entered, entered_asked = costs(imports.run_due)
    counted = {Right.objects.count(), Listing.objects.count()}
    alone, _asked = costs(lambda: bare(rows, party, by))
    return {
        "rows": rows,
        "read_a_second": round(rows / read),
        "read_statements": round(read_asked / rows, 3),
        "entered_a_second": round(rows / entered),
        "entered_statements": round(entered_asked / rows, 3),
        "bare_s": round(alone, 1),
        "entered_to_bare": round(entered / alone, 2),
        "right": refused == [(rows, "right.check_digit")] and counted == {rows - 1},
    }


def table(rows: int) -> bytes:
    """Patents of which the last but one has a number whose check digit is wrong."""
    from tests import assets

    lines = ["类型,号码,名称,申请日,授权或注册登记日,IPC or Locarno,摘要"]
    for serial in range(1, rows + 1):
        number = assets.cn_number(serial)
        if serial == rows - 1:
            number = number[:-1] + ("1" if number[-1] == "0" else "0")
        lines.append(f"发明专利,{number},一种电池{serial},2019-02-08,2021-01-15,H01M 10/0525,提高循环寿命。")
    return "\n".join(lines).encode()


def bare(rows: int, party: "Party", by: "User") -> None:
    """The rows an import leaves, in batches as large, without a rule."""
    from market.kernel.bulk import create_many
    from market.listings import imports
    from market.listings.models import Listing
    from market.rights.models import Patent, Right, Title

    for first in range(0, rows, imports.BATCH):
        said = {"kind": "patent", "registered_by": party, "title": "x", "number": "x"}
        rights = create_many(Right(key=f"bare {first + place}", **said) for place in range(imports.BATCH))
        Patent.objects.bulk_create(Patent(right=right, type="invention") for right in rights)
        create_many(
            Title(right=right, holder=party, since="2020-01-01", basis="original", source="x") for right in rights
        )
        Listing.objects.bulk_create(Listing(right=right, seller=party, created_by=by) for right in rights)


if __name__ == "__main__":
    sys.exit(main())
