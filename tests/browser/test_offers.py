"""From an asset's page to a deal by offer, counter-offer and acceptance, as buyer and holder see it."""

import re

from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit

FREE = """
from market.listings.models import Listing

free = Listing.objects.filter(state="published", pricing="negotiable", negotiations=None, bundle=None)
print(free.order_by("pk").values_list("code", "seller__memberships__user__username")[0])
"""


def test_an_offer_is_countered_accepted_and_becomes_a_deal(market: Market, visit: Visit) -> None:
    code, seller = re.findall(r"'([\w-]+)'", market.python(FREE).splitlines()[-1])
    buyer = visit(f"/assets/{code}/", user="maijia3")
    buyer.click("#trade a[href$='/offer/']")
    audit(buyer)
    buyer.fill("[name=amount]", "1200000")
    buyer.fill("[name=conditions]", "含两日培训")
    buyer.click("main form button.btn-main")
    expect(buyer.locator(".checks")).to_contain_text("壹佰贰拾万元整")
    audit(buyer)
    buyer.click("main button[name=confirmed]")
    expect(buyer).to_have_url(re.compile(r"/offers/N-\w+/$"))
    audit(buyer)
    page = buyer.url.removeprefix(market.url)
    holder = visit(page, user=seller, language="en", scheme="dark", width=390)
    audit(holder)
    holder.click("main a[href$='/counter/']")
    holder.fill("[name=amount]", "1300000")
    audit(holder)
    holder.click("main form button.btn-main")
    holder.click("main button[name=confirmed]")
    expect(holder.locator("ins").first).to_have_text("¥1,300,000")
    buyer.reload()
    buyer.click("main a[href$='/accept/']")
    expect(buyer.locator(".checks")).to_contain_text("壹佰叁拾万元整")
    audit(buyer)
    buyer.click("main form button.btn-main")
    deal = buyer.locator("main .next a[href^='/deals/D-']")
    for _ in range(20):  # the worker opens the deal within a moment
        if deal.count():
            break
        buyer.wait_for_timeout(250)
        buyer.reload()
    deal.click()
    expect(buyer.locator("h1")).to_contain_text("D-")
    audit(buyer)
