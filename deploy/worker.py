"""The background's loop: opens and closes lots that are due, delivers facts, mails notices. Any number may run."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections, connections

from auctions import engine
from market.notices.actions import mail_due
from market.trail import journal

logger = logging.getLogger(__name__)

TICK = 0.25  # seconds between looks; a lot closes at most this much after its end


@dataclass
class Step:
    """One duty of the loop: what to call, how often (seconds), and when next.

    A duty that waits for another machine (`outside`) has a thread of its own: no lot closes late for a slow mail server.
    """

    name: str
    call: Callable[[], object]
    every: float
    next_at: float = 0.0
    outside: bool = False


def steps() -> list[Step]:
    """The duties, most urgent first. In the demo the show is kept going too."""
    duties = [
        Step("close lots", engine.close_due, TICK),
        Step("open lots", engine.open_due, TICK),
        Step("deliver facts", journal.deliver_due, TICK),
        Step("mail notices", mail_due, 2.0, outside=True),
    ]
    if settings.DEMO:
        from deploy.demo import show

        duties.append(Step("keep the demo going", show.keep_going, 1.0))
    return duties


def run(stop: threading.Event) -> None:
    """Do every duty when it is due until `stop` is set."""
    duties = steps()
    outside = [step for step in duties if step.outside]
    # A daemon: a mail server that hangs while we stop must not keep the process.
    threading.Thread(target=_keep_doing, args=(outside, stop), name="outside", daemon=True).start()
    _keep_doing([step for step in duties if not step.outside], stop)


def _keep_doing(duties: list[Step], stop: threading.Event) -> None:
    """One thread's loop. A duty that fails is logged and tried again a second later."""
    while not stop.is_set():
        for step in duties:
            if stop.is_set() or time.monotonic() < step.next_at:
                continue
            try:
                close_old_connections()
                step.call()
                step.next_at = time.monotonic() + step.every
            except Exception:  # the loop outlives any failure of a duty: the work is in rows and waits there
                logger.exception("%s failed", step.name)
                step.next_at = time.monotonic() + max(step.every, 1.0)
        stop.wait(TICK)
    connections.close_all()
