"""One patent from the wizard to the last payout, clicked by the four people whose steps they are."""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from market.kernel import clock
from market.kernel.clock import BEIJING
from market.rights.rules.identifiers import cn_check_digit
from tests.browser.conftest import Market

NUMBER = f"20171{secrets.randbelow(10**7):07d}"  # another right each time, so that a kept market can be used again
PDF = {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"}
TITLE = f"一种耐低温固态电池的装配方法{NUMBER[-5:]}"


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, page: Page, url: str, shots: Path) -> None:
        self.page, self.url, self.shots = page, url, shots

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            box = self.page.locator(f"main [name='{name}']").first
            if box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(value)
            elif box.get_attribute("type") in ("radio", "checkbox"):
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            else:
                box.fill(value)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()
        self.page.wait_for_load_state()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words, timeout=15_000)

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=True)


@pytest.fixture
def people(
    market: Market, browser: Browser, as_user: Callable[[str], Any], tmp_path: Path
) -> Iterator[dict[str, Person]]:
    """The holder, two buyers (one reads English on a telephone), the agency and its finance officer."""
    shots = Path(os.environ.get("SHOTS", str(tmp_path)))
    readers = {"gaoxiao": "zh-hans", "maijia1": "zh-hans", "maijia2": "en", "jigou": "zh-hans", "caiwu": "zh-hans"}
    opened, found = [], {}
    for name, language in readers.items():
        size = {"width": 390, "height": 844} if language == "en" else {"width": 1280, "height": 900}
        context = browser.new_context(viewport=size, storage_state=as_user(name), reduced_motion="reduce")  # type: ignore[arg-type]
        context.add_cookies([{"name": "django_language", "value": language, "url": market.url}])
        opened.append(context)
        found[name] = Person(context.new_page(), market.url, shots)
    yield found
    for context in opened:
        context.close()


def test_a_patent_is_listed_auctioned_paid_recorded_and_settled(market: Market, people: dict[str, Person]) -> None:
    holder, first, second = people["gaoxiao"], people["maijia1"], people["maijia2"]
    agency, finance = people["jigou"], people["caiwu"]
    listing = _list(holder)
    _accept(agency, listing)
    sale, lot = _announce(agency)
    for buyer in (first, second):
        _register(buyer, lot)
    _admit(agency, finance, sale, lot, market)
    _run(market, lot, "lot.sale.opens_at = lot.opens_at = now", "lot.ends_at = now + timedelta(minutes=4)")
    _bid_live(market, lot, first, second)
    deal = _follow_to_deal(second, lot)
    _sign_and_pay(deal, holder, second, agency, finance)
    _record_and_settle(deal, agency, finance)
    for person in (holder, second):
        person.go(f"/deals/{deal}/")
    holder.sees("交易已办结")
    second.sees("Everything is done")
    holder.shoot("deal-closed-zh")
    second.shoot("deal-closed-en-390")
    assert market.manage("audit_books")


def _list(holder: Person) -> str:
    """The wizard, from a number with one wrong digit to the hand-over."""
    holder.go("/sell/new/?kind=patent")
    right = cn_check_digit(NUMBER)
    wrong = "5" if right != "5" else "6"
    holder.fill(number=f"ZL{NUMBER}.{wrong}")
    holder.press("核对号码")
    holder.sees(f"应为 {right}")
    assert holder.page.input_value("[name=number]") == f"ZL{NUMBER}.{wrong}"
    holder.fill(number=f"ZL{NUMBER}.{right}")
    holder.press("核对号码")
    code = holder.page.url.split("/")[4]
    today = clock.today()
    holder.fill(
        title=TITLE, title_en="Assembly of solid-state batteries", filed_on="2017-07-21", granted_on="2019-06-18"
    )
    holder.fill(annuity_paid_to=f"{today + timedelta(days=200)}", industry="vehicles", inventors="李伟\n王芳")
    holder.press("保存并继续")
    holder.fill(shared="no", burdened="no")
    holder.press("保存并继续")
    holder.page.locator("input[type=file]").set_input_files(PDF)
    holder.press("保存材料")
    holder.go(f"/sell/{code}/offer/")
    agency = holder.page.locator("[name=agency] option").nth(1).get_attribute("value") or ""
    holder.fill(pricing="auction", agency=agency, reserve="1050000")
    holder.press("保存并继续")
    holder.fill(summary="低温下装配固态电池的方法，良品率高。", defects="无已知瑕疵")
    holder.press("保存并继续")
    holder.shoot("wizard-check-zh")
    holder.page.locator("[name=declared]").check()
    holder.press("提交机构审核")
    holder.sees(code)
    return code


