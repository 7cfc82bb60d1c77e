"""Goes through all licences now, or says how far the last run has come: `manage.py run_royalties [--workers N] [--status]`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.kernel import clock
from market.royalties.runs import actions, queries
from market.royalties.runs.helpers import cores, helped_by


class Command(BaseCommand):
    """Prints a line of JSON after each chunk of its own, until nothing is left to do that no other worker is at."""

    help = "Open the royalty periods that are over and bill those approved, or show how far the last run has come."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many processes work, and whether only to look."""
        parser.add_argument("--workers", type=int, default=cores(), help="processes, this one included (one a core)")
        parser.add_argument("--status", action="store_true", help="only say how far the last run has come")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or look."""
        if not options["status"] and options["workers"] > 1 and queries.is_to_do(clock.today()):
            with helped_by(options["workers"] - 1):
                self._go_on()
        if not options["status"]:
            self._go_on()  # alone, or with what a helper left that was killed
        self._tell()

    def _go_on(self) -> None:
        while queries.is_to_do(clock.today()) and actions.step() is not None:
            self._tell()

    def _tell(self) -> None:
        last = queries.runs().first()
        if last is not None:
            counts = {name: getattr(last, name) for name in ("expected", "opened", "billed", "set_aside", "percent")}
            waiting = queries.set_asides(None).count()
            said = {"run": last.number, "day": str(last.day), "state": last.state, **counts, "standing_aside": waiting}
            self.stdout.write(json.dumps(said))
