"""One patent from the wizard to the last payout, clicked by the people whose steps they are, each at their own browser."""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from deploy.demo.cast import PASSWORD
from market.kernel import clock
from market.kernel.calendar import earliest_after_notice
from market.kernel.clock import BEIJING
from market.rights.rules.identifiers import cn_check_digit
from tests.browser.audit import watch
from tests.browser.conftest import Market, empty_market

# Another right each time, so that a market which is kept running can be used again.
NUMBER = f"20171{secrets.randbelow(10**7):07d}"
TITLE = f"一种耐低温固态电池的装配方法 {NUMBER[-5:]}"
PDF = {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"}
PATIENCE = 20_000  # milliseconds; the worker drafts papers and closes lots a moment after the fact
ARMED = re.compile(r"\bbtn-armed\b")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var/ with the demonstration's people only: they make all the rest before our eyes."""
    var = tmp_path_factory.mktemp("story") / "var"
    market = empty_market(var)
    market.python("from deploy.demo import cast; cast.build()")
    market.close()
    return var


class Person:
    """Somebody at a browser of their own; `shoot` keeps what they see, in the directory SHOTS names."""

    def __init__(self, page: Page, url: str, shots: Path) -> None:
        self.page, self.url, self.shots = page, url, shots

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def find(self, path: str, selector: str) -> Locator:
        """The first such element of a page, which is loaded again until it is there."""
        self.go(path)
        found = self.page.locator(selector).first
        for _ in range(PATIENCE // 500):
            if found.count():
                break
            self.page.wait_for_timeout(500)
            self.page.reload()
        expect(found).to_be_visible()
        return found

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            box = self.page.locator(f"main [name='{name}']").first
            if box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(value)
            elif box.get_attribute("type") in ("radio", "checkbox"):
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            else:
                box.fill(value)

    def press(self, words: str = "") -> None:
        """Press the button with those words, or the page's one main button."""
        named = self.page.get_by_role("button", name=words).first
        (named if words else self.page.locator("main form button.btn-main").last).click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words, timeout=PATIENCE)

    def stands(self, standing: str) -> None:
        """The band of the room says how the person stands: ready, leading, outbid, won, lost."""
        expect(self.page.locator("#band")).to_have_attribute("data-s", standing, timeout=PATIENCE)

    def bid(self) -> None:
        """Press the lowest bid twice: the first press arms it, the second sends it."""
        button = self.page.locator(".quick button").first
        button.click()
        expect(button).to_have_class(ARMED)
        button.click()

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=True)


class Cast(NamedTuple):
    """The holder, two buyers (the second reads English on a telephone), the agency's agent and its finance officer."""

    holder: Person
    first: Person
    second: Person
    agent: Person
    finance: Person


