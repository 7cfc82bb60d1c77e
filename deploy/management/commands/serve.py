"""The embedded default in one process: pages, websockets and the background loop."""

import threading
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from deploy import worker
from deploy.standin import beside


class Command(BaseCommand):
    """`manage.py serve [HOST:PORT]`. uvicorn, since Daphne on Python 3.11 does not survive SIGTERM under load."""

    help = "Serve the market on one machine: web, websockets and background work."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", help="HOST:PORT")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or Ctrl-C, then stop the loop after the duty at hand."""
        host, _, port = options["address"].rpartition(":")
        if not port.isdigit():
            raise CommandError(f"{options['address']!r} is not HOST:PORT")
        if settings.STANDIN:
            beside.start()
        stop = threading.Event()
        background = threading.Thread(target=worker.run, args=(stop,), name="worker", daemon=True)
        background.start()
        self.stdout.write(f"Luochui is open at http://{host or '127.0.0.1'}:{port}/ (stop with Ctrl-C)")
        self.stdout.flush()
        try:
            uvicorn.run(
                "deploy.asgi:application",
                host=host or "127.0.0.1",
                port=int(port),
                lifespan="off",
                log_level="warning",
                ws_max_size=16 * 1024,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=3,
            )
        finally:
            stop.set()
            background.join(timeout=5)
