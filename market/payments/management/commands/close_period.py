"""Closes the books up to the end of a month, or opens it again: `manage.py close_period 2026-10 --by USER [--reopen WHY]`."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.kernel.calendar import Month
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.ledger import closings
from market.parties.models import User


class Command(BaseCommand):
    """Prints what the books are closed until and the seal; ends with exit code 1 and the reason when refused."""

    help = "Close the books up to the end of a month, or open it again with --reopen and a reason."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the month, the person, and the reason for which it is opened again."""
        parser.add_argument("month", help="2026-10")
        parser.add_argument("--by", required=True, help="username of the person who closes or opens")
        parser.add_argument("--reopen", metavar="WHY", help="open the month and all later ones again, for this reason")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the person and the month, then close or open."""
        person = User.objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"nobody is called {options['by']}")
        try:
            month = Month(date.fromisoformat(f"{options['month']}-01"))
        except ValueError:
            raise CommandError(f"{options['month']} is no month; write it as 2026-10") from None
        try:
            if options["reopen"] is None:
                closing = closings.close(month, by=person.ref)
            else:
                closing = closings.reopen(month, by=person.ref, reason=options["reopen"])
        except Refused as refused:
            raise CommandError(sentence(refused)) from None
        self.stdout.write(f"{closing}\nseal {closing.seal}")
