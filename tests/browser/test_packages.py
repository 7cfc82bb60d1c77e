"""A sale by package bids, from the bidder's plain form over the agency's desk and the real worker to the public result."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit

SEED = """
import json
from auctions import engine
from auctions.models import Lot, PackageSale
from market.parties.models import Party
from tests.auctions import factory

def party(name):
    return Party.objects.filter(memberships__user__username=name).order_by("pk").first()

agency, seller = party("jigou"), party("gaoxiao")
sale = factory.sale(agency)
for _ in range(3):
    factory.lot(seller, agency, of_sale=sale, opened=False, format=Lot.Format.PACKAGE)
codes = list(sale.lots.order_by("number").values_list("code", flat=True))
PackageSale.objects.create(sale=sale, groups=[["近似商标", codes[:2]]])
engine.open_due()
for place, lot in enumerate(sale.lots.all()):
    for turn, name in enumerate(("maijia1", "maijia2")):
        factory.bidder(lot, party(name), 2001 + 10 * place + turn)
print(json.dumps({"sale": sale.code, "lots": codes}))
"""
END = """
from datetime import timedelta
from auctions.models import Lot
from market.kernel import clock
Lot.objects.filter(sale__code={sale!r}).update(ends_at=clock.now() - timedelta(seconds=1))
"""


@pytest.fixture(scope="module")
def sale(market: Market) -> dict[str, Any]:
    """Three lots open for package bids, the first two only together; two of the cast may bid."""
    made: dict[str, Any] = json.loads(market.python(SEED).splitlines()[-1])
    return made


def offer(page: Page, sale: dict[str, Any], numbers: tuple[int, ...], amount: str) -> None:
    for number in numbers:
        page.check(f"input[name=lots][value={sale['lots'][number - 1]}]")
    page.fill("[name=amount]", amount)
    page.click("main form button.btn-main")


def test_packages_from_the_form_to_the_file(market: Market, visit: Visit, sale: dict[str, Any]) -> None:
    address, desk = f"/auctions/{sale['sale']}/packages/", f"/desk/sales/{sale['sale']}/packages/"
    one = visit(address, user="maijia1", width=390, javascript="off")
    offer(one, sale, (1,), "2000000")
    expect(one.locator(".note-err")).to_contain_text("商标法第四十二条")
    one.goto(one.url)
    offer(one, sale, (1, 2), "3000000")
    expect(one.locator("main")).to_contain_text("3,000,000")
    two = visit(address, user="maijia2", language="en", scheme="dark")
    audit(two)
    offer(two, sale, (1, 2, 3), "3600000")
    expect(two.locator("#own")).to_be_visible()
    audit(two)
    audit(visit(address, user="maijia1", width=390))
    market.python(END.format(**sale))
    agency = visit(desk, user="jigou")
    audit(agency)
    agency.click("main form button")
    for _ in range(30):
        agency.wait_for_timeout(1_000)  # the worker's process starts, decides and ends by itself
        agency.goto(agency.url)
        if "标的已成交" in agency.content():
            break
    expect(agency.locator("main")).to_contain_text("标的已成交")
    audit(agency)
    for language, scheme, width in (("zh-hans", "light", 390), ("en", "dark", 1280), ("zh-hans", "light", 1280)):
        page = visit(address, language=language, scheme=scheme, width=width)
        expect(page.locator("#result")).to_be_visible()
        audit(page)
    file = page.request.get(f"{market.url}/auctions/{sale['sale']}/packages.json").json()
    assert file["allocation"]["optimal"]
    assert {one["bidder"] for one in file["bids"]} >= {one["bidder"] for one in file["prices"]["paid"]}
