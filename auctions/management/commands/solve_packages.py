"""Solves a published package auction again, offline, and says whether its result and its prices follow from its bids."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from auctions.rules.packages.file import Unfounded, verify


class Command(BaseCommand):
    """`manage.py solve_packages FILE` needs the downloaded file and nothing else: no database, no network."""

    help = "Solve and price a downloaded package auction again; exit 1 says what does not follow from its bids."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and how long to look for a proof of our own."""
        parser.add_argument("file", type=Path, help="a downloaded packages.json")
        parser.add_argument("--limit", type=float, default=60.0, help="seconds for each problem solved (60)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and print what was found; CommandError otherwise."""
        try:
            verdict = verify(json.loads(options["file"].read_text()), options["limit"])
        except (Unfounded, OSError, ValueError) as error:
            raise CommandError(f"NOT VERIFIED: {error}") from error
        best = "the best possible" if verdict.optimal else "the best found, not proven the best possible"
        ours = "" if verdict.proven_again else " (not proven again within the limit; nothing better was found)"
        prices = "prices follow from the rule" if verdict.priced else "no prices yet"
        self.stdout.write(f"verified: {verdict.value}, {best}{ours}; {prices}; {verdict.seconds:.1f} s")
