"""The other ways of bidding in a browser: a falling price, a maximum and its raise, sealed bids, timed rounds."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit
from tests.browser.readers import shown
from tests.browser.rooms import OUTBID, How, Room, Script, Stage, seeded, stands

DUTCH = {"step": 10_000_00, "every_s": 3, "floor": 100_000_00}
FALLING: How = {"format": "dutch", "params": DUTCH, "opens_in": -3}
STAGED: How = {"format": "hybrid", "params": {**DUTCH, "sealed_s": 900, "best_s": 900}, "opens_in": -3}
PHONE = 390
READY = {"en": "You have not bid yet", "zh-hans": "您尚未出价"}


def amount(page: Page, selector: str) -> int:
    """The whole yuan that an element shows."""
    found = re.search(r"¥([\d,]+)", page.locator(selector).first.inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(("language", "armed"), [("en", "Press again to take it at"), ("zh-hans", "再按一次")])
def test_a_falling_price_ticks_and_is_taken_by_two_presses(stage: Stage, language: str, armed: str) -> None:
    room = stage([], **FALLING)
    page = room.open(language=language, width=PHONE)
    take = page.locator("#quick [data-take]")
    expect(take).to_have_attribute("aria-disabled", "false")
    before = amount(page, "#price")
    page.wait_for_function("before => document.querySelector('#price').textContent !== before", arg=f"¥{before:,}")
    assert amount(page, "#price") < before
    assert amount(page, "#quick [data-take]") == amount(page, "#price")
    take.click()
    expect(take).to_contain_text(armed)
    expect(take).to_have_class(re.compile("btn-armed"))
    offered = amount(page, "#quick [data-take]")
    take.click()
    expect(page.locator("#band")).to_have_attribute("data-s", "won")
    expect(page.locator("#result .seal")).to_be_visible()
    paid = amount(page, "#result .price")
    assert paid <= offered
    assert room.bids() == 1


@pytest.mark.parametrize("place", ["console", "screen"])
def test_the_saleroom_sees_the_price_fall_without_a_reload(stage: Stage, place: str) -> None:
    room = stage([], **FALLING)
    path = {"console": f"/desk/sales/{room.sale}/console/", "screen": f"/auctions/{room.sale}/screen/"}[place]
    page = room.visit(path, cookies={"sessionid": room.sessions["agency"]})
    price = {"console": "#price", "screen": ".screen-price"}[place]
    before = amount(page, price)
    page.wait_for_function(
        "([where, before]) => !document.querySelector(where).textContent.includes(before)", arg=[price, f"{before:,}"]
    )
    assert amount(page, price) < before


def test_whoever_comes_second_is_told_that_the_price_is_taken(stage: Stage) -> None:
    room = stage([], **FALLING)
    page = room.open(width=PHONE)
    expect(page.locator("#quick [data-take]")).to_have_attribute("aria-disabled", "false")
    room.raised("bob", 1_000_000, kind="accept")
    stands(page, "The lot is sold")
    expect(page.locator("#bidding")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_maximum_is_named_defended_raised_and_shown_to_its_bidder_alone(stage: Stage, language: str) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.open(language=language, width=PHONE)
    expect(page.locator("#band")).to_have_attribute("data-s", "ready")
    page.locator("#maximum summary").click()
    button = page.locator("[data-offer=proxy] button")
    page.fill("#typed", "1,500,000")
    button.click()
    expect(button).to_contain_text("¥1,500,000")
    button.click()
    expect(page.locator("#band")).to_have_attribute("data-s", "leading")
    expect(page.locator("#price")).to_have_text("¥1,020,000")
    expect(page.locator("#own-max")).to_contain_text("¥1,500,000")
    room.raised("bob", 1_100_000)
    expect(page.locator("#price")).to_have_text("¥1,120,000")
    expect(page.locator("#band")).to_have_attribute("data-s", "leading")
    page.fill("#typed", "2000000")
    button.click()
    button.click()
    expect(page.locator("#own-max")).to_contain_text("¥2,000,000")
    expect(page.locator("#price")).to_have_text("¥1,120,000")
    expect(page.locator("#band")).to_have_attribute("data-s", "leading")
    assert room.bids() == 4  # the raise shows nothing
    page.fill("#typed", "1900000")
    button.click()
    button.click()
    expect(page.locator("#note")).to_contain_text("¥2,000,000")
    audit(page)
    page.reload()
    expect(page.locator("#own-max")).to_contain_text("¥2,000,000")


def test_a_bid_that_a_maximum_answers_never_looks_as_if_it_led(stage: Stage) -> None:
    room = stage([])
    room.raised("bob", 1_500_000, kind="proxy")
    page = room.open()
    stands(page, READY["en"])
    seen = page.evaluate_handle(
        """() => { const seen = []; new MutationObserver(() => seen.push(document.querySelector("#band").dataset.s))
        .observe(document.querySelector("#band"), {attributes: true}); return seen; }"""
    )
    first = page.locator("#quick button").first
    first.click()
    first.click()
    stands(page, OUTBID)
    assert "leading" not in seen.json_value()
    expect(page.locator("#price")).to_have_text("¥1,040,000")


def test_a_maximum_the_script_cannot_read_goes_to_the_check_page(stage: Stage) -> None:
    page = stage([]).open(width=PHONE)
    stands(page, READY["en"])
    page.locator("#maximum summary").click()
    page.fill("#typed", "１５０万")
    page.locator("[data-offer=proxy] button").click()
    expect(page.locator("h1")).to_have_text("Check your bid")
    audit(page)


def test_sealed_bids_are_handed_in_and_stay_hidden(stage: Stage) -> None:
    room = stage([], format="sealed_first")
    page = room.open(width=PHONE)
    expect(page.locator("#band")).to_have_attribute("data-s", "ready")
    page.fill("#typed", "1234567")
    button = page.locator("[data-offer=sealed] button")
    button.click()
    button.click()
    stands(page, "Your bid is in. It stays sealed until the end.")
    expect(page.locator("#price")).to_have_text("¥1,000,000")
    assert "1,234,567" not in page.locator("#hist").inner_text()
    page.reload()
    expect(page.locator("#bidding")).to_contain_text("Your sealed bid was handed in and is final")


def test_several_licences_are_bid_for_by_number_and_price(stage: Stage) -> None:
    room = stage([], format="uniform", params={"supply": 5})
    page = room.open(width=PHONE)
    expect(page.locator("#band")).to_have_attribute("data-s", "ready")
    page.fill("#units", "3")
    page.fill("#typed", "1100000")
    button = page.locator("[data-offer=units] button")
    button.click()
    expect(button).to_have_text("Press again to bid ¥1,100,000 each for 3")
    button.click()
    stands(page, "Your bid is in. It stays sealed until the end.")
    assert room.bids() == 1


def test_the_timed_period_is_named_and_counted(stage: Stage) -> None:
    room = stage([], format="free_then_timed", params={"free_until": 10, "cycle_s": 120}, ends_in=130)
    page = room.open(width=PHONE)
    expect(page.locator("#way-now")).to_have_text("Free period")
    expect(page.locator("#clock-label")).to_have_text("Free period ends in")
    expect(page.locator("#way-now")).to_have_text("Timed round")
    expect(page.locator("#clock-label")).to_have_text("This round ends in")
    room.raised("bob", 1_000_000)
    expect(page.locator("#extended")).to_contain_text("Extended 1")


TIMED: How = {"format": "free_then_timed", "params": {"free_until": -30, "cycle_s": 2}, "ends_in": 8}
OVER = {
    "en": "The bidding is over; whoever has a better priority right may take the lot at this price",
    "zh-hans": "竞价已结束，享有更优先购买权的竞买人可按此价格购买",
}
WINDOW = {
    "en": "The bidding is over. Priority rights may be used now.",
    "zh-hans": "竞价已结束，现为优先购买权行使期。",
}


def matched(seconds: int) -> How:
    """A timed period about to end, and after it so many seconds to match, for Anne before Carol."""
    return {
        **TIMED,
        "rules": {"priority_match": True, "priority_window_s": seconds},
        "ranks": {"anne": 1, "carol": 2},
    }


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_after_the_timed_period_a_holder_takes_the_lot_at_its_price(stage: Stage, language: str) -> None:
    room = stage([("bob", 1_000_000)], **matched(30))
    page = room.open(language=language, width=PHONE)
    others = {
        who: room.visit(f"/lots/{room.code}/", language=language, cookies={"sessionid": room.sessions[who]})
        for who in ("bob", "carol")
    }
    for one in (page, *others.values()):
        expect(one.locator("#bidding")).to_contain_text(OVER[language], timeout=25_000)
    stands(page, WINDOW[language])
    expect(page.locator("#phase")).to_have_text(
        {"en": "Priority rights may be used", "zh-hans": "优先购买权行使期"}[language]
    )
    take = page.locator("#quick button")
    expect(take).to_have_count(1)
    expect(page.locator("#why")).to_contain_text({"en": "has rank 1", "zh-hans": "第 1 顺位"}[language])
    expect(page.locator("[data-offer]")).to_have_count(0)
    expect(others["bob"].locator("#quick")).to_have_count(0)
    audit(page)
    take.click()
    expect(take).to_have_class(re.compile("btn-armed"))
    take.click()
    expect(page.locator("#band")).to_have_attribute("data-s", "leading")
    expect(page.locator("#price")).to_have_text("¥1,000,000")
    expect(others["bob"].locator("#band")).to_have_attribute("data-s", "outbid")
    expect(page.locator("#result .seal")).to_be_visible(timeout=45_000)
    expect(page.locator("#band")).to_have_attribute("data-s", "won")
    expect(others["bob"].locator("#band")).to_have_attribute("data-s", "lost")
    assert room.bids() == 2


def test_a_hybrid_goes_from_stage_to_stage_on_the_open_page(stage: Stage) -> None:
    room = stage([], **STAGED)
    page = room.open(width=PHONE)
    expect(page.locator("#quick [data-take]")).to_have_attribute("aria-disabled", "false")
    room.raised("bob", 1_000_000, kind="accept")
    expect(page.locator("[data-offer=sealed]")).to_be_visible()
    expect(page.locator("#bidding")).to_contain_text("Second stage")


WAYS: dict[str, tuple[Script, How]] = {
    "falling": ([], {**FALLING, "params": {**DUTCH, "every_s": 60}}),
    "sealed": ([], {"format": "sealed_second"}),
    "licences": ([], {"format": "uniform", "params": {"supply": 5}}),
    "timed": ([("bob", 1_000_000)], {"format": "free_then_timed", "params": {"free_until": 900, "cycle_s": 180}}),
    "matching": ([("bob", 1_000_000)], matched(1800)),
    "staged": ([], {**STAGED, "params": {**STAGED["params"], "every_s": 60}}),
}


@pytest.fixture(scope="module")
def gallery(market: Market) -> dict[str, dict[str, Any]]:
    """A lot of every way."""
    return dict(zip(WAYS, seeded(market, [*WAYS.values()]), strict=True))


@pytest.mark.parametrize(("way", "language", "scheme", "width"), shown(WAYS, (1280, PHONE), ("falling",)))
def test_every_way_of_bidding_is_readable_for_everybody(
    market: Market,
    visit: Visit,
    gallery: dict[str, dict[str, Any]],
    way: str,
    language: str,
    scheme: str,
    width: int,
) -> None:
    room = Room(market, visit, **gallery[way])
    page = room.open(language=language, scheme=scheme, width=width)
    expect(page.locator("#bidding button").first).to_have_attribute("aria-disabled", "false")
    audit(page)
