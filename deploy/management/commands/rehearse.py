"""Sends simulated bidders into a lot through the public door: to see a room at work before a real sale."""

import random
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from auctions.models import Bidder, Lot
from deploy.demo import cast, sales
from deploy.demo.rehearsal import Robot
from market.kernel import clock
from market.kernel.money import Money


class Command(BaseCommand):
    """`manage.py rehearse LOT`. Exit code 0: every bid answered; 1: the lot did not take bids; 2: usage, or no demo."""

    help = "Let simulated bidders bid on a lot of the demonstration, over HTTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The lot, how many bidders and bids, how fast, and where the server listens."""
        parser.add_argument("lot", metavar="LOT", help="the lot's code (L-…)")
        parser.add_argument("--bidders", type=int, default=3, help="how many simulated bidders take part")
        parser.add_argument("--bids", type=int, default=20, help="how many bids to send (at most 500)")
        parser.add_argument("--pause", type=float, default=1.0, help="seconds between two bids, on average")
        parser.add_argument("--url", default=settings.SITE_URL, help="the server")

    def handle(self, *args: Any, **options: Any) -> None:
        """Register the robots if the lot still takes registrations, then bid one after the other."""
        if not settings.DEMO:
            raise CommandError(
                "rehearsals run only in a demonstration (DEMO=1): real lots take real bids", returncode=2
            )
        lot = Lot.objects.select_related("sale").filter(code=options["lot"]).first()
        if lot is None or not cast.robots():
            raise CommandError(f"there is no lot {options['lot']} in this demonstration", returncode=2)
        if lot.format != Lot.Format.ENGLISH:
            raise CommandError(f"{lot.code} is not bid for upwards: rehearse one that is", returncode=1)
        if lot.state == Lot.State.NOTICED and clock.now() < lot.sale.register_until:
            sales.enter(lot, cast.robots())
        robots = [Robot(user, options["url"]) for user in cast.robots()]
        paddles = dict(lot.bidders.filter(state=Bidder.State.ACTIVE).values_list("user", "paddle"))
        robots = [robot for robot in robots if robot.user.pk in paddles][: max(options["bidders"], 1)]
        if lot.state not in Lot.BIDDING or not robots:
            raise CommandError(f"{lot.code} is {lot.state}: nobody can bid on it now", returncode=1)
        for robot in robots:
            robot.sign_in()
        bidders = [(paddles[robot.user.pk], robot) for robot in robots]
        accepted = self._bid(lot, bidders, bids=min(options["bids"], 500), pause=options["pause"])
        self.stdout.write(f"{accepted} bids accepted")

    def _bid(self, lot: Lot, bidders: list[tuple[int | None, Robot]], *, bids: int, pause: float) -> int:
        """Send the bids, each by one who does not lead if there is one, and print each answer; stop when the lot is over."""
        accepted = 0
        for _ in range(bids):
            state = bidders[0][1].state(lot.code)
            behind = [robot for paddle, robot in bidders if paddle != state["leader"]]
            robot = random.choice(behind or [robot for _, robot in bidders])
            if state["phase"] not in Lot.BIDDING:
                self.stdout.write(f"{lot.code} is {state['phase']}")
                break
            minimum = Money.from_wire(state["minimum"])
            amount = minimum + Money.from_wire(state["step"]) * random.choice((0, 0, 0, 1, 2))
            answer = robot.bid(lot.code, amount, seen_seq=state["seq"])
            accepted += answer["type"] == "ack"
            said = f"accepted as event {answer.get('seq')}" if answer["type"] == "ack" else answer.get("code")
            self.stdout.write(f"{robot.user}: {amount} {said}")
            time.sleep(random.uniform(0.5, 1.5) * pause)
        return accepted
