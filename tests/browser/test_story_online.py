"""The story once more, with every yuan of the buyers paid at Stripe (its stand-in), and back or on from there."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser import test_story as story
from tests.browser.conftest import Market
from tests.browser.test_story import Cast, Person

demonstration, cast = story.demonstration, story.cast


@pytest.fixture(autouse=True)
def another_patent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right of its own, in a market where the other story may have been told."""
    number = f"20181{secrets.randbelow(10**7):07d}"
    monkeypatch.setattr(story, "NUMBER", number)
    monkeypatch.setattr(story, "TITLE", f"一种耐低温固态电池的装配方法 {number[-5:]}")


# What `audit_books` names: nothing, but for the deposits of lots that other tests put up, which nobody paid in.
AUDIT = """
from market.ledger import queries
from market.payments.bank import agreement
print(*queries.differences(queries.trial_balance()), *agreement.differences(), sep="\\n")
"""


def test_deposits_and_price_are_paid_online_and_go_where_they_belong(market: Market, cast: Cast) -> None:
    found = market.python(AUDIT)
    _open_account(cast.holder)
    story._accept(cast.agent, story._list(cast.holder))
    sale, lot = story._announce(cast.agent)
    story._register(cast, sale, lot)
    _pay_online(cast.first, f"/lots/{lot}/register/", "card")
    _pay_online(cast.second, f"/lots/{lot}/register/", "alipay", declined=1)
    for buyer in (cast.first, cast.second):
        buyer.find(f"/lots/{lot}/", "#band b.num")
    story._set_dates(market, lot, opens_in=0, ends_in=100)
    story._bid_against_each_other(cast, lot)
    story._set_dates(market, lot, ends_in=0)
    deal = story._hammer(cast, lot)
    _send_back(cast)
    story._sign(cast, deal)
    _pay_online(cast.second, f"/deals/{deal}/", "wechat_pay")
    story._record(cast, deal)
    _settle(cast, deal)
    cast.holder.go(f"/deals/{deal}/")
    cast.holder.sees("交易已办结")
    assert market.python(AUDIT) == found
    assert "the books and Stripe agree" in market.manage("compare_stripe")


def _open_account(holder: Person) -> None:
    holder.go("/me/payments/account/")
    holder.fill(country="HK")
    holder.shoot("stripe-account-zh")
    holder.press()
    holder.page.locator("button.main").click()
    holder.page.wait_for_url("**/me/payments/account/")
    holder.sees("可以收款")


def _pay_online(payer: Person, where: str, method: str, declined: int = 0) -> None:
    """Follow the link to the payment, on to Stripe's page, pay there, and be back with the payment received."""
    payer.find(where, "main a[href^='/payments/C-']").click()
    payer.page.wait_for_load_state()
    payer.shoot(f"online-{method}-offered")
    here = payer.page.url
    payer.page.locator("form[action$='/online/'] button").click()
    payer.page.wait_for_url("**/pay/cs_**")
    for _ in range(declined):
        payer.page.locator("button[value=decline]").click()
        payer.page.wait_for_load_state()
    payer.shoot(f"online-{method}-page")
    payer.page.locator(f"button[value={method}]").click()
    payer.page.wait_for_url(here)
    expect(payer.page.locator("main .note-ok")).to_be_visible()
    payer.shoot(f"online-{method}-paid")


def _release(cast: Cast, path: str) -> None:
    """One person approves the payout, the other lets it go through Stripe."""
    cast.agent.go(path)
    cast.agent.press("批准付款")
    cast.finance.go(path)
    cast.finance.shoot("payout-release-zh")
    cast.finance.page.locator("form[action$='/release/'] button").click()
    cast.finance.page.wait_for_load_state()
    cast.finance.go(path)
    expect(cast.finance.page.locator("main .note-ok")).to_be_visible()


def _send_back(cast: Cast) -> None:
    """The deposit of who did not win goes back to the card; those of other lots wait beside it, paid by bank."""
    cast.agent.find("/desk/payouts/", "main tbody a[href^='/desk/payouts/O-']")
    links = cast.agent.page.locator("main tbody a[href^='/desk/payouts/O-']").all()
    for path in [link.get_attribute("href") or "" for link in links]:
        cast.agent.go(path)
        if "Stripe pi_" in cast.agent.page.locator("main").inner_text():
            _release(cast, path)
            cast.finance.sees("re_")
            return
    pytest.fail("no deposit waits to go back to a card")


def _settle(cast: Cast, deal: str) -> None:
    """The holder is paid at Stripe, where the money lies; what the fees left of the commission is too little for that."""
    ways = set()
    for path in story._payouts(cast, deal):
        cast.agent.go(path)
        if "acct_" in cast.agent.page.locator("main").inner_text():
            _release(cast, path)
            ways.add("Stripe")
            continue
        cast.agent.press("批准付款")
        cast.finance.go(path)
        cast.finance.fill(bank_reference=f"BANK{secrets.randbelow(10**8):08d}")
        cast.finance.press()
        ways.add("bank")
    assert ways == {"Stripe", "bank"}
