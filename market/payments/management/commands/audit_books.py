"""Adds up the books again, against themselves and what the banks say: `manage.py audit_books [--json]`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from market.ledger import queries
from market.ledger.audit import Difference
from market.ledger.queries import Standing
from market.payments.bank import agreement


class Command(BaseCommand):
    """Prints the trial balance; ends with exit code 1 and names every difference when there is one."""

    help = "Add up every account again, print the trial balance and fail on any difference, the banks' included."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything as of one moment, so that money in motion does not look lost."""
        outermost = not connection.in_atomic_block
        with transaction.atomic():
            if outermost and connection.vendor == "postgresql":
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            standings = queries.trial_balance()
            found = [*queries.differences(standings), *agreement.differences()]
        self.stdout.write(_as_json(standings, found) if options["json"] else _as_table(standings, found))
        if found:
            raise CommandError(f"{len(found)} differences")


def _as_json(standings: list[Standing], found: list[Difference]) -> str:
    rows = [
        {"account": row.code, "kind": row.kind, "currency": row.debits.currency}
        | {name: getattr(row, name).plain() for name in ("debits", "credits", "balance", "held")}
        for row in standings
    ]
    sums = {
        currency: {"debits": debits.plain(), "credits": credits.plain()}
        for currency, (debits, credits) in queries.totals(standings).items()
    }
    document = {"accounts": rows, "totals": sums, "differences": [vars(one) for one in found]}
    return json.dumps(document, ensure_ascii=False, indent=1)


def _as_table(standings: list[Standing], found: list[Difference]) -> str:
    width = max((len(row.code) for row in standings), default=7)
    line = f"{{:<{width}}}  {{:<9}}  {{:>20}}  {{:>20}}  {{:>20}}  {{:>20}}  {{}}"
    lines = [line.format("account", "kind", "debits", "credits", "balance", "held", "")]
    for row in standings:
        figures = (row.debits, row.credits, row.balance, row.held)
        lines.append(line.format(row.code, row.kind, *(figure.plain() for figure in figures), row.debits.currency))
    for currency, (debits, credits) in queries.totals(standings).items():
        lines.append(
            line.format("total", "", debits.plain(), credits.plain(), (debits - credits).plain(), "", currency)
        )
    lines += [str(one) for one in found] or ["The books keep their rules."]
    return "\n".join(lines)
