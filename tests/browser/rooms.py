"""Lots of our own in the running market, and what a test does at one: open it, bid against it, host it."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Market, Visit

SEED = """
import json
from datetime import timedelta
from django.test import Client
from auctions import engine
from auctions.engine import hosting
from auctions.rules import lot as rules
from auctions.rules.chain import stamp
from market.kernel import clock
from market.parties.models import Party, User
from tests import people
from tests.auctions import factory

def one(name, make):
    return Party.objects.filter(name=name).first() or make()

def session(who):
    client = Client()
    client.force_login(User.objects.get(username="r_" + who))
    return client.cookies["sessionid"].value

jida = one("听潮大学", lambda: people.party(people.person("r_seller", "房主"), "university", "听潮大学", 81))
agency = one("听潮运营中心", lambda: people.party(people.person("r_agency", "房管"), "agency", "听潮运营中心", 82))
cast = {who: one(name, lambda: people.enterprise("r_" + who, who, name, number))
        for who, name, number in (("anne", "听潮甲公司", 83), ("bob", "听潮乙公司", 84), ("carol", "听潮丙公司", 85))}
host = User.objects.get(username="r_agency")
made = []
for script, how in WANTED:
    sale = factory.sale(
        agency, opens_in=timedelta(seconds=how["opens_in"]), extension_window_s=how["window"], **how["rules"])
    how["params"] = {name: stamp(clock.now() + timedelta(seconds=said)) if name == "free_until" else said
                     for name, said in how["params"].items()}
    lot = factory.lot(jida, agency, of_sale=sale, ends_in=timedelta(seconds=how["ends_in"]), format=how["format"],
                      params=how["params"])
    bidders = {who: factory.bidder(lot, cast[who], 8083 + n) for n, who in enumerate(cast)}
    for who, rank in how["ranks"].items():
        lot.bidders.filter(pk=bidders[who].pk).update(priority=rank)
    for who, amount in script:
        factory.bid(bidders[who], amount)
    if "hold" in how:
        hosting.take(sale=sale, by=host)
        engine.command(lot.pk, rules.Suspend(how["hold"]), by=host)
    made.append({"code": lot.code, "sale": sale.code, "sessions": {who: session(who) for who in [*cast, "agency"]}})
print(json.dumps(made))
"""
HOST = """
from auctions import engine
from auctions.engine import hosting
from auctions.models import Lot
from auctions.rules import lot as rules
from market.kernel import clock
from market.parties.models import User
by, lot = User.objects.get(username="r_agency"), Lot.objects.select_related("sale", "leader").get(code="{code}")
hosting.take(sale=lot.sale, by=by)
for said in [{words}]:
    engine.command(lot.pk, said, by=by)
"""
TOKEN = "t" * 32
LEADING, OUTBID = "You are leading", "You have been outbid"


@dataclass
class Room:
    """A lot of our own: Anne (paddle 8083) sits at the browser, Bob (8084) and Carol (8085) bid against her."""

    market: Market
    visit: Visit
    code: str
    sale: str
    sessions: dict[str, str]

    def open(self, path: str = "", **how: Any) -> Page:
        """Anne's page of the lot, in English unless said otherwise."""
        how = {"language": "en", "cookies": {"sessionid": self.sessions["anne"]}, **how}
        return self.visit(f"/lots/{self.code}/{path}", **how)

    def blank(self, language: str = "en", **how: Any) -> Page:
        """Anne's browser before it opens the lot."""
        return self.visit("/agencies/", language=language, cookies={"sessionid": self.sessions["anne"]}, **how)

    def enter(self, page: Page) -> None:
        """Open the lot in that browser."""
        page.goto(f"{self.market.url}/lots/{self.code}/")

    def raised(self, who: str, amount: int, **kind: str) -> None:
        """Bob or Carol bids, from somewhere else."""
        wire = {"amount": str(amount), "currency": "CNY"}
        frame = {"type": "bid", "key": str(uuid4()), "amount": wire, "seen_seq": 0, **kind}
        headers = {
            "Cookie": f"sessionid={self.sessions[who]}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/json",
        }
        url = f"{self.market.url}/lots/{self.code}/bid/"
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(frame).encode(), headers)) as answer:
            assert json.load(answer)["type"] == "ack"

    def hosted(self, *words: str) -> None:
        """The host says so to the lot: expressions of the rules' commands ("Warn(1)"), one after the other."""
        self.market.python(HOST.format(code=self.code, words=", ".join(f"rules.{word}" for word in words)))

    def bids(self) -> int:
        """How many bids the lot has."""
        with urllib.request.urlopen(f"{self.market.url}/lots/{self.code}/state/") as answer:
            return int(json.load(answer)["bids"])


Script = list[tuple[str, int]]
How = dict[str, Any]
Stage = Callable[..., Room]


def seeded(market: Market, wanted: list[tuple[Script, How]]) -> list[dict[str, Any]]:
    """Fresh lots with those bids made; how: opens_in and ends_in in seconds, the extension window and other rules of the
    sale, the format and its params (free_until in seconds), who has a priority right of which rank, and the words with
    which the lot is held."""
    plain: How = {"opens_in": -60, "ends_in": 1800, "window": 120, "format": "english"}
    plain |= {"params": {}, "rules": {}, "ranks": {}}
    full = [(script, {**plain, **how}) for script, how in wanted]
    said = market.python(f"WANTED = {full!r}\n{SEED}")
    made: list[dict[str, Any]] = json.loads(said.splitlines()[-1])
    return made


def stands(page: Page, words: str) -> None:
    expect(page.locator("#band-text")).to_have_text(words, timeout=15_000)


def first(page: Page) -> Locator:
    return page.locator("#quick button").first


def twice(page: Page) -> None:
    first(page).click()
    first(page).click()
