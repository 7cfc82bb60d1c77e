"""Loads the market once and forks its processes on demand: python -m tests.drills.nursery LOG, orders as JSON lines.

A process may be made weak on purpose (`weak.py`): those are the negative controls.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from deploy.asgi import application  # sets Django up, so it comes first

# isort: split
import uvicorn
from django.core.management import call_command
from django.db import connections

from market.listings import imports
from tests.drills import weak

Order = dict[str, Any]


def web(order: Order) -> None:
    """The market's doors on a port, as production runs them: uvicorn, HTTP and websockets."""
    uvicorn.run(application, port=order["port"], lifespan="off", log_level="critical", loop="asyncio")


def worker(order: Order) -> None:
    """The background's loop, `manage.py work`."""
    call_command("work")


def turn(order: Order) -> None:
    """One turn of the background, killed at its failpoint number `at`."""
    with weak.dying(order["at"]):
        call_command("work", once=True)


def importer(order: Order) -> None:
    """The worker's one duty of reading and entering what was handed in, killed at its failpoint number `at`."""
    with weak.dying(order["at"]):
        imports.run_due()


ROLES: dict[str, Callable[[Order], None]] = {"web": web, "worker": worker, "turn": turn, "importer": importer}


def live(order: Order, log: str) -> None:
    """The life of a forked process: its own log, its own database, its weakness, its role."""
    words = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, end in ((words, 1), (words, 2), (nothing, 0)):
        os.dup2(number, end)
    connections.settings["default"]["NAME"] = order["database"]
    weak.become(order.get("weak", ""))
    ROLES[order["role"]](order)


def main() -> None:
    """Obey until the orders end."""
    for line in sys.stdin:
        order = json.loads(line)
        if order["role"] == "reap":
            _, status = os.waitpid(order["pid"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                code = 1
                try:
                    live(order, sys.argv[1])
                    code = 0
                finally:
                    sys.stdout.flush()
                    os._exit(code)
        print(answer, flush=True)  # the answer is the protocol


if __name__ == "__main__":
    main()
