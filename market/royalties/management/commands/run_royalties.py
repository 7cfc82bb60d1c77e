"""Goes through all licences now, or says how far the last run has come: `manage.py run_royalties [--status]`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.kernel import clock
from market.royalties.runs import actions, queries


class Command(BaseCommand):
    """Prints a line of JSON after each chunk; stops when nothing is to be done, or another worker is at it."""

    help = "Open the royalty periods that are over and bill those approved, or show how far the last run has come."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether only to look."""
        parser.add_argument("--status", action="store_true", help="only say how far the last run has come")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or look."""
        while not options["status"] and queries.is_to_do(clock.today()) and actions.step() is not None:
            self._tell()
        self._tell()

    def _tell(self) -> None:
        last = queries.runs().first()
        if last is not None:
            counts = {name: getattr(last, name) for name in ("expected", "opened", "billed", "set_aside", "percent")}
            waiting = queries.set_asides(None).count()
            said = {"run": last.number, "day": str(last.day), "state": last.state, **counts, "standing_aside": waiting}
            self.stdout.write(json.dumps(said))
