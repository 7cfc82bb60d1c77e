"""The live room in a browser: two presses, lost answers, lost lines, the hammer; and every standing, looked at by axe."""

import json
import random
import time
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from market.kernel import formats
from market.kernel.money import Money
from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit
from tests.browser.readers import shown
from tests.browser.rooms import LEADING, OUTBID, How, Room, Script, Stage, first, seeded, stands, twice


def test_two_presses_on_the_keyboard_bid_and_the_focus_stays(stage: Stage) -> None:
    page = stage([("bob", 1_000_000)]).open()
    stands(page, "You have not bid yet")
    first(page).focus()
    page.keyboard.press("Enter")
    expect(first(page)).to_have_text("Press again to bid ¥1,020,000")
    page.keyboard.press("Escape")
    expect(first(page)).to_have_text("Bid ¥1,020,000")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    stands(page, LEADING)
    expect(page.locator("#price")).to_have_text("¥1,020,000")
    expect(page.locator("#hist li").first).to_have_class("me new")
    expect(page).to_have_title("▲ Leading · Method of preparing a solid electrolyte · Luochui")
    assert page.evaluate("document.activeElement.dataset.steps") == "1"
    first(page).press("Enter")
    expect(page.locator("#alert")).to_have_text(f"You cannot bid now: {LEADING}")


def test_who_is_outbid_sees_and_hears_it_and_an_armed_button_disarms(stage: Stage) -> None:
    room = stage([("anne", 1_000_000)])
    page = room.open()
    stands(page, LEADING)
    room.raised("bob", 1_020_000)
    stands(page, OUTBID)
    expect(page.locator("#alert")).to_have_text("You have been outbid. The price is ¥1,020,000, paddle 8084 leads.")
    expect(page).to_have_title("▼ Outbid · Method of preparing a solid electrolyte · Luochui")
    first(page).click()
    expect(first(page)).to_have_text("Press again to bid ¥1,040,000")
    room.raised("carol", 1_060_000)
    expect(page.locator("#note")).to_have_text("The price has moved. Choose your bid again.", timeout=15_000)
    expect(first(page)).to_have_text("Bid ¥1,080,000")
    assert room.bids() == 3


ACKS = '"type":"ack"'


