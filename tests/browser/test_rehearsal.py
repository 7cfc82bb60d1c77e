"""A rehearsal on the running server: simulated bidders come through the public door, and whoever watches sees them."""

import re

from tests.browser.conftest import Market, Visit


def test_a_visitor_watches_simulated_bidders_bid(market: Market, visit: Visit) -> None:
    links = visit("/").locator("a[href^='/lots/L-']")
    lots = dict.fromkeys(link.get_attribute("href") or "" for link in links.all())
    room = next(page for page in map(visit, lots) if page.locator(".live").count())  # ascending bids end soonest
    before = int(room.locator("#count").inner_text())
    code = room.url.split("/")[4]
    said = market.manage("rehearse", code, "--bidders", "2", "--bids", "4", "--pause", "0.2", "--url", market.url)
    *answers, end = said.splitlines()
    assert len(answers) == 4, said
    accepted = sum("accepted as event" in answer for answer in answers)
    assert accepted, said
    assert re.fullmatch(rf"{accepted} bids accepted", end)
    # At least so many: the demonstration's own robots bid too.
    room.wait_for_function(
        "least => Number(document.getElementById('count').textContent) >= least", arg=before + accepted
    )
