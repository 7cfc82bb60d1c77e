"""What happens to somebody in the room besides the bids: the host, a second tab, a sleeping laptop, a session that ends."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.audit import audit
from tests.browser.rooms import LEADING, Stage, first, stands, twice

READY = "You have not bid yet"
ELSEWHERE = "You have opened this lot in another tab. Here you only watch."


def said(page: Page, words: str) -> None:
    expect(page.locator("#band-said")).to_have_text(words, timeout=15_000)


def test_the_hosts_warnings_and_pauses_are_seen_and_heard(stage: Stage) -> None:
    room = stage([("anne", 1_000_000)], format="auctioneer")
    page = room.open()
    stands(page, LEADING)
    room.hosted("Warn(1)")
    said(page, "First warning: ¥1,000,000")
    expect(page.locator("#alert")).to_have_text("First warning: ¥1,000,000")
    stands(page, LEADING)
    room.hosted("Warn(2)", 'Notice("Any more bids?")')
    said(page, "Notice: Any more bids?")
    expect(page.locator("#status")).to_have_text("Notice: Any more bids?")
    room.hosted('Suspend("The microphone failed")')
    said(page, "On hold: The microphone failed")
    expect(page.locator("#band")).to_have_attribute("data-s", "hold")
    expect(page.locator("#alert")).to_have_text("On hold: The microphone failed")
    for clock in ("#clock", "#dock [data-clock]"):
        expect(page.locator(clock)).to_have_text("Paused")
    page.reload()
    said(page, "On hold: The microphone failed")
    room.hosted("Resume(lot.ends_at)")
    stands(page, LEADING)
    expect(page.locator("#clock")).not_to_have_text("Paused")
    room.raised("bob", 1_020_000)
    said(page, "")


def test_the_host_sells_from_the_console_by_a_press_of_one_second(stage: Stage) -> None:
    room = stage([("bob", 1_000_000), ("anne", 1_020_000)], format="auctioneer")
    anne = room.open()
    path = f"/desk/sales/{room.sale}/console/"
    console = room.visit(path, language="en", cookies={"sessionid": room.sessions["agency"]})
    console.get_by_role("button", name="Host this sale").click()
    for button in ("First warning", "Second warning"):
        console.get_by_role("button", name=button).click()
        said(anne, f"{button}: ¥1,020,000")
    expect(console.locator("#b-hammer")).to_have_class("btn btn-main")
    console.locator("#b-hammer").click()
    expect(console.locator("#b-hammer")).to_contain_text("Press again")
    room.raised("bob", 1_040_000)
    expect(console.locator("#price")).to_have_text("¥1,040,000", timeout=15_000)
    expect(console.locator("#b-hammer")).to_have_attribute("aria-disabled", "true")
    audit(console)
    for button in ("First warning", "Second warning"):
        console.get_by_role("button", name=button).click()
        said(anne, f"{button}: ¥1,040,000")
    expect(console.locator("#b-hammer")).not_to_have_attribute("aria-disabled", "true")
    console.locator("#b-hammer").click(delay=1200)
    expect(console.get_by_text("The hammer has fallen.").first).to_be_visible(timeout=15_000)
    expect(anne.locator("#band")).to_have_attribute("data-s", "lost", timeout=15_000)


def test_one_tab_bids_and_the_other_watches(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    older = room.open()
    stands(older, READY)
    newer = older.context.new_page()
    room.enter(newer)
    stands(older, ELSEWHERE)
    expect(older.locator("#alert")).to_have_text(ELSEWHERE)
    expect(first(older)).to_have_attribute("aria-disabled", "true")
    stands(newer, READY)
    older.get_by_role("button", name="Go on here").click()
    stands(older, READY)
    stands(newer, ELSEWHERE)
    twice(older)
    stands(older, LEADING)
    stands(newer, ELSEWHERE)
    assert room.bids() == 2


def test_a_session_that_ends_before_the_bidding_is_told_in_time(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)], ends_in=500)
    page = room.blank()
    reader = {"step": "active", "paddle": 8083, "has_bid": False}
    page.route("**/seat/", lambda route: route.fulfill(json={"reader": reader, "expires_in": 60}))
    room.enter(page)
    expect(page.locator("#again")).to_be_visible(timeout=15_000)
    expect(page.locator("#status")).to_contain_text("Sign in again now")
    audit(page)
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#again")).to_be_hidden()
    stands(page, READY)


@pytest.mark.parametrize(("step", "asked"), [("active", True), ("winner", False)])
def test_the_end_leaves_no_question_over_the_result(stage: Stage, step: str, asked: bool) -> None:
    """Asked while there is time, it goes with the time; answered when the lot has fallen, it is not put at all."""
    room = stage([("bob", 1_000_000), ("anne", 1_020_000)], ends_in=12, window=0)
    page = room.blank()
    reader = {"step": step, "paddle": 8083, "has_bid": True}
    page.route("**/seat/", lambda route: route.fulfill(json={"reader": reader, "expires_in": 60}))
    with page.expect_response("**/seat/"):
        room.enter(page)
    expect(page.locator("#again")).to_be_visible(visible=asked)
    expect(page.locator("#band")).to_have_attribute("data-s", "won", timeout=30_000)
    page.get_by_role("link", name="Go to the deal").click()
    page.wait_for_url("**/deals/D-*/**")


def test_a_session_that_lasts_is_not_talked_about(stage: Stage) -> None:
    page = stage([("bob", 1_000_000)], ends_in=500).blank()
    assert page is not None
    room = stage([("bob", 1_000_000)], ends_in=500)
    with page.expect_response("**/seat/") as asked:
        room.enter(page)
    seat: dict[str, Any] = asked.value.json()
    assert seat["reader"] == {"step": "active", "paddle": 8083, "has_bid": False}
    assert seat["expires_in"] > 3600
    expect(page.locator("#again")).to_be_hidden()


def test_a_laptop_that_slept_looks_again_before_its_buttons_work(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.blank()
    with page.expect_websocket() as line:
        room.enter(page)
    line.value.wait_for_event("framesent", lambda frame: "ping" in frame)  # sent once the line is up, not before
    stands(page, READY)
    page.evaluate("""() => {
        window.seen = [];
        new MutationObserver(() => seen.push(document.getElementById("band").dataset.s)).observe(
            document.getElementById("band"), { attributes: true });
        let hidden = true;
        Object.defineProperty(document, "hidden", { get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
        const now = performance.now.bind(performance);
        performance.now = () => now() + 30000;
        hidden = false;
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    page.wait_for_function("() => seen[0] === 'connecting'")
    stands(page, READY)
    expect(first(page)).to_have_attribute("aria-disabled", "false")


def test_a_bid_that_comes_too_low_is_refused_in_words(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)])
    page = room.blank()

    def only_the_first_state(line: WebSocketRoute) -> None:
        server, told = line.connect_to_server(), []

        def pass_on(text: Any) -> None:
            kind = json.loads(text)["type"]
            told.append(kind)
            news = kind == "heartbeat" or (kind == "state" and told.count("state") > 1)  # either tells of the rise
            if not news:
                line.send(text)

        server.on_message(pass_on)

    page.route_web_socket("**/ws/**", only_the_first_state)
    room.enter(page)
    stands(page, READY)
    room.raised("bob", 1_020_000) if room.bids() == 0 else room.raised("carol", 1_100_000)
    twice(page)
    expect(page.locator("#note")).to_contain_text("¥1,120,000", timeout=15_000)
    expect(page.locator("#alert")).to_contain_text("¥1,120,000")


def test_an_extension_is_said(stage: Stage) -> None:
    room = stage([("bob", 1_000_000)], ends_in=60, window=120)
    page = room.open()
    stands(page, READY)
    room.raised("carol", 1_020_000)
    expect(page.locator("#extended")).to_contain_text("Extended 2 times, until", timeout=15_000)  # Bob's was the first


def test_a_slow_line_says_how_far_off_the_clock_may_be(stage: Stage) -> None:
    page = stage([("bob", 1_000_000)]).open()
    source = page.locator("script[src*='room']").get_attribute("src")
    tried = """async (source) => { const { clock } = await import(source), time = clock(0, 0);
        const none = time.doubt();
        time.sample(0, 3000, 1500);
        time.sample(4000, 9000, 6500);
        return [none, time.doubt()]; }"""
    assert page.evaluate(tried, source) == [0, 1500]
    room = json.loads(page.locator("#room").text_content() or "")
    assert room["phrases"]["doubt"] == "± {n} seconds: your connection is slow"
