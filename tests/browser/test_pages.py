"""Every page of the living demonstration: within reach of every reader, light, and in the reader's own language."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from market.listings.rules import STEPS
from tests.browser.audit import audit, watch
from tests.browser.readers import shown

pytestmark = pytest.mark.pages
DESK = "jigou"
LOT, ASSET, LISTING = r"/lots/L-\w+/", r"/assets/A-\w+/", r"/sell/A-\w+/"
NEGOTIATION, WANTED = r"/offers/N-\w+/", r"/wanted/W-\w+/"
IMPORT = r"/sell/import/I-\w+/"
PORTFOLIO = r"/portfolios/P-\w+/"
# name: (who reads it, where he starts, the links he follows from there)
PAGES: dict[str, tuple[str, ...]] = {
    "home": ("", "/"),
    "catalogue": ("", "/assets/"),
    "catalogue, nothing found": ("", "/assets/?q=nothing-is-called-this"),
    "patent": ("", "/assets/?kind=patent", ASSET),
    "trademark": ("", "/assets/?kind=trademark", ASSET),
    "copyright": ("", "/assets/?kind=copyright", ASSET),
    "portfolios on offer": ("", "/bundles/"),
    "layout design": ("", "/assets/?kind=ic_layout", ASSET),
    "plant variety": ("", "/assets/?kind=plant_variety", ASSET),
    "register entry": (DESK, "/assets/?kind=ic_layout", ASSET, r"/desk/reviews/A-\w+/register/"),
    "register of a day": ("", "/assets/?kind=patent", ASSET, ASSET + r"register/"),
    "calendar": ("", "/auctions/"),
    "sale": ("", "/auctions/", r"/auctions/S-\w+/"),
    "live lot": ("", "/", "live"),
    "upcoming lot": ("", "/", "noticed"),
    "sold lot": ("", "/", "sold"),
    "bids of a sold lot": ("", "/", "sold", "+bids/"),
    "replay of a sold lot": ("", "/", "sold", "+replay/"),
    "verify": ("", "/verify/"),
    "agencies": ("", "/agencies/"),
    "agency": ("", "/agencies/", r"/agencies/P-\w+/"),
    "live lot, bidding": ("maijia3", "/", "live"),
    "my page": ("maijia1", "/me/"),
    "notifications": ("maijia1", "/me/notifications/"),
    "organisation": ("maijia1", "/org/"),
    "organisation, change": ("maijia1", "/org/edit/"),
    "organisation, affiliations": ("maijia1", "/org/affiliations/"),
    "members": ("maijia1", "/org/members/"),
    "watched": ("maijia1", "/assets/watched/"),
    "register": ("jianguan", "/", "noticed", "+register/"),
    "registration": ("maijia1", "/me/", LOT + "register/"),
    "my payments": ("maijia1", "/me/payments/"),
    "my deposits": ("maijia1", "/me/deposits/"),
    "claim after a default": ("maijia4", "/me/deposits/", r"/deals/D-\w+/claim/"),
    "payment": ("maijia1", "/me/payments/", r"/payments/C-\w+/"),
    "offers": ("maijia1", "/offers/"),
    "negotiation": ("maijia1", "/offers/", NEGOTIATION),
    "negotiation, counter-offer": ("maijia1", "/offers/", NEGOTIATION, NEGOTIATION + r"counter/"),
    "negotiation, acceptance": ("maijia1", "/offers/", NEGOTIATION, NEGOTIATION + r"accept/"),
    "floor for offers": ("qiye", "/offers/", NEGOTIATION, r"/sell/A-\w+/floor/"),
    "wanted": ("", "/wanted/"),
    "wanted post, to answer": ("famingren", "/wanted/", WANTED),
    "wanted post, answered": ("maijia3", "/wanted/", WANTED),
    "wanted, mine": ("maijia3", "/wanted/mine/"),
    "wanted, new": ("maijia3", "/wanted/new/"),
    "valuations": ("qiye", "/valuations/"),
    "valuation": ("qiye", "/valuations/", r"/valuations/V-\w+/"),
    "workbench": ("qiye", "/assets/?kind=patent", ASSET, r"/valuations/of/A-\w+/"),
    "workbench, options": (
        "qiye",
        "/assets/?kind=patent",
        ASSET,
        r"/valuations/of/A-\w+/",
        "+?method=option_black_scholes",
    ),
    "scoring a right": ("qiye", "/assets/?kind=patent", ASSET, r"/valuations/score/A-\w+/"),
    "statutory appraisals": ("qiye", "/appraisals/"),
    "engagement": ("pinggu", "/appraisals/", r"/appraisals/VE-\w+/"),
    "statutory report": ("qiye", "/appraisals/", r"/appraisals/VE-\w+/", r"/appraisals/reports/VR-\w+/"),
    "portfolio's value": ("qiye", "/portfolios/", PORTFOLIO, r"/valuations/portfolios/P-\w+/"),
    "run over a portfolio": (
        "qiye",
        "/portfolios/",
        PORTFOLIO,
        r"/valuations/portfolios/P-\w+/",
        r"/valuations/runs/VP-\w+/",
    ),
    "licences": ("maijia1", "/licences/"),
    "licence": ("maijia1", "/licences/", "stated"),
    "royalty period": ("maijia1", "/licences/", "stated", r"/licences/Y-\w+/periods/\d+/"),
    "royalty statement": ("maijia1", "/licences/", "stated", r"/statements/YS-\w+/"),
    "sublicence": ("maijia1", "/licences/", "stated", r"/licences/Y-\w+/sublicences/\d+/"),
    "sublicence, asking for": ("maijia1", "/licences/", "stated", r"/licences/Y-\w+/sublicences/new/"),
    "licence, changing its terms": ("maijia1", "/licences/", "stated", r"/licences/Y-\w+/amendments/new/"),
    "cross-licences": ("qiye", "/cross-licences/"),
    "cross-licence": ("gaoxiao", "/cross-licences/", r"/cross-licences/X-\w+/"),
    "cross-licence, proposing": ("qiye", "/cross-licences/new/"),
    "licence contract, entering": (DESK, "/desk/licences/new/"),
    "my page of a unit": ("gaoxiao", "/me/"),
    "open licences": ("", "/open-licences/"),
    "open licence": (DESK, "/open-licences/", r"/open-licences/O-\w+/"),
    "open licence, filed": (DESK, "/open-licences/", r"/open-licences/O-\w+/", r"/desk/filings/F-\w+/"),
    "open licence, declaring": ("gaoxiao", "/open-licences/declare/"),
    "contributions": ("gaoxiao", "/equity/"),
    "contribution": ("maijia2", "/equity/", r"/equity/K-\w+/"),
    "contribution, proposing": ("gaoxiao", "/equity/new/"),
    "dividend rights": ("gaoxiao", "/dividends/"),
    "dividend plan": ("gaoxiao", "/dividends/", r"/dividends/E-\w+/"),
    "dividend": ("famingren", "/dividends/", r"/dividends/declarations/ED-\w+/"),
    "rewards": ("famingren", "/rewards/"),
    "reward plan": ("gaoxiao", "/rewards/", r"/rewards/W-\w+/"),
    "report of results": ("gaoxiao", "/rewards/", r"/rewards/report/\d+/"),
    "deals": ("maijia1", "/deals/"),
    "deal": ("maijia1", "/deals/", r"/deals/D-\w+/"),
    "ended deals": ("maijia1", "/deals/?view=ended"),
    "sign": ("maijia1", "/me/", r"/deals/D-\w+/sign/\w+/"),
    "sell": ("qiye", "/sell/"),
    "sell, on sale": ("qiye", "/sell/?view=live"),
    "consents to give": ("gaoxiao", "/consents/"),
    "consent to give": ("gaoxiao", "/me/", r"/consents/K-\w+/"),
    "consent asked for": ("qiye", "/consents/", r"/consents/K-\w+/"),
    "new listing": ("qiye", "/sell/new/"),
    "own listing": ("qiye", "/sell/?view=live", LISTING),
    **{f"wizard, {step}": ("qiye", "/sell/", f"draft/{step}/") for step in STEPS},
    "what falls due": ("qiye", "/rights/calendar/?months=60"),
    "import": ("qiye", "/sell/import/"),
    "rows of an import": ("qiye", "/sell/import/", IMPORT),
    "rows of an import, to enter": ("qiye", "/sell/import/", IMPORT, "+?view=new"),
    "portfolios": ("qiye", "/portfolios/"),
    "new portfolio": ("qiye", "/portfolios/new/"),
    "portfolio": ("qiye", "/portfolios/", PORTFOLIO),
    "portfolio, pledge": ("qiye", "/portfolios/", PORTFOLIO, "+?for=pledge"),
    "portfolio, change": ("qiye", "/portfolios/", PORTFOLIO, "+edit/"),
    "portfolio, offer": ("qiye", "/portfolios/", PORTFOLIO, "+offer/?way=parts"),
    "coverage map": ("qiye", "/portfolios/", PORTFOLIO + "map/"),
    "new product line": ("qiye", "/portfolios/", PORTFOLIO, "+lines/new/"),
    "product line": ("qiye", "/portfolios/", PORTFOLIO + "map/", PORTFOLIO + r"lines/\d+/"),
    "desk": (DESK, "/desk/"),
    "reviews": (DESK, "/desk/reviews/"),
    "review": (DESK, "/desk/", r"/desk/reviews/A-\w+/"),
    "stops": (DESK, "/desk/halts/"),
    "sales": (DESK, "/desk/sales/"),
    "desk sale": (DESK, "/desk/sales/", r"/desk/sales/S-\w+/"),
    "new sale": (DESK, "/desk/sales/new/"),
    "bidders": (DESK, "/", "noticed", "bidders"),
    "console": (DESK, "/desk/sales/", r"/desk/sales/S-\w+/", "+console/"),
    "big screen": ("", "/auctions/", r"/auctions/S-\w+/", "+screen/"),
    "fair play": (DESK, "/desk/fairplay/"),
    "record of the bidding": (DESK, "/", "sold", "+record/"),
    "payments to confirm": ("caiwu", "/desk/payments/"),
    "payment to confirm": ("caiwu", "/desk/payments/", r"/desk/payments/C-\w+/"),
    "payouts": ("caiwu", "/desk/payouts/"),
    "payout": ("caiwu", "/desk/payouts/", r"/desk/payouts/O-\w+/"),
    "books": ("caiwu", "/desk/books/"),
    "account": ("caiwu", "/desk/books/", r"/desk/books/bank:P-\w+/\?month=[\d-]+"),
    "bank statements": ("caiwu", "/desk/bank/"),
    "statement taken in": ("caiwu", "/desk/bank/", r"/desk/bank/files/BF-\w+/"),
    "lines in suspense": ("caiwu", "/desk/bank/lines/"),
    "line in suspense": ("caiwu", "/desk/bank/lines/", r"/desk/bank/lines/BL-\w+/"),
    "payment files": ("caiwu", "/desk/bank/payments/"),
    "settlements": ("caiwu", "/desk/settlements/"),
    "settlement": ("caiwu", "/desk/settlements/", r"/desk/settlements/D-\w+/"),
    "filings": (DESK, "/desk/filings/"),
    "filing": (DESK, "/desk/", r"/desk/filings/F-\w+/"),
    "parties": (DESK, "/desk/parties/"),
    "party": (DESK, "/desk/parties/?state=verified", r"/desk/parties/P-\w+/"),
    "deliveries": (DESK, "/desk/deliveries/"),
    "regulator's page": ("jianguan", "/me/"),
}
# What a visitor, a buyer and a seller spend their time on.
OFTEN = ("home", "catalogue", "live lot, bidding", "my page", "deal", f"wizard, {STEPS[-1]}")
KB = 1024


class Readers:
    """One browser context for each reader, kept for all pages; links are followed without drawing the pages between."""

    def __init__(self, live: str, browser: Browser, as_user: Callable[[str], Any]) -> None:
        self.live, self.browser, self.as_user = live, browser, as_user
        self.contexts: dict[str, BrowserContext] = {}

    def context(self, user: str) -> BrowserContext:
        if user not in self.contexts:
            state = self.as_user(user) if user else None
            self.contexts[user] = self.browser.new_context(storage_state=state, reduced_motion="reduce")
        return self.contexts[user]

    def find(self, user: str, start: str, *links: str) -> str:
        """The address at the end of the links; a standing (live, noticed, sold) means a lot in it, + a page below,
        "stated" a licence that has statements."""
        path = start
        for link in links:
            if link == "bidders":
                sale = self.links(user, path, r"/auctions/S-\w+/")[0]
                path = sale.replace("/auctions/", "/desk/sales/") + "bidders/"
            elif link.startswith("+"):
                path += link.removeprefix("+")
            elif link.startswith("draft/"):
                drafts = (listing + link.removeprefix("draft/") for listing in self.links(user, path, LISTING))
                path = next(step for step in drafts if self.stays(user, step))
            elif link == "stated":
                licences = self.links(user, path, r"/licences/Y-\w+/")
                path = next(one for one in licences if "/statements/" in self.text(user, one))
            elif link in ("live", "noticed", "sold"):
                path = next(lot for lot in self.links(user, path, LOT) if self.standing(lot) == link)
            else:
                path = self.links(user, path, link)[0]
        return path

    def text(self, user: str, path: str) -> str:
        return self.context(user).request.get(self.live + path).text()

    def links(self, user: str, path: str, pattern: str) -> list[str]:
        found = re.findall(f'href="({pattern})"', self.text(user, path))
        assert found, f"{path} has no link {pattern} for {user or 'a stranger'}"
        return list(dict.fromkeys(found))

    def stays(self, user: str, path: str) -> bool:
        """A draft's step shows itself; another listing's leads to the listing."""
        return self.context(user).request.get(self.live + path).url == self.live + path

    def standing(self, lot: str) -> str:
        answer = self.context("").request.get(f"{self.live}{lot}state/").json()
        return str(answer["phase"]).replace("extended", "live")

    def read(self, user: str, path: str, language: str, scheme: Any, width: int) -> Page:
        context = self.context(user)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.live}])
        page = watch(context.new_page())
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        response = page.goto(self.live + path)
        assert response is not None, path
        assert response.status == 200, f"{path}: {response.status}"
        return page


@pytest.fixture(scope="module")
def readers(live: str, browser: Browser, as_user: Callable[[str], Any]) -> Iterator[Readers]:
    """The cast, each at a browser of their own."""
    people = Readers(live, browser, as_user)
    yield people
    for context in people.contexts.values():
        context.close()


def least_target(name: str) -> int:
    """In the room a finger is in a hurry."""
    return 44 if name.startswith("live lot") else 24


@pytest.mark.parametrize(("name", "language", "scheme", "width"), shown(PAGES, (1280, 390), OFTEN))
def test_a_page_is_within_reach_of_every_reader(
    readers: Readers, name: str, language: str, scheme: str, width: int
) -> None:
    user, start, *links = PAGES[name]
    page = readers.read(user, readers.find(user, start, *links), language, scheme, width)
    audit(page, least_target(name))
    page.close()


@pytest.mark.parametrize("path", ["/", "/assets/", "/auctions/"])
def test_a_first_visit_speaks_the_browsers_language_and_one_switch_changes_it(
    live: str, browser: Browser, path: str
) -> None:
    for locale, first, switch, then in (("zh-CN", "zh-hans", "English", "en"), ("en-GB", "en", "中文", "zh-hans")):
        with browser.new_context(locale=locale) as context:
            page = context.new_page()
            page.goto(live + path)
            expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{first}$", re.IGNORECASE))
            page.get_by_role("button", name=switch).first.click()
            expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{then}$", re.IGNORECASE))
            assert page.url == live + path


@pytest.mark.parametrize(
    ("name", "most"), [("home", 60), ("catalogue", 60), ("patent", 60), ("calendar", 60), ("live lot", 40)]
)
def test_a_first_visit_is_light(live: str, browser: Browser, readers: Readers, name: str, most: int) -> None:
    user, start, *links = PAGES[name]
    path = readers.find(user, start, *links)
    answers: list[Response] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        page.goto(live + path)
        sizes = {
            answer.url: len(gzip.compress(answer.body()))
            for answer in answers
            if answer.request.resource_type in ("document", "stylesheet", "script")
        }
    assert sum(sizes.values()) < most * KB, sizes
