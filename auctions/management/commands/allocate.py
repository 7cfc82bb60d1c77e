"""Carries out one allocation of package bids; the worker starts it as a process of its own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from auctions import allocation


class Command(BaseCommand):
    """`manage.py allocate R-…`: decides, prices, publishes and settles; exit 1 leaves the run to be queued again."""

    help = "Allocate the lots of a package sale whose bidding ended."

    def add_arguments(self, parser: CommandParser) -> None:
        """The run's code."""
        parser.add_argument("code")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until the result is kept."""
        allocation.work(options["code"])
