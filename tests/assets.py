"""Rights and listings every test may need, made through the market's own actions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from market.documents import actions as documents
from market.kernel import clock
from market.kernel.money import Money
from market.listings import actions as listings
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.importers.drafts import RightDraft
from market.rights.models import Right
from market.rights.rules.identifiers import check_number, cn_check_digit, cn_patent_number
from tests.people import owner_of

TITLE = "固态电解质制备方法"


def cn_number(serial: int, digit: str = "1") -> str:
    """A valid Chinese application number, one for each serial: 2019 1 0000001.x for invention number 1."""
    body = f"2019{digit}{serial:07d}"
    return f"{body}.{cn_check_digit(body)}"


def patent_draft(serial: int = 1, **more: Any) -> RightDraft:
    """What a file or a form says of a granted invention patent."""
    checked = check_number("patent", "invention", "CN", cn_number(serial), today=clock.today())
    said = {
        "title": TITLE,
        "title_en": "Method for preparing a solid electrolyte",
        "abstract": "一种在较低温度下制备硫化物固态电解质的方法，用于锂离子电池。",
        "first_claim": "一种固态电解质的制备方法，其特征在于……",
        "claims": 10,
        "ipc": ("H01M 10/0562",),
        "inventors": ("李伟", "王芳"),
        "application_no": checked.display,
        "grant_no": cn_patent_number(checked.display),
        "filed_on": date(2019, 2, 8),
        "granted_on": date(2021, 1, 15),
        "industry": "materials",
        "source": "test",
    }
    return RightDraft(
        kind="patent", type="invention", office="CN", key=checked.key, number=checked.display, **(said | more)
    )


def trademark_draft(number: str = "1590557", nice_class: int = 9, **more: Any) -> RightDraft:
    """What a file or a form says of a registered mark."""
    checked = check_number("trademark", "", "CN", number, today=clock.today())
    said = {"title": "长白雪", "groups": ("0901", "0913"), "goods": "计算机；电池", "filed_on": date(2018, 3, 1)}
    said |= {"granted_on": date(2019, 6, 7), "industry": "electronics"}
    return RightDraft(
        kind="trademark",
        type="",
        office="CN",
        key=checked.key,
        number=checked.display,
        nice_class=nice_class,
        **(said | more),
    )


def software_draft(number: str = "2014SR001852", **more: Any) -> RightDraft:
    """What a file or a form says of a registered program."""
    checked = check_number("copyright", "software", "CN", number, today=clock.today())
    said = {"title": "智能仓储管理系统", "inventors": ("李伟",), "completed_on": date(2013, 9, 1)}
    return RightDraft(
        kind="copyright", type="software", office="CN", key=checked.key, number=checked.display, **(said | more)
    )


def layout_draft(number: str = "BS.205001234", **more: Any) -> RightDraft:
    """What a file or a form says of a registered layout design."""
    checked = check_number("ic_layout", "logic", "CN", number, today=clock.today())
    said = {"title": "低功耗电源管理芯片", "filed_on": date(2020, 5, 8), "granted_on": date(2020, 9, 1)}
    said |= {"completed_on": date(2019, 12, 1), "exploited_on": date(2020, 3, 2), "industry": "electronics"}
    return RightDraft(
        kind="ic_layout", type="logic", office="CN", key=checked.key, number=checked.display, **(said | more)
    )


def variety_draft(number: str = "CNA20191234.5", **more: Any) -> RightDraft:
    """What a file or a form says of a granted plant variety."""
    checked = check_number("plant_variety", "other", "CN", number, today=clock.today())
    said = {"title": "吉单66", "species": "玉米 Zea mays L.", "filed_on": date(2019, 4, 1)}
    said |= {"granted_on": date(2022, 6, 30), "industry": "biochemicals"}
    return RightDraft(
        kind="plant_variety", type="other", office="CN", key=checked.key, number=checked.display, **(said | more)
    )


def draft_right(
    owner: Party,
    *,
    draft: RightDraft | None = None,
    holders: Sequence[tuple[Party, int, int]] = (),
    by: User | None = None,
) -> Right:
    """A right `owner` claims, wholly unless `holders` say otherwise."""
    by = by or owner_of(owner)
    return rights.register(draft=draft or patent_draft(), holders=holders or [(owner, 1, 1)], party=owner, by=by)


def right(owner: Party, *, draft: RightDraft | None = None, **more: Any) -> Right:
    """A verified right of `owner`: in force, with its annuity paid and its status looked up today."""
    made = draft_right(owner, draft=draft, **more)
    if made.kind == "patent":
        rights.describe(made, columns={}, particulars={"annuity_paid_to": clock.today().replace(month=12, day=31)})
    return rights.verify(made, by=owner_of(owner))


def give_proof(listing: Listing, by: User | None = None) -> None:
    """Store the certificate as the seller's proof of title."""
    documents.store(
        subject=listing.right.ref,
        kind="proof",
        title="certificate",
        name="certificate.pdf",
        content=b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
        content_type="application/pdf",
        owner=listing.seller,
        by=by or owner_of(listing.seller),
    )


def draft_listing(seller: Party, agency: Party, *, draft: RightDraft | None = None, **terms: Any) -> Listing:
    """A listing of `seller`, complete and not yet handed over; `terms` change how it is offered."""
    by = owner_of(seller)
    listing = listings.draft(right=draft_right(seller, draft=draft), seller=seller, by=by)
    offered = {"pricing": "auction", "asking": Money(150_000_000, "CNY"), "agency": agency} | terms
    listing = listings.declare(listing, edition=listing.edition, owners=[(seller, 1, 1)], burdens=[], by=by)
    listing = listings.offer(listing, edition=listing.edition, by=by, **offered)
    text = {
        "summary": "较低温度下制备的固态电解质，用于动力电池与储能。",
        "summary_en": "A solid electrolyte for batteries.",
    }
    text |= {"application": "动力电池", "trl": 6, "defects": "无已知瑕疵"}
    listing = listings.edit(listing, edition=listing.edition, by=by, **text)
    give_proof(listing)
    return listing


def submitted(seller: Party, agency: Party, **more: Any) -> Listing:
    """A listing that waits for the agency's review."""
    return listings.submit(draft_listing(seller, agency, **more), by=owner_of(seller))


def published(seller: Party, agency: Party, **more: Any) -> Listing:
    """A listing on the market: reviewed and accepted by the agency."""
    return listings.accept(submitted(seller, agency, **more), by=owner_of(agency))
