"""A licence deal from its first terms to the first royalty paid, clicked by its two sides and the agency in their own browsers."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser

from deploy.demo.cast import PASSWORD
from market.kernel import clock
from tests.browser.audit import watch
from tests.browser.conftest import Market, empty_market, serving, signing_in
from tests.browser.test_story import Person, confirm, report

# What stands before the story: a patent of the enterprise, and a licence of it agreed on with maijia1.
CONCLUDED = """
from deploy.demo import cast, listings
from market.deals import actions as deals
from market.kernel.money import Money
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.trail import journal

cast.build()
offered = listings.published(0)
right, owner = offered.right, offered.seller
listing = Listing.objects.create(right=right, seller=owner, agency=offered.agency, mode="licence", pricing="fixed",
                                 state="dealt", created_by=offered.created_by)
deal = deals.open(origin="demo:story", listing=listing, buyer=cast.party("maijia1"), price=Money(120_000_00, "CNY"),
                  seller_fees=flat(300), buyer_fees=flat(0), actor="system:demo")
while journal.deliver_due():  # so that no browser waits for the papers behind all that the cast was told
    pass
print(deal.code, owner.memberships.order_by("pk")[0].user.username)
"""


class Cast(NamedTuple):
    """The licensor, the licensee (who reads English on a telephone), the agency's agent and its finance officer."""

    licensor: Person
    licensee: Person
    agent: Person
    finance: Person


# A market, sign-in and all, beside the one that the tests before this one in the same process may have: these names are
# theirs too, and a fixture of the whole run is made once, for whoever asks first.
@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The demonstration's people and one deal of theirs, served."""
    var = tmp_path_factory.mktemp("licence") / "var"
    with serving(_concluded(var), var.with_name("served")) as served:
        yield served


def _concluded(var: Path) -> Path:
    market = empty_market(var)
    (var / "story").write_text(market.python(CONCLUDED).strip().splitlines()[-1])
    market.close()
    return var


@pytest.fixture(scope="module")
def as_user(market: Market) -> Callable[[str], Any]:
    """Signs in to this market."""
    return signing_in(market)


@pytest.fixture
def story(market: Market) -> tuple[str, str]:
    """The deal, and who acts for its licensor."""
    deal, licensor = Path(market.env["VAR_DIR"], "story").read_text().split()
    return deal, licensor


@pytest.fixture
def cast(
    story: tuple[str, str], market: Market, browser: Browser, as_user: Callable[[str], Any], tmp_path: Path
) -> Iterator[Cast]:
    """Everybody signed in, each in a browser context of their own."""
    shots, opened, people = Path(os.environ.get("SHOTS", str(tmp_path))), [], []
    for name in (story[1], "maijia1", "jigou", "caiwu"):
        language, width = ("en", 390) if name == "maijia1" else ("zh-hans", 1280)
        context = browser.new_context(
            viewport={"width": width, "height": 900}, storage_state=as_user(name), reduced_motion="reduce"
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": market.url}])
        opened.append(context)
        people.append(Person(watch(context.new_page()), market.url, shots))
    yield Cast(*people)
    for context in opened:
        context.close()


RUN = """
from market.royalties.runs import actions
from market.trail import journal
actions.run()
while journal.deliver_due():
    pass
"""
PAID = """
from deploy.demo import deals
from market.deals.models import Deal
from market.kernel import clock
deals.pay(Deal.objects.get(code="{deal}"), clock.today())
"""


def test_a_licence_goes_from_its_terms_to_the_signatures_and_its_first_royalty(
    story: tuple[str, str], market: Market, cast: Cast
) -> None:
    deal = story[0]
    _sign(deal, "confirmation", cast.licensee, cast.agent)
    _propose(deal, cast.licensor)
    _adopt(deal, cast.licensee)
    _sign(deal, "contract", cast.licensor, cast.licensee)
    cast.licensee.find(f"/deals/{deal}/", "main #money")
    cast.licensee.sees("¥120,000.00")
    market.python(PAID.format(deal=deal))
    licence = cast.licensee.find("/licences/", "main a[href^='/licences/Y-']").get_attribute("href") or ""
    cast.licensee.go(licence)
    cast.licensee.sees("Exclusive: only you may use it")
    cast.licensee.shoot("licence-en-390")
    _owe(f"{licence}periods/1/", market, cast)
    _pay(f"{licence}periods/1/", cast)


def _sign(deal: str, kind: str, *people: Person) -> None:
    for person in people:
        person.find(f"/deals/{deal}/sign/{kind}/", "main [name=consent]").check()
        person.fill(password=PASSWORD)
        person.press()
    people[-1].shoot(f"licence-{kind}")


def _owe(period: str, market: Market, cast: Cast) -> None:
    """The first quarter is over: the licensee reports its sales, the licensor approves them, the statement is issued."""
    market.python(RUN)
    cast.licensee.find(period, "main [name='0-gross']").fill("400000")
    cast.licensee.press("Send the report")
    cast.licensor.find(period, "main form[action$='/approve/'] button").click()
    cast.licensor.sees("已确认，随后作出账单。")
    market.python(RUN)


def _pay(period: str, cast: Cast) -> None:
    """A statement of five per cent of 400,000; the licensee reports its transfer, finance confirms what arrived."""
    statement = cast.licensee.find(period, "main a[href^='/statements/YS-']").get_attribute("href") or ""
    charge = report(cast.licensee, statement, "STORYROYALTY1")
    cast.licensee.shoot("royalty-reported-en-390")
    confirm(cast.finance, charge, "20000", "STORYROYALTY1")
    cast.licensee.find(statement, f"main a[href='/payments/{charge}/']")
    cast.licensee.sees("¥20,000.00")
    cast.licensee.shoot("royalty-paid-en-390")


def _propose(deal: str, licensor: Person) -> None:
    """The licensor fills in a royalty; the preview follows while he types, and says what is still missing."""
    licensor.find(f"/deals/{deal}/terms/", "#terms")
    begun = clock.today() - timedelta(days=100)
    licensor.fill(exclusivity="exclusive", royalty="percent", start=begun.isoformat())
    licensor.fill(**{"rate-0-rate": "5"})
    licensor.page.locator("#preview").get_by_text("约定了提成费").wait_for()
    licensor.fill(reports="quarter", due_days="30", payment_days="15", base_definition="不含税销售额")
    licensor.page.locator("#preview").get_by_text("使用费为5%").first.wait_for()
    licensor.shoot("licence-terms-zh")
    licensor.press("提出这些条款")
    licensor.sees("已提出，并已通知对方。")


def _adopt(deal: str, licensee: Person) -> None:
    licensee.find(f"/deals/{deal}/terms/", "main button[name=adopt]")
    licensee.sees("Royalties run, but nobody may inspect the books.")
    licensee.shoot("licence-adopt-en-390")
    licensee.press("Agree to version 1")
    licensee.sees("Agreed")