def _accept(agency: Person, listing: str) -> None:
    agency.go(f"/desk/reviews/{listing}/")
    for box in agency.page.locator("main input[type=checkbox]").all():
        box.check()
    agency.shoot("review-zh")
    agency.press("通过")
    agency.sees(TITLE)


def _announce(agency: Person) -> tuple[str, str]:
    """A sale whose first date is too early by law, then lawful, with the lot, announced."""

    def stamp(days: int) -> str:
        return f"{clock.now().astimezone(BEIJING) + timedelta(days=days):%Y-%m-%dT%H:%M}"

    agency.go("/desk/sales/new/")
    agency.fill(title="故事专场", title_en="Story sale", mode="online_bidding", ruleset="commercial")
    agency.fill(display_from=stamp(0), register_until=stamp(4), opens_at=stamp(5))
    agency.press("保存草稿")
    _add_lot(agency)
    agency.press("发布公告")
    agency.sees("或之后的日期")
    agency.go("/desk/sales/new/")
    agency.sees("筹备场次")
    agency.fill(title="故事专场", title_en="Story sale", mode="online_bidding", ruleset="commercial")
    agency.fill(display_from=stamp(0), register_until=stamp(19), opens_at=stamp(20))
    early = agency.page.context.pages[0].url
    agency.go("/desk/sales/")
    agency.page.get_by_role("link", name="故事专场").first.click()
    agency.press("移除")
    agency.go(early.replace(agency.url, ""))
    agency.fill(title="故事专场", title_en="Story sale", mode="online_bidding", ruleset="commercial")
    agency.fill(display_from=stamp(0), register_until=stamp(19), opens_at=stamp(20))
    agency.press("保存草稿")
    _add_lot(agency)
    agency.press("发布公告")
    agency.sees("公告已发布")
    agency.shoot("desk-sale-zh")
    sale = agency.page.url.split("/")[5]
    lot = agency.page.locator("main a[href^='/lots/']").first.get_attribute("href") or ""
    return sale, lot.split("/")[2]


def _add_lot(agency: Person) -> None:
    option = agency.page.locator("[name=listing] option", has_text=TITLE).get_attribute("value") or ""
    agency.fill(listing=option, start="1000000", step="20000", deposit="100000", hours="24")
    agency.press("添加标的")


def _register(buyer: Person, lot: str) -> None:
    buyer.go(f"/lots/{lot}/register/")
    buyer.page.locator("[name=acknowledged]").check()
    buyer.page.locator("main form button.btn-main").click()
    buyer.page.wait_for_load_state()


def _admit(agency: Person, finance: Person, sale: str, lot: str, market: Market) -> None:
    """The agency qualifies both, each reports a transfer or not, finance confirms what arrived."""
    agency.go(f"/desk/sales/{sale}/bidders/")
    agency.press("通过审核")
    agency.press("通过审核")
    for number in (1, 2):
        finance.go("/desk/payments/")
        finance.page.locator("main tr:has-text('保证金') a[href^='/desk/payments/C-']").first.click()
        finance.page.wait_for_load_state()
        _confirm(finance, f"STORYIN{number:05d}")
    _run(market, lot, "assert lot.bidders.count() == 2")


def _confirm(finance: Person, number: str) -> None:
    due = finance.page.locator("main [name=received]").get_attribute("data-due") or ""
    amount = due or finance.page.locator("main .num").first.inner_text()
    finance.fill(received=amount.replace("¥", "").replace(",", "").split("\n")[0].strip(), bank_reference=number)
    finance.page.locator("main form button.btn-main").first.click()
    finance.page.wait_for_load_state()


def _run(market: Market, lot: str, *statements: str) -> None:
    """Write the lot's dates directly: the statutory notice takes days, and a test cannot wait for them."""
    body = "\n".join(statements)
    code = f"""
from datetime import timedelta
from auctions.models import Lot, Sale
from market.kernel.clock import now as moment
now = moment()
lot = Lot.objects.select_related("sale").get(code="{lot}")
{body}
Sale.objects.filter(pk=lot.sale_id).update(display_from=min(lot.sale.display_from, now - timedelta(days=3)),
    register_until=min(lot.sale.register_until, lot.sale.opens_at), opens_at=lot.sale.opens_at)
Lot.objects.filter(pk=lot.pk).update(opens_at=lot.opens_at, ends_at=lot.ends_at, hard_ends_at=None)
"""
    market.manage("shell", "-v0", "-c", code)