def deaf(page: Page, *words: str) -> set[str]:
    """What has one of the words gets lost on the way; the rest comes through, and all once the words are taken out."""
    lost = set(words)

    def connect(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        server.on_message(lambda text: None if any(word in str(text) for word in lost) else line.send(text))

    page.route_web_socket("**/ws/**", connect)
    return lost


def test_a_lost_answer_is_asked_for_with_the_same_key(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.blank()
    deaf(page, ACKS)
    room.enter(page)
    stands(page, "You have not bid yet")
    with page.expect_request("**/bid/", timeout=15_000) as asked:
        twice(page)
        kept = page.evaluate("Object.values(sessionStorage)[0]")
        stands(page, "Your bid is being recorded…")
    assert json.loads(kept)["key"] == asked.value.post_data_json["key"]
    stands(page, LEADING)
    assert page.evaluate("sessionStorage.length") == 0
    assert room.bids() == 2


def test_a_page_that_was_reloaded_before_the_answer_asks_with_the_kept_key(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.blank()
    deaf(page, ACKS)
    room.enter(page)
    stands(page, "You have not bid yet")
    twice(page)
    page.reload()
    stands(page, LEADING)
    expect(page.locator("#count")).to_have_text("2")
    assert room.bids() == 2


def test_a_lost_line_is_said_and_healed(stage: Stage) -> None:
    room = stage([("anne", 1_000_000)])
    page = room.open()
    stands(page, LEADING)
    page.wait_for_timeout(1500)
    page.context.set_offline(True)
    stands(page, "Connection lost. This may not be the latest price; the buttons are off.")
    expect(page.locator("#as-of")).to_be_visible()
    expect(first(page)).to_have_attribute("aria-disabled", "true")
    room.raised("bob", 1_020_000)
    page.context.set_offline(False)
    stands(page, OUTBID)
    expect(page.locator("#as-of")).to_be_hidden(timeout=15_000)
    expect(first(page)).to_have_attribute("aria-disabled", "false")


def test_where_sockets_are_blocked_the_room_polls_and_bids_over_http(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.blank()
    page.route_web_socket("**/ws/**", lambda line: line.close())
    room.enter(page)
    expect(page.locator("#as-of")).to_be_visible(timeout=15_000)
    stands(page, "You have not bid yet")
    twice(page)
    stands(page, LEADING)
    room.raised("bob", 1_040_000)
    stands(page, OUTBID)
    assert room.bids() == 3


def test_the_hammer_falls_on_the_open_page(stage: Stage) -> None:
    room = stage([("bob", 1_000_000), ("anne", 1_020_000)], ends_in=12, window=0)
    page = room.open()
    stands(page, "The lot is yours")
    expect(page.locator("#result .seal")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("link", name="Go to the deal")).to_be_visible()
    expect(page.locator(".dock")).to_have_count(0)
    expect(page.locator("#bidding")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_between_the_end_and_the_result_the_room_says_that_it_waits_for_it(stage: Stage, language: str) -> None:
    words = {"en": "Time is up. The system is confirming the result…", "zh-hans": "时间到，等待系统确认结果…"}
    room = stage([("bob", 1_000_000), ("anne", 1_020_000)], ends_in=12, window=0)
    page = room.blank(language, width=390)
    lost = deaf(page, '"phase":"sold"')
    room.enter(page)
    expect(page.locator("#band")).to_have_attribute("data-s", "leading")
    stands(page, words[language])
    expect(first(page)).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#clock")).to_have_text("00:00:00")
    audit(page)
    lost.clear()
    expect(page.locator("#band")).to_have_attribute("data-s", "won")


def test_the_bidding_opens_on_the_open_page(stage: Stage) -> None:
    page = stage([], opens_in=8).open()
    expect(page.locator("#clock-label")).to_have_text("Opens in")
    expect(first(page)).to_have_attribute("aria-disabled", "true")
    stands(page, "You have not bid yet")
    expect(page.locator("#clock-label")).to_have_text("Ends in")
    twice(page)
    stands(page, LEADING)


WRONG = """{ const Real = Date, off = %d; globalThis.Date = class extends Real {
    constructor(...said) { super(...(said.length ? said : [Real.now() + off])); }
    static now() { return Real.now() + off; } }; }"""


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_ten_minutes_wrong_shows_the_servers_time_and_bids(stage: Stage, minutes: int) -> None:
    """Nobody is refused "with ten seconds left": what the page counts down is the server's time, by a steady clock."""
    room = stage([("bob", 1_000_000)], ends_in=1_500)
    page = room.blank()
    page.add_init_script(WRONG % (minutes * 60_000))
    room.enter(page)
    stands(page, "You have not bid yet")
    told = page.evaluate("fetch('state/').then((answer) => answer.json())")
    left = (datetime.fromisoformat(told["ends_at"]) - datetime.fromisoformat(told["server_time"])).total_seconds()
    hours, mins, seconds = map(int, page.locator("#clock").inner_text().split(":"))
    assert abs(hours * 3600 + mins * 60 + seconds - left) <= 2
    shift = page.evaluate("Date.now() / 1000") - time.time()
    assert abs(shift - minutes * 60) < 5, "its clock is right, so this proves nothing"
    twice(page)
    stands(page, LEADING)


def test_without_a_script_a_bid_is_checked_and_made(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.open(javascript="off")
    page.get_by_role("button", name="Bid ¥1,020,000").first.click()
    expect(page.locator("h1")).to_have_text("Check your bid")
    page.get_by_role("button", name="Bid ¥1,020,000").click()
    expect(page.locator("#band-text")).to_have_text(LEADING)
    expect(page.locator("main")).to_contain_text("Your bid of ¥1,020,000 is recorded.")


def test_check_page_and_history_are_readable_for_everybody(stage: Stage) -> None:
    room = stage([("anne", 1_000_000), ("bob", 1_020_000)])
    for path in ("bid/?amount=1040000", "bid/?amount=118万", "bids/"):
        page = room.open(path, width=390, language="zh-hans")
        audit(page)
        page.close()


def test_the_script_writes_amounts_as_the_server_does(stage: Stage) -> None:
    page = stage([]).open()
    amounts = [
        0,
        1,
        10,
        100,
        1005,
        99_999,
        100_000_000,
        118_000_000,
        123_456_700,
        10**14 + 7,
        1_000_050,
        10_000_000_001,
    ]
    amounts += [random.Random(7).randrange(10 ** random.Random(n).randrange(3, 15)) for n in range(300)]
    source = page.locator("script[src*='room']").get_attribute("src")
    write = """async ([source, amounts, style]) => { const room = await import(source);
        return amounts.map(a => [room.money(a, style), room.capital(a), room.magnitude(a, {...style, zh: true}),
                                 room.magnitude(a, {...style, zh: false})]); }"""
    written = page.evaluate(write, [source, amounts, {"symbol": "¥", "places": 2, "han": "元"}])
    for amount, (plain, capital, han, latin) in zip(amounts, written, strict=True):
        money = Money(amount, "CNY")
        assert plain == formats.money(money)
        assert capital == formats.capital(money)
        assert han == formats.wan(money, "zh-hans")
        assert latin == formats.wan(money, "en")


def test_shuffled_and_doubled_states_never_turn_the_price_back(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.open()
    source = page.locator("script[src*='room']").get_attribute("src")
    told = json.loads(page.locator("#room").text_content() or "")["state"]
    states = [
        {**told, "seq": told["seq"] + n, "price": {"amount": f"{10**6 + n}.00", "currency": "CNY"}} for n in range(40)
    ]
    order = [*random.Random(7).choices(states, k=400), states[-1]]
    play = """async ([source, order]) => { const room = await import(source);
        let s = {...room.read(order[0]), seq: 0, reader: {}, armed: null, pending: null}; const prices = [];
        for (const m of order) { s = room.reduce(s, m); prices.push(s.price); } return prices; }"""
    prices = page.evaluate(play, [source, order])
    assert prices == sorted(prices)
    assert prices[-1] == (10**6 + 39) * 100


STALE = """async ([source, told, seed]) => { const room = await import(source);
    let dice = seed; const roll = (n) => (dice = (dice * 1103515245 + 12345) % 2147483648, Math.floor(dice / 65536) % n);
    const at = (n) => ({...told, seq: n, bids: n, price: {amount: `${1000000 + n}.00`, currency: "CNY"}, leader: 8000 + n % 3});
    const wrong = [];
    for (let run = 0; run < 300; run++) {
        const last = 1 + roll(40), way = [];
        for (let n = 1; n <= last; n++) for (let copies = roll(4); copies > 0; copies--) way.push(at(n));  // lost, once, doubled
        for (let n = way.length - 1; n > 0; n--) { const m = roll(n + 1); [way[n], way[m]] = [way[m], way[n]]; }
        let s = {...room.read(at(0)), reader: {}, armed: null, pending: null, behind: false};
        for (const m of way) s = room.reduce(s, m);
        s = room.reduce(s, {type: "heartbeat", seq: last});  // quiet now: the next heartbeat gets through
        if (s.behind) s = room.reduce(s, at(last));          // which makes the room ask, and the answer is the state
        const true_ = room.read(at(last));
        if (Object.keys(true_).some((key) => JSON.stringify(s[key]) !== JSON.stringify(true_[key]))) wrong.push([run, s, true_]);
    }
    return wrong; }"""


def test_whatever_was_lost_doubled_or_overtaken_the_room_ends_in_the_true_state(stage: Stage) -> None:
    page = stage([("bob", 1_000_000)]).open()
    source = page.locator("script[src*='room']").get_attribute("src")
    told = json.loads(page.locator("#room").text_content() or "")["state"]
    assert page.evaluate(STALE, [source, told, 7]) == []


STANDINGS: dict[str, tuple[Script, How]] = {
    "waiting": ([], {"opens_in": 3600, "ends_in": 7200}),
    "ready": ([("bob", 1_000_000)], {}),
    "leading": ([("bob", 1_000_000), ("anne", 1_180_000)], {}),
    "outbid": ([("anne", 1_000_000), ("bob", 1_180_000)], {}),
    "won": ([("anne", 1_000_000)], {"ends_in": 4, "window": 0}),
    "lost": ([("anne", 1_000_000), ("bob", 1_020_000)], {"ends_in": 4, "window": 0}),
    "passed": ([], {"ends_in": 4}),
    "hold": ([("bob", 1_000_000)], {"hold": "Microphone"}),
}


@pytest.fixture(scope="module")
def gallery(market: Market) -> dict[str, dict[str, Any]]:
    """A lot in every standing."""
    return dict(zip(STANDINGS, seeded(market, [*STANDINGS.values()]), strict=True))


@pytest.mark.parametrize(
    ("standing", "language", "scheme", "width"), shown(STANDINGS, (1280, 390), ("ready", "leading"))
)
def test_every_standing_is_readable_for_everybody(
    market: Market,
    visit: Visit,
    gallery: dict[str, dict[str, Any]],
    standing: str,
    language: str,
    scheme: str,
    width: int,
) -> None:
    room = Room(market, visit, **gallery[standing])
    page = room.open(language=language, scheme=scheme, width=width)
    expect(page.locator("#band")).to_have_attribute("data-s", standing, timeout=15_000)
    audit(page)