@pytest.fixture
def cast(market: Market, browser: Browser, as_user: Callable[[str], Any], tmp_path: Path) -> Iterator[Cast]:
    """Everybody signed in, each in a browser context of their own."""
    shots, opened, people = Path(os.environ.get("SHOTS", str(tmp_path))), [], []
    for name in ("gaoxiao", "maijia1", "maijia2", "jigou", "caiwu"):
        language, width = ("en", 390) if name == "maijia2" else ("zh-hans", 1280)
        context = browser.new_context(
            viewport={"width": width, "height": 900}, storage_state=as_user(name), reduced_motion="reduce"
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": market.url}])
        opened.append(context)
        people.append(Person(watch(context.new_page()), market.url, shots))
    yield Cast(*people)
    for context in opened:
        context.close()


def test_a_patent_is_listed_auctioned_paid_recorded_and_settled(market: Market, cast: Cast) -> None:
    listing = _list(cast.holder)
    _accept(cast.agent, listing)
    sale, lot = _announce(cast.agent)
    _admit(cast, sale, lot)
    _set_dates(market, lot, opens_in=0, ends_in=100)
    _bid_against_each_other(cast, lot)
    _set_dates(market, lot, ends_in=0)
    deal = _hammer(cast, lot)
    _sign(cast, deal)
    _pay(cast, deal)
    _record(cast, deal)
    _settle(cast, deal)
    for person, words, name in ((cast.holder, "交易已办结", "zh"), (cast.second, "Everything is done", "en-390")):
        person.go(f"/deals/{deal}/")
        person.sees(words)
        person.shoot(f"deal-closed-{name}")
    assert "The books keep their rules." in market.manage("audit_books")


def _list(holder: Person) -> str:
    """The wizard, from a number with one wrong digit to the hand-over."""
    right = cn_check_digit(NUMBER)
    wrong = "5" if right != "5" else "6"
    holder.go("/sell/new/?kind=patent")
    holder.fill(number=f"ZL{NUMBER}.{wrong}")
    holder.press("核对号码")
    holder.sees(f"应为 {right}")
    assert holder.page.input_value("[name=number]") == f"ZL{NUMBER}.{wrong}"
    holder.shoot("wizard-number-zh")
    holder.fill(number=f"ZL{NUMBER}.{right}")
    holder.press("核对号码")
    code = holder.page.url.split("/")[4]
    paid_to = f"{clock.today() + timedelta(days=200)}"
    holder.fill(title=TITLE, title_en="Assembly of solid-state batteries", creators="李伟\n王芳", industry="vehicles")
    holder.fill(filed_on="2017-07-21", granted_on="2019-06-18", annuity_paid_to=paid_to)
    holder.press("保存并继续")
    holder.fill(shared="no", burdened="no")
    holder.press("保存并继续")
    holder.page.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    holder.press("保存材料")
    holder.go(f"/sell/{code}/offer/")
    agency = holder.page.locator("[name=agency] option", has_text="长春知识产权运营中心").get_attribute("value") or ""
    holder.fill(pricing="auction", agency=agency, reserve="525000")
    holder.press("保存并继续")
    holder.fill(summary="低温下装配固态电池的方法，良品率高。", defects="无已知瑕疵")
    holder.press("保存并继续")
    holder.page.locator("[name=declared]").check()
    holder.shoot("wizard-check-zh")
    holder.press("提交机构审核")
    holder.sees(code)
    return code


def _accept(agent: Person, listing: str) -> None:
    agent.go(f"/desk/reviews/{listing}/")
    for box in agent.page.locator("main input[type=checkbox]").all():
        box.check()
    agent.shoot("review-zh")
    agent.press("通过")
    agent.sees(TITLE)


def _announce(agent: Person) -> tuple[str, str]:
    """A sale whose first date breaks the notice period, then keeps it; the codes of the sale and of its one lot."""
    today, now = clock.today(), clock.now().astimezone(BEIJING)
    first = earliest_after_notice(today, 7)
    agent.go("/desk/sales/new/")
    agent.fill(title="故事专场", title_en="Story sale", mode="online_bidding", ruleset="commercial")
    agent.fill(display_from=f"{now:%Y-%m-%dT%H:%M}")
    agent.fill(register_until=f"{today + timedelta(days=4)}T18:00", opens_at=f"{today + timedelta(days=5)}T10:00")
    agent.press()
    agent.sees(f"请选择 {first} 或之后的日期")
    assert agent.page.input_value("[name=title]") == "故事专场"
    agent.shoot("sale-too-early-zh")
    agent.fill(register_until=f"{first}T09:00", opens_at=f"{first}T10:00")
    agent.press()
    option = agent.page.locator("[name=listing] option", has_text=TITLE).get_attribute("value") or ""
    agent.fill(listing=option, start="500000", step="10000", deposit="50000", hours="24")
    agent.press("添加标的")
    agent.press("发布公告")
    agent.sees("公告已发布")
    agent.shoot("desk-sale-zh")
    lot = agent.page.locator("main a[href^='/lots/']").first.get_attribute("href") or ""
    return agent.page.url.split("/")[5], lot.split("/")[2]


def _admit(cast: Cast, sale: str, lot: str) -> None:
    """Both register, the agent qualifies them, both report the deposit, finance confirms what arrived."""
    _register(cast, sale, lot)
    for number, buyer in enumerate((cast.first, cast.second), start=1):
        charge = report(buyer, f"/lots/{lot}/register/", f"STORY{NUMBER[-7:]}{number}")
        buyer.shoot(f"deposit-reported-{number}")
        confirm(cast.finance, charge, "50000", f"STORY{NUMBER[-7:]}{number}")
        buyer.find(f"/lots/{lot}/", "#band b.num")  # the paddle number


def _register(cast: Cast, sale: str, lot: str) -> None:
    for buyer in (cast.first, cast.second):
        buyer.go(f"/lots/{lot}/register/")
        buyer.page.locator("[name=acknowledged]").check()
        buyer.press()
    cast.agent.go(f"/desk/sales/{sale}/bidders/")
    for _ in range(2):
        cast.agent.press("通过审核")


def report(payer: Person, where: str, number: str) -> str:
    """Follow the link to the payment, and report the bank's number: the charge's code."""
    payer.find(where, "main a[href^='/payments/C-']").click()
    payer.page.wait_for_load_state()
    payer.fill(bank_reference=number)
    payer.press()
    payer.sees(number)
    return payer.page.url.split("/")[4]


def confirm(finance: Person, charge: str, amount: str, number: str) -> None:
    finance.go(f"/desk/payments/{charge}/")
    finance.sees(number)
    finance.fill(received=amount, bank_reference=number)
    finance.press()


def _set_dates(market: Market, lot: str, *, ends_in: int, opens_in: int | None = None) -> None:
    """Write the lot's dates straight into its rows, in seconds from now.

    The law keeps seven days between notice and bidding and the sale a day of bidding; no action may shorten them, so a
    test that cannot wait goes behind the actions' back. What follows (opening, bids, closing) is again the market's own.
    """
    opening = "" if opens_in is None else f"opens_at=now + timedelta(seconds={opens_in}),"
    code = f"""
from datetime import timedelta
from auctions.models import Lot, Sale
from market.kernel import clock
now = clock.now()
lots = Lot.objects.filter(code="{lot}")
lots.update({opening} ends_at=now + timedelta(seconds={ends_in}), hard_ends_at=None)
Sale.objects.filter(lots__code="{lot}").update(display_from=now - timedelta(days=9), register_until=now, opens_at=now)
"""
    market.python(code)


def _bid_against_each_other(cast: Cast, lot: str) -> None:
    """Each hears of the other's bid over the socket, at once and without touching the page; a late bid extends."""
    for person in (cast.first, cast.second):
        person.find(f"/lots/{lot}/", "#band[data-s=ready]")
    cast.first.bid()
    cast.first.stands("leading")
    expect(cast.second.page.locator("#price")).to_have_text("¥500,000", timeout=PATIENCE)
    expect(cast.second.page.locator("#extended")).to_contain_text("Extended 1", timeout=PATIENCE)
    for figure in ("510,000", "530,000"):
        cast.second.bid()
        cast.first.stands("outbid")
        cast.second.stands("leading")
        expect(cast.first.page.locator("#price")).to_have_text(f"¥{figure}", timeout=PATIENCE)
        cast.first.shoot("room-outbid-zh")
        cast.second.shoot("room-leading-en-390")
        cast.first.bid()
        cast.second.stands("outbid")
    cast.second.bid()
    cast.second.stands("leading")


def _hammer(cast: Cast, lot: str) -> str:
    """The worker closes the lot; winner and loser learn it in the room, and the winner follows the link to the deal."""
    cast.second.stands("won")
    cast.first.stands("lost")
    link = cast.second.page.locator("#result a[href^='/deals/D-']")
    expect(link).to_be_visible(timeout=PATIENCE)
    cast.second.shoot("room-won-en-390")
    cast.first.shoot("room-lost-zh")
    link.click()
    cast.second.page.wait_for_url("**/deals/D-*/**")
    cast.second.shoot("deal-formed-en-390")
    return cast.second.page.url.split("/")[4]


def _sign(cast: Cast, deal: str) -> None:
    for kind, signers in (("confirmation", (cast.second, cast.agent)), ("contract", (cast.holder, cast.second))):
        for person in signers:
            person.find(f"/deals/{deal}/sign/{kind}/", "main [name=consent]").check()
            person.fill(password=PASSWORD)
            person.shoot(f"sign-{kind}")
            person.press()


def _pay(cast: Cast, deal: str) -> None:
    number = f"STORY{NUMBER[-7:]}3"
    charge = report(cast.second, f"/deals/{deal}/", number)
    cast.second.shoot("price-reported-en-390")
    confirm(cast.finance, charge, "527500", number)  # 550,000 and five per cent, less the deposit


def _record(cast: Cast, deal: str) -> None:
    cast.agent.find(f"/deals/{deal}/", "main a[href^='/desk/filings/F-']").click()
    cast.agent.page.wait_for_load_state()
    today = f"{clock.today()}"
    cast.agent.fill(**{"submit-number": "2026112400001", "submit-on": today})
    cast.agent.press("登记递交")
    cast.agent.fill(**{"accept-number": "ZQ-2026-1", "accept-on": today})
    cast.agent.page.locator("[name='accept-file']").set_input_files(PDF)  # type: ignore[arg-type]
    cast.agent.page.locator("[name='accept-compared']").check()
    cast.agent.press("登记核准结果")
    cast.agent.shoot("filing-accepted-zh")


def _settle(cast: Cast, deal: str) -> None:
    for number, path in enumerate(_payouts(cast, deal), start=4):
        cast.agent.go(path)
        cast.agent.press("批准付款")
        cast.finance.go(path)
        cast.finance.fill(bank_reference=f"STORY{NUMBER[-7:]}{number}")
        cast.finance.press()


def _payouts(cast: Cast, deal: str) -> list[str]:
    """Share out the escrow; the addresses of the payouts that wait then."""
    cast.finance.find(f"/desk/settlements/{deal}/", "main form button.btn-main")
    cast.finance.shoot("settlement-zh")
    cast.finance.press()
    payouts = cast.finance.page.locator("main a[href^='/desk/payouts/O-']").all()
    return list(dict.fromkeys(link.get_attribute("href") or "" for link in payouts))  # lines and payouts name the same
