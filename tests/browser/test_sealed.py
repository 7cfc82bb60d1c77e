"""Sealed bids in chromium: the ceremony, two envelopes, the deadline, the opening with two of three shares."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from playwright.sync_api import Page, expect

from auctions import sealed
from auctions.rules import sealing, shares
from tests.auctions.trust.test_sharing import NOISE, SECRET
from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit

PREPARE = """
from deploy.demo.cast import party
from tests.auctions import factory
agency = party("jigou")
print(factory.lot(party("qiye"), agency, of_sale=factory.sale(agency), opened=False, state="draft").code)
"""
ANNOUNCE = """
from auctions.models import Lot
from deploy.demo.cast import party
from tests.auctions import factory
lot = Lot.objects.get(code="{code}")
Lot.objects.filter(pk=lot.pk).update(state="noticed")
factory.bidder(lot, party("maijia1"), 8036)
factory.bidder(lot, party("maijia2"), 2417)
"""
END = """
from auctions.models import Lot
from market.kernel import clock
Lot.objects.filter(code="{code}").update(ends_at=clock.now())
"""


def run(market: Market, script: str, **facts: str) -> str:
    """Run a script in the market's own shell; its last line."""
    return (market.manage("shell", "-v", "0", "-c", script.format(**facts)).splitlines() or [""])[-1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The officers' own devices."""
    return tmp_path_factory.mktemp("officers")


def ceremony(page: Page, kept: Path) -> list[Path]:
    """Go through the ceremony on its page; the three share files."""
    for number, name in enumerate(("陈代理", "平台登记员", "郑公证员"), 1):
        page.fill(f"#id_holder_{number}", name)
    page.click("#make")
    files = []
    for number in (1, 2, 3):
        with page.expect_download() as download:
            page.click(f"#share-{number}")
        files.append(kept / f"{number}.json")
        download.value.save_as(files[-1])
    audit(page)
    page.click("#keep")
    page.wait_for_url(re.compile("/desk/sales/"))
    return files


def hand_in(page: Page, amount: str, kept: Path) -> dict[str, str]:
    """Seal an amount on its page; the bidder's own copy."""
    page.fill("#amount", amount)
    page.click("#seal")
    expect(page.locator("#seal")).to_have_class(re.compile("btn-armed"))
    page.click("#seal")
    expect(page.locator("#keep")).to_be_visible()
    with page.expect_download() as download:
        page.click("#keep")
    download.value.save_as(kept / "own.json")
    copy: dict[str, str] = json.loads((kept / "own.json").read_text())
    return copy


def test_nobody_opens_a_sealed_bid_before_two_officers_do(market: Market, visit: Visit, kept: Path) -> None:
    code = run(market, PREPARE)
    desk = visit(f"/desk/lots/{code}/ceremony/", user="jigou")
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.post_data or ""))
    files = ceremony(desk, kept)
    pieces = {number: json.loads(file.read_text())["share"] for number, file in enumerate(files, 1)}
    assert sent
    assert not [share for share in pieces.values() if any(share in body for body in sent)]  # no share left the browser

    run(market, ANNOUNCE, code=code)
    room = visit(f"/lots/{code}/", user="maijia1")
    expect(room.locator("#phase .live")).to_be_visible()
    bidding: list[str] = []
    anne = visit(f"/lots/{code}/envelope/", user="maijia1")
    anne.on("request", lambda request: bidding.append(request.post_data or ""))
    copy = hand_in(anne, "1,234,567", kept)
    audit(anne)
    assert '"1234567.00"' in copy["plaintext"]
    assert not [body for body in bidding if "1234567" in body]  # the amount left the browser as ciphertext only
    hand_in(visit(f"/lots/{code}/envelope/", user="maijia2", width=390, scheme="dark"), "1500000", kept)

    early = visit(f"/desk/lots/{code}/opening/", user="jigou")
    expect(early.locator("#opening")).to_have_count(0)
    run(market, END, code=code)
    opening = visit(f"/desk/lots/{code}/opening/", user="jigou")
    opening.wait_for_function(
        "() => document.getElementById('opening-facts') || (setTimeout(() => location.reload(), 500), false)"
    )
    opening.set_input_files("#files", [])
    opening.fill("#pasted", "{}")
    opening.click("#take")
    expect(opening.locator("#said")).to_have_class(re.compile("note-err"))
    wrong = json.loads(files[0].read_text()) | {"share": pieces[2]}
    opening.fill("#pasted", json.dumps(wrong))
    opening.click("#take")
    expect(opening.locator("#said")).to_have_class(re.compile("note-err"))
    opening.set_input_files("#files", [files[0]])
    expect(opening.locator("#said")).to_have_class(re.compile("note-ok"))
    expect(opening.locator("#publish")).to_be_hidden()  # one share shows nothing
    opening.fill("#pasted", files[2].read_text())
    opening.click("#take")
    expect(opening.locator("#rows tr")).to_have_text(["18036CNY 1234567.00", "22417CNY 1500000.00"])
    audit(opening)
    opening.click("#publish button")
    opening.wait_for_url(re.compile(f"/lots/{code}/envelopes/"))
    expect(opening.locator("main")).to_contain_text("¥1,500,000")
    audit(opening)
    joined = shares.join({1: bytes.fromhex(pieces[1]), 2: bytes.fromhex(pieces[2])})
    expect(opening.locator("main")).to_contain_text(joined.hex())  # chromium and Python split alike
    room.reload()
    expect(room.locator("#result")).to_be_visible()


def test_chromium_splits_and_seals_as_python_does(visit: Visit) -> None:
    page = visit("/verify/")
    secret = X25519PrivateKey.generate()
    said = page.evaluate(
        """async (to) => {
          const { split } = await import("/static/auctions/ceremony.js"), s = await import("/static/auctions/sealed.js");
          const bytes = (from) => Uint8Array.from({ length: 32 }, (_, n) => from + n), made = split(bytes(0), bytes(200));
          const text = s.textOf({ lot: "L-1", paddle: 12, amount: { amount: "5.00", currency: "CNY" }, terms: "ab" });
          const cipher = await s.seal(s.unhex(to), s.context("L-1", 12), text);
          return { shares: [1, 2, 3].map((n) => s.hex(made[n])), text: s.hex(text), cipher: s.hex(cipher) };
        }""",
        secret.public_key().public_bytes_raw().hex(),
    )
    made = shares.split(SECRET, needed=2, shares=3, noise=NOISE)
    assert said["shares"] == [made[number].hex() for number in (1, 2, 3)]
    cipher = bytes.fromhex(said["cipher"])
    assert len(cipher) == sealing.CIPHER
    assert sealed.unlock(secret, cipher, sealing.context("L-1", 12)) == bytes.fromhex(said["text"])
    assert sealed.unlock(secret, cipher, sealing.context("L-1", 13)) is None


def test_without_a_script_sealed_bidding_says_why_not(market: Market, visit: Visit) -> None:
    code = run(market, PREPARE)
    page = visit(f"/desk/lots/{code}/ceremony/", user="jigou", javascript="off", language="en")
    expect(page.locator("noscript p")).to_be_visible()  # words inside it are no text to Playwright
    expect(page.locator("#make")).to_be_hidden()
