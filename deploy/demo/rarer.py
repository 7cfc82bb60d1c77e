"""The demonstration's rights of the rarer kinds: a layout design and a plant variety, on offer."""

from datetime import timedelta
from typing import Any

from deploy.demo import cast, listings
from market.kernel import clock
from market.kernel.money import Money
from market.listings import actions
from market.listings.models import Listing
from market.rights.importers.drafts import RightDraft
from market.rights.rules.identifiers import check_number

SOURCE = "demo: rarer kinds"


def build() -> None:
    """Both taken through the wizard and accepted by the agency."""
    for seller, draft, words in (
        (
            "qiye",
            _layout(),
            ("低功耗电源管理芯片的布图设计，可交付版图与样片。", "A low-power management chip with samples."),
        ),
        (
            "gaoxiao",
            _variety(),
            ("早熟玉米品种，附繁殖材料与栽培技术。", "An early maize variety with its propagating material."),
        ),
    ):
        _publish(seller, draft, *words)


def _publish(seller: str, draft: RightDraft, summary: str, summary_en: str) -> Listing:
    owner, by, agency = cast.party(seller), cast.user(seller), cast.party("jigou")
    listing = actions.begin(described=draft, seller=owner, by=by)
    columns = {"region": "吉林省长春市", "service_result": False}
    listing = actions.describe(listing, edition=listing.edition, columns=columns, particulars={}, by=by)
    listings.prove(listing, by)
    listing = actions.declare(listing, edition=listing.edition, owners=[(owner, 1, 1)], burdens=[], by=by)
    price = Money(68_000_000, "CNY")
    listing = actions.offer(
        listing, edition=listing.edition, pricing=Listing.Pricing.NEGOTIABLE, asking=price, agency=agency, by=by
    )
    listing = actions.edit(listing, edition=listing.edition, by=by, summary=summary, summary_en=summary_en)
    return actions.accept(actions.submit(listing, by=by), by=listings.agent())


def _layout() -> RightDraft:
    filed = clock.today() - timedelta(days=1900)
    checked = check_number("ic_layout", "linear", "CN", f"BS.{filed:%y}5009321", today=clock.today())
    return RightDraft(
        kind="ic_layout",
        type="linear",
        key=checked.key,
        number=checked.display,
        completed_on=filed - timedelta(days=160),
        exploited_on=filed - timedelta(days=40),
        **_said("低功耗电源管理芯片布图设计", "Layout of a low-power management chip", "electronics", 1900, 110),
    )


def _variety() -> RightDraft:
    filed = clock.today() - timedelta(days=2400)
    checked = check_number("plant_variety", "other", "CN", f"CNA{filed:%Y}1066.1", today=clock.today())
    return RightDraft(
        kind="plant_variety",
        type="other",
        key=checked.key,
        number=checked.display,
        species="玉米 Zea mays L.",
        **_said("吉单1066", "Jidan 1066", "biochemicals", 2400, 900),
    )


def _said(title: str, title_en: str, industry: str, days: int, granted: int) -> dict[str, Any]:
    """What every kind has: filed so many days ago, granted so many days later."""
    filed = clock.today() - timedelta(days=days)
    said = {"office": "CN", "title": title, "title_en": title_en, "industry": industry, "source": SOURCE}
    return {**said, "inventors": ("崔岩",), "filed_on": filed, "granted_on": filed + timedelta(days=granted)}
