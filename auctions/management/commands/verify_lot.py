"""Decides a lot's log again and says whether every word and every hash of it holds."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from auctions import live
from auctions.rules.replay import Broken, verify


class Command(BaseCommand):
    """`manage.py verify_lot L-…` checks the database, `--file events.json` a downloaded log without any database."""

    help = "Replay a lot's log through the rules and check its chain; exit 1 names the first event that is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """A lot's code, or a file."""
        parser.add_argument("code", nargs="?", help="the lot's code")
        parser.add_argument("--file", type=Path, help="a downloaded events.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and print where the bidding stood; CommandError otherwise."""
        if bool(options["code"]) == bool(options["file"]):
            raise CommandError("name a lot or a --file")
        try:
            log = json.loads(options["file"].read_text()) if options["file"] else live.log_of_code(options["code"])
            state = verify(log)
            if options["code"]:
                live.check_rows(options["code"], state)
        except (Broken, OSError, ValueError) as error:
            raise CommandError(f"NOT VERIFIED: {error}") from error
        price = state.terms.money(state.price) if state.price is not None else "no bid"
        self.stdout.write(f"verified: {state.terms.lot}, {state.seq} events, {state.phase}, {price}, head {state.head}")
