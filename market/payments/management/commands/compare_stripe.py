"""Compares Stripe's balance transactions with the books; exits 1 when they differ."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.kernel import clock
from market.payments import stripe_gate
from market.payments.online import reconcile


class Command(BaseCommand):
    """`manage.py compare_stripe [--days N]`: what the worker does every night, now, printed line by line."""

    help = "Compare Stripe's balance transactions with the books; take in what webhooks missed."

    def add_arguments(self, parser: CommandParser) -> None:
        """How far back."""
        parser.add_argument("--days", type=int, default=reconcile.BACK.days, help="how many days back (default 8)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and print."""
        if not stripe_gate.is_on():
            raise CommandError("no STRIPE_KEY: nothing is paid online, so there is nothing to compare")
        if not 0 < options["days"] < 3660:
            raise CommandError("--days is 1 to 3659")
        try:
            row = reconcile.compare(clock.now() - timedelta(days=options["days"]))
        except stripe_gate.Unanswered as error:
            raise CommandError(f"Stripe does not answer: {error}. Run it again later.") from error
        for line in reconcile.report(row):
            self.stdout.write(line)
        if row.differences:
            raise SystemExit(1)
