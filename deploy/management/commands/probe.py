"""Proves that bids can be taken: knocks at the public door of every web process once a second."""

import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from deploy import prober


class Command(BaseCommand):
    """`manage.py probe`: until Ctrl-C, as the worker does anyway; `--once` exits with 1 when an address does not decide."""

    help = "Post bids that are refused by design to every address in PROBE_URLS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument("--once", action="store_true", help="probe every address once, and say how it went")

    def handle(self, *args: Any, **options: Any) -> None:
        """Probe, once or on and on."""
        if not options["once"]:
            pause = threading.Event()
            while not pause.wait(1.0):
                prober.probe_all()
        decided = prober.probe_all()
        self.stdout.write(f"{decided} of {len(settings.PROBE_URLS)} addresses decided a bid")
        if decided < len(settings.PROBE_URLS):
            raise CommandError("not every address takes bids", returncode=1)
