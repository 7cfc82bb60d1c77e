"""Takes the demonstration's rights through the wizard and the agency's review, step by step, as their people would."""

from datetime import timedelta
from typing import Any

from deploy.demo import cast, rights
from market.documents import actions as documents
from market.documents.render import pdf
from market.kernel import clock
from market.kernel.money import Money
from market.listings import actions, conditions
from market.listings.models import Listing
from market.parties.models import User

BURDENS = [
    {},
    {
        "kind": "licence",
        "in_favour_of": "长春某装备公司",
        "number": "2025220000123",
        "detail": "普通许可，至 2028-06-30",
    },
]


def price(index: int) -> Money:
    """The starting price of right number `index`: between 80,000 and 1.5 million yuan, in round figures."""
    return Money((8 + index * 17 % 143) * 1_000_000, "CNY")


def drafted(index: int, *, pricing: str = Listing.Pricing.AUCTION, mode: str = Listing.Mode.ASSIGNMENT) -> Listing:
    """Right number `index` with every step of the wizard filled in, not yet submitted."""
    owner, by = cast.party(rights.seller(index)), cast.user(rights.seller(index))
    draft = rights.draft(index)
    listing = actions.begin(described=draft, seller=owner, by=by)
    columns = {
        "title_en": draft.title_en,
        "abstract": draft.abstract,
        "industry": draft.industry,
        "region": "吉林省长春市",
        "service_result": draft.kind == "patent" and rights.seller(index) == "gaoxiao",
    }
    particulars = {"annuity_paid_to": clock.today() + timedelta(days=300)} if draft.kind == "patent" else {}
    listing = actions.describe(listing, edition=listing.edition, columns=columns, particulars=particulars, by=by)
    prove(listing, by)
    burden = BURDENS[1] if index % 7 == 3 else BURDENS[0]
    burdens = [{**burden, "since": clock.today() - timedelta(days=200)}] if burden else []
    listing = actions.declare(listing, edition=listing.edition, owners=[(owner, 1, 1)], burdens=burdens, by=by)
    start = price(index)
    asking = None if pricing == Listing.Pricing.AUCTION else start
    said: dict[str, Any] = {"pricing": pricing, "asking": asking, "mode": mode, "agency": cast.party("jigou")}
    listing = actions.offer(listing, edition=listing.edition, by=by, **said)
    kept = index % 3 == 0 and (pricing, mode) == (Listing.Pricing.AUCTION, Listing.Mode.ASSIGNMENT)
    reserve = start.portion(11_000) if kept else None
    listing = actions.set_reserve(listing, edition=listing.edition, reserve=reserve, by=by)
    return actions.edit(listing, edition=listing.edition, by=by, **_text(index))


def shared(index: int) -> Listing:
    """Right number `index` drafted, half of it the university's, which is asked for its consent."""
    listing, by = drafted(index), cast.user(rights.seller(index))
    halves = [(listing.seller, 1, 2), (cast.party("gaoxiao"), 1, 2)]
    listing = actions.declare(listing, edition=listing.edition, owners=halves, burdens=[], by=by)
    conditions.ask(listing, by=by)
    return listing


def submitted(index: int, **offered: str) -> Listing:
    """The same, handed to the agency by its seller."""
    return actions.submit(drafted(index, **offered), by=cast.user(rights.seller(index)))


def published(index: int, **offered: str) -> Listing:
    """The same, accepted by the agency."""
    return actions.accept(submitted(index, **offered), by=agent())


def prove(listing: Listing, by: User) -> None:
    """Upload the copy of the register that the agency compares."""
    right, on = listing.right, clock.today().isoformat()
    content = pdf(
        "register_copy", {"number": right.number, "title": right.title, "holder": listing.seller.name, "on": on}
    )
    documents.store(
        subject=right.ref,
        kind="proof",
        title="登记簿副本",
        name="登记簿副本.pdf",
        content=content,
        content_type="application/pdf",
        owner=listing.seller,
        by=by,
    )


def agent() -> User:
    """Who works the agency's desk."""
    return cast.user("jigou")


def _text(index: int) -> dict[str, object]:
    one = rights.sample(index)
    if one.kind == "patent":
        said = "技术成熟，已在本省两家企业试用", "Proven in two pilot plants in the province"
    else:
        said = "权属清晰，持续使用", "In continuous use, the title is clear"
    return {
        "summary": f"{one.title}：{said[0]}，资料齐备，可随时办理变更登记。"[:300],
        "summary_en": f"{one.title_en}. {said[1]}; papers are complete for recordal.",
        "application": "制造业、能源、交通" if one.kind == "patent" else "",
        "trl": 5 + index % 5 if one.kind == "patent" else None,
        "defects": "一项普通许可仍在履行，至 2028-06-30。" if index % 7 == 3 else "",
    }
