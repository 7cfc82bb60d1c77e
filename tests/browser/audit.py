"""What every page must pass: axe, no sideways scrolling, targets one can hit, no errors, nothing from another host."""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is wrong: describing everything that is right takes axe twice as long.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# Everything a finger aims at, smaller than 24 px either way (WCAG 2.5.8); a box inside its label is aimed at by the label.
SMALL = """least => [...document.querySelectorAll("a.btn, button, input:not([type=hidden]), select, textarea, summary")]
  .filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && (box.height < least || box.width < least) && !element.closest("label, .check");
  })
  .map(element => element.outerHTML.slice(0, 90))"""

_troubles: dict[Page, list[str]] = {}


def watch(page: Page) -> Page:
    """Note from now on what goes wrong on `page`, for `audit` to report."""
    troubles = _troubles.setdefault(page, [])

    def spoken(message: ConsoleMessage) -> None:
        # The browser also complains when the page itself is a 404 or a 422: that is the page under test.
        if message.type == "error" and message.location.get("url") != page.url:
            troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def asked(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            troubles.append(f"another host: {request.url}")

    page.on("console", spoken)
    page.on("request", asked)
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on("close", lambda _: _troubles.pop(page, None))
    return page


def audit(page: Page, least_target: int = 24) -> None:
    """Fail with everything that is wrong with `page` as it stands now."""
    found = list(_troubles.get(page, []))
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"{wide} px wider than the window")
    found += [f"smaller than {least_target} px: {element}" for element in page.evaluate(SMALL, least_target)]
    result = Axe().run(page, options=OPTIONS)
    for violation in result.response["violations"]:
        places = [node["target"] for node in violation["nodes"]][:4]
        found.append(f"axe {violation['id']}: {violation['help']} {places}")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} main headings")
    assert not found, f"{page.url}\n" + "\n".join(found)
