"""Runs the background loop as a process of its own (production: any number of them)."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deploy import worker


class Command(BaseCommand):
    """`manage.py work`: until SIGTERM or Ctrl-C; `--once` does every duty once, for cron and for tests."""

    help = "Open and close lots, deliver facts, mail notices."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--once", action="store_true", help="do every duty once, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        if options["once"]:
            for step in worker.steps():
                step.call()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("working")
        worker.run(stop)
