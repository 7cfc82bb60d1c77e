"""The background's loop: opens and closes lots that are due, delivers facts, mails notices. Any number may run."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections, connections

from auctions import allocation, engine, sealed
from auctions.deposits import actions as deposits
from auctions.engine import probes
from deploy.prober import probe_all
from market.equity.reminders import remind_overdue as remind_of_contributions
from market.equity.rewards.actions import remind_overdue as remind_of_rewards
from market.ledger import books
from market.listings import imports
from market.listings.offers.ending import expire_due
from market.listings.offers.rounds import end_due
from market.listings.wanted.actions import expire_due as end_posts
from market.notices.actions import mail_due
from market.payments.arrears.actions import remind_due
from market.payments.online import reconcile
from market.payments.online.actions import errands
from market.rights.alarms.actions import warn_due
from market.rights.conditions.actions import remind_overdue
from market.royalties.runs.actions import remind_due as remind_of_reports
from market.royalties.runs.actions import run as run_royalties
from market.trail import journal
from valuation.portfolios import actions as valuations

logger = logging.getLogger(__name__)

TICK = 0.25  # seconds between looks; a lot closes at most this much after its end
FACTS = 10  # delivered before looking whether lots wait to be closed
HAMMER, OUTSIDE, PROBES, IMPORTS, STRIPE = "hammer", "outside", "probes", "imports", "stripe"
ROYALTIES, VALUATIONS = "royalties", "valuations"


@dataclass
class Step:
    """One duty: what to call, how often (seconds), when next, and the thread whose duties are done in turn with it.

    Lots have a thread of their own, and so has what waits for another machine: no lot closes late for a thousand facts
    or a slow mail server.
    """

    name: str
    call: Callable[[], object]
    every: float
    next_at: float = 0.0
    thread: str = "worker"


def steps() -> list[Step]:
    """The duties, most urgent first. In the demo the show is kept going too."""
    duties = [
        Step("close lots", engine.close_due, TICK, thread=HAMMER),
        Step("seal envelopes", sealed.seal_due, TICK, thread=HAMMER),
        Step("open lots", engine.open_due, TICK, thread=HAMMER),
        Step("keep halts", engine.enforce, 1.0, thread=HAMMER),
        Step("close sales", engine.close_sales, 60.0, thread=HAMMER),
        Step("forget probes", probes.forget, 3600.0),
        Step("probe the doors", probe_all, 1.0, thread=PROBES),
        Step("deliver facts", deliver, TICK),
        Step("free expired holds", books.expire_due, 1.0),
        Step("warn of deposits that end", deposits.warn_due, 60.0),
        Step("warn of what falls due", warn_due, 5.0),
        Step("remind of payments", remind_due, 60.0),
        Step("remind of what is overdue", remind_overdue, 5.0),
        Step("remind of overdue contributions", remind_of_contributions, 60.0),
        Step("remind of overdue rewards", remind_of_rewards, 60.0),
        Step("end offers whose time is up", expire_due, 1.0),
        Step("end private rounds", end_due, 5.0),
        Step("end wanted posts", end_posts, 60.0),
        Step("open and bill royalty periods", run_royalties, 30.0, thread=ROYALTIES),
        Step("remind of overdue reports", remind_of_reports, 60.0, thread=ROYALTIES),
        Step("mail notices", mail_due, 2.0, thread=OUTSIDE),
        Step("ask Stripe", errands.run_due, 1.0, thread=STRIPE),
        Step("compare with Stripe", reconcile.run_due, 600.0, thread=STRIPE),
        Step("allocate packages", allocation.run_due, 1.0, thread=OUTSIDE),
        Step("work on imports", imports.run_due, 1.0, thread=IMPORTS),
        Step("value portfolios", valuations.run_due, 1.0, thread=VALUATIONS),
    ]
    if settings.DEMO:
        from deploy.demo import show

        duties.append(Step("keep the demo going", show.keep_going, 1.0))
    return duties


def deliver() -> None:
    """Deliver facts, at most two hundred; none while this process closes lots, which have to be closed on time."""
    for _ in range(20):
        if engine.is_closing() or journal.deliver_due(limit=FACTS) < FACTS:
            return


def run(stop: threading.Event) -> None:
    """Do every duty when it is due until `stop` is set; another machine that hangs then does not keep us, nor an import
    or a royalty run, which go on later where they were."""
    lines: dict[str, list[Step]] = {}
    for step in steps():
        lines.setdefault(step.thread, []).append(step)
    threads = [
        threading.Thread(target=_keep_doing, args=(duties, stop), name=name, daemon=True)
        for name, duties in lines.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        if thread.name not in (OUTSIDE, PROBES, IMPORTS, STRIPE, ROYALTIES, VALUATIONS):
            thread.join()


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