def _bid_live(market: Market, lot: str, first: Person, second: Person) -> None:
    """Both are in the room; each press is armed, then confirmed; the other hears of it over the socket."""
    for person in (first, second):
        person.go(f"/lots/{lot}/")
    expect(first.page.locator("#band")).to_have_attribute("data-s", "ready", timeout=15_000)
    _bid(first)
    expect(first.page.locator("#band")).to_have_attribute("data-s", "leading", timeout=10_000)
    expect(second.page.locator("#price")).to_contain_text("1,000,000", timeout=10_000)
    for _ in range(2):
        _bid(second)
        expect(first.page.locator("#band")).to_have_attribute("data-s", "outbid", timeout=10_000)
        first.shoot("room-outbid-zh")
        second.shoot("room-leading-en-390")
        _bid(first)
        expect(second.page.locator("#band")).to_have_attribute("data-s", "outbid", timeout=10_000)
    _bid(second)
    expect(second.page.locator("#band")).to_have_attribute("data-s", "leading", timeout=10_000)
    _run(market, lot, "lot.ends_at = now + timedelta(seconds=1)")
    expect(second.page.locator("#band")).to_have_attribute("data-s", "won", timeout=20_000)
    expect(first.page.locator("#band")).to_have_attribute("data-s", "lost", timeout=20_000)
    second.shoot("room-won-en-390")


def _bid(person: Person) -> None:
    button = person.page.locator(".quick button").first
    button.click()
    button.click()


def _follow_to_deal(winner: Person, lot: str) -> str:
    winner.go(f"/lots/{lot}/")
    link = winner.page.locator("main a[href^='/deals/D-']").first
    expect(link).to_be_visible(timeout=10_000)
    return (link.get_attribute("href") or "").split("/")[2]


def _sign_and_pay(deal: str, holder: Person, buyer: Person, agency: Person, finance: Person) -> None:
    for kind, signers in (("confirmation", (buyer, agency)), ("contract", (holder, buyer))):
        for person in signers:
            _sign(person, deal, kind)
    finance.go(f"/deals/{deal}/")
    for _ in range(20):
        finance.go("/desk/payments/")
        row = finance.page.locator("main tr:has-text('价款'):has-text('博远') a[href^='/desk/payments/C-']")
        if row.count():
            break
        finance.page.wait_for_timeout(500)
    row.first.click()
    finance.page.wait_for_load_state()
    _confirm(finance, "STORYIN00009")
    agency.go(f"/deals/{deal}/")
    agency.shoot("deal-paid-zh")


def _sign(person: Person, deal: str, kind: str) -> None:
    """The paper is drafted by the worker a moment after the deal moved on."""
    from deploy.demo.cast import PASSWORD

    for _ in range(20):
        person.go(f"/deals/{deal}/sign/{kind}/")
        if person.page.locator("main [name=consent]").count():
            break
        person.page.wait_for_timeout(500)
    person.page.locator("main [name=consent]").check()
    person.fill(password=PASSWORD)
    person.page.locator("main form button.btn-main").last.click()
    person.page.wait_for_load_state()


def _record_and_settle(deal: str, agency: Person, finance: Person) -> None:
    for _ in range(20):
        agency.go(f"/deals/{deal}/")
        link = agency.page.locator("main a[href^='/desk/filings/F-']")
        if link.count():
            break
        agency.page.wait_for_timeout(500)
    path = link.first.get_attribute("href") or ""
    agency.go(path)
    today = f"{clock.today()}"
    agency.fill(**{"submit-number": "2026112400001", "submit-on": today})
    agency.press("登记递交")
    agency.fill(**{"accept-number": "ZQ-2026-1", "accept-on": clock.today().isoformat()})
    agency.page.locator("[name='accept-file']").set_input_files(PDF)
    agency.page.locator("[name='accept-compared']").check()
    agency.press("登记核准结果")
    agency.shoot("filing-accepted-zh")
    for _ in range(20):
        finance.go(f"/desk/settlements/{deal}/")
        if finance.page.locator("main form button.btn-main").count():
            break
        finance.page.wait_for_timeout(500)
    finance.shoot("settlement-zh")
    finance.page.locator("main form button.btn-main").first.click()
    finance.page.wait_for_load_state()
    finance.go(f"/desk/settlements/{deal}/")
    links = [
        link.get_attribute("href") or "" for link in finance.page.locator("main a[href^='/desk/payouts/O-']").all()
    ]
    for number, link in enumerate(links, start=1):
        finance.go(link)
        if finance.page.locator("main [name=bank_reference]").count():
            finance.fill(bank_reference=f"STORYOUT{number:05d}")
            finance.page.locator("main form button.btn-main").first.click()
            finance.page.wait_for_load_state()
