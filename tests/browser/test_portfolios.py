"""A portfolio from the mark that would be left behind to the bidder's registration for all of it, page by page."""

import re

from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit

DRAFT = """
from datetime import timedelta
from auctions import actions
from market.kernel import clock
from market.parties.models import Party, User

agency, by = Party.objects.get(memberships__user__username="jigou"), User.objects.get(username="jigou")
opens_at = clock.now() + timedelta(days=20)
sale = actions.create_sale(
    agency=agency, title="组合专场", title_en="Portfolio sale", mode="online_bidding", auctioneer=None, media_proof="",
    ruleset="commercial", display_from=clock.now(), register_until=opens_at - timedelta(hours=1), opens_at=opens_at, by=by,
)
print(sale.code)
"""


def test_a_portfolio_from_its_gap_to_the_registration_for_all_of_it(market: Market, visit: Visit) -> None:
    holder = visit("/portfolios/", user="qiye")
    holder.click("main .tiles a")
    expect(holder.locator("#left-behind")).to_be_visible()
    holder.click("main form[action$='/complete/'] button")
    expect(holder.locator("#left-behind")).to_have_count(0)
    holder.click("main a[href$='/offer/?way=whole']")
    audit(holder)
    holder.locator("select[name=agency]").select_option(index=1)
    holder.fill("[name=summary]", "电池专利与商标，整体出售。")
    holder.fill("[name=defects]", "无")
    holder.click("main form button.btn-main")
    expect(holder).to_have_url(re.compile(r"/bundles/G-\w+/$"))
    audit(holder)
    page = holder.url.removeprefix(market.url)
    holder.check("[name=declared]")
    holder.click("main form[action$='/hand-over/'] button")
    agency = visit("/desk/reviews/", user="jigou", language="en", scheme="dark")
    agency.click("#r-bundles + ul a")
    audit(agency)
    for box in agency.locator("main form input[type=checkbox]").all():
        box.check()
    agency.click("main form button.btn-main")
    expect(agency).to_have_url(re.compile(page + "$"))
    sale = market.python(DRAFT).splitlines()[-1]
    agency.goto(f"{market.url}/desk/sales/{sale}/portfolios/")
    audit(agency)
    agency.click(f"main .tiles a[href='?bundle={page.split('/')[-2]}']")
    audit(agency)
    for field in agency.locator("main input[name^=start_]").all():
        field.fill("500000")
    agency.click("main form button.btn-main")
    expect(agency).to_have_url(re.compile(f"/desk/sales/{sale}/$"))
    agency.click("main form[action$='/notice/'] button")
    bidder = visit(page, user="maijia1", width=390)
    audit(bidder)
    bidder.click("main a[href$='/register/']")
    audit(bidder)
    bidder.check("[name=acknowledged]")
    bidder.click("main form button.btn-main")
    expect(bidder.locator("main form .note-ok")).to_be_visible()
    audit(bidder)
