"""The demonstration's licences: one whose quarters stand everywhere, and two deals on the way to one."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from deploy.demo import cast, sales
from deploy.demo import deals as walk
from market.deals import actions as deals
from market.deals.crosses import actions as crosses
from market.deals.models import Deal
from market.deals.open_licences import actions as open_licences
from market.deals.rules.moves import LIVE
from market.deals.terms import actions as terms
from market.deals.terms.queries import standard
from market.documents.render import pdf
from market.filings import actions as filings
from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.clock import BEIJING
from market.kernel.money import Money
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.rights.models import Right
from market.royalties import actions
from market.royalties.models import Licence, ReportingPeriod
from market.royalties.runs.actions import run
from market.royalties.sublicences import actions as sublicences
from market.royalties.sublicences.queries import first_draft

SOLD = ("1860000", "2415000", "980000")  # of the quarters reported so far; the one after waits for its report
UNITS = ("930", "1204", "488")
ASKED = UUID(int=1)


def build() -> Licence:
    """A licence of `gaoxiao` to `maijia1` for five quarters: two billed, one reported, one to report."""
    owner, taker, agency = (cast.party(name) for name in ("gaoxiao", "maijia1", "jigou"))
    held = Right.objects.filter(titles__holder=owner, kind=Right.Kind.PATENT, state=Right.State.GRANTED)
    right = held.select_related("patent").order_by("pk")[0]
    today = clock.today()
    begun = months_later(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), -3 * (len(SOLD) + 1))
    with clock.shifted_to(_noon(begun)):
        given: dict[str, Any] = {
            "granted_for": "demo:licence",
            "right": right,
            "licensor": owner,
            "licensee": taker,
            "agency": agency,
        }
        licence = actions.grant(**given, document=_terms(right, owner, taker, begun), by=cast.user("jigou"))
    for number, (gross, units) in enumerate(zip(SOLD, UNITS, strict=True), 1):
        with clock.shifted_to(_noon(months_later(begun, 3 * number) + timedelta(days=9))):
            run()
            period = ReportingPeriod.objects.get(licence=licence, number=number)
            returned = {"returns": {"amount": "24000.00", "currency": "CNY"}} if number == 2 else {}
            row = {"gross": {"amount": f"{gross}.00", "currency": "CNY"}, "units": units, "deductions": returned}
            actions.report(period=period, figures={"": row if returned else _bare(row)}, by=cast.user("maijia1"))
            if number < len(SOLD):
                actions.approve(period=period, by=cast.user("gaoxiao"))
                run()
    run()
    _ask_below(licence)
    return licence


def _ask_below(licence: Licence) -> None:
    """Its licensee wants to let `maijia3` use the patent at eight percent; the licensor's consent is waited for."""
    begun = first_draft(licence)["term"]["start"]
    running = {"kind": "running", "rates": [{"since": begun, "tiers": [{"rate": "0.08"}]}]}
    said = {"payments": [running], "reports": licence.terms["reports"], "base_definition": "不含税销售额"}
    document, taker = first_draft(licence) | said, cast.party("maijia3")
    sublicences.ask(head=licence, sublicensee=taker, document=document, key=ASKED, by=cast.user("maijia1"))


def negotiate() -> None:
    """Two licence deals of `qiye`: with `maijia2` the terms go to and fro, with `maijia3` the price is in escrow."""
    open_one, done = (_concluded(place, name) for place, name in ((0, "maijia2"), (1, "maijia3")))
    first = terms.first_draft(open_one)
    price = {"kind": "entry_fee", "amount": open_one.price.wire(), "due_on": first["term"]["start"], "in_escrow": True}
    running = {"kind": "running", "rates": [{"since": first["term"]["start"], "tiers": [{"rate": "0.04"}]}]}
    reports = {"period": "quarter", "due_days": 30, "payment_days": 15}
    said = {
        "payments": [price, running],
        "reports": reports,
        "audit": {"allowed": True},
        "base_definition": "不含税销售额",
    }
    _propose(open_one, "seller", first | said | {"exclusivity": "sole"})
    _propose(open_one, "buyer", first | said | {"exclusivity": "exclusive", "sublicence": "with_consent"})
    _propose(done, "seller", terms.first_draft(done))
    terms.adopt(deal=done, role="buyer", sha256=done.terms.get().sha256, by=cast.user("maijia3"))
    sales.deliver()
    walk.sign(done, "contract", "seller", "buyer")
    sales.deliver()
    walk.pay(done, clock.today())
    sales.deliver()


def license_each_other() -> None:
    """`qiye` offers `gaoxiao` a licence for one of its patents, and would pay the balance; the answer is waited for."""
    ours, theirs, agency = (cast.party(name) for name in ("qiye", "gaoxiao", "jigou"))
    given, taken = _free_patents(ours).last(), _free_patents(theirs).last()
    if given is None or taken is None:
        return
    start = clock.today()
    price = Money(80_000_00, "CNY")
    nothing = Money.zero("CNY")
    crosses.propose(
        proposer=ours,
        other=theirs,
        agency=agency,
        given=given,
        taken=taken,
        given_terms=standard(right=given, licensor=ours, licensee=theirs, price=nothing, start=start),
        taken_terms=standard(right=taken, licensor=theirs, licensee=ours, price=price, start=start),
        key=ASKED,
        by=cast.user("qiye"),
    )


def open_to_all() -> None:
    """A patent of `qiye` declared open to licences, and `maijia1` who took one."""
    owner, agency, taker = (cast.party(name) for name in ("qiye", "jigou", "maijia1"))
    right = _free_patents(owner).filter(patent__type="invention")[0]
    given: dict[str, Any] = {"fee": Money(20_000_00, "CNY"), "years": 3, "remarks": "随许可提供工艺参数。"}
    declared = open_licences.declare(right=right, holder=owner, agency=agency, by=cast.user("qiye"), **given)
    sales.deliver()
    filing, by, today = declared.filings.get(), cast.user("jigou"), clock.today()
    filings.submit(filing, number=f"2026{declared.pk:08d}", on=today, by=by)
    told = {"number": "42-4801", "title": "专利开放许可公告", "holder": "国家知识产权局", "on": today.isoformat()}
    filings.accept(
        filing, number="42-4801", on=today, certificate=filings.Upload("公告.pdf", pdf("register_copy", told)), by=by
    )
    deal = open_licences.take(declaration=declared, buyer=taker, by=cast.user("maijia1"))
    sales.deliver()
    walk.sign(deal, "notice", "buyer")
    sales.deliver()
    walk.pay(deal, clock.today())
    sales.deliver()


def _concluded(place: int, taker: str) -> Deal:
    """A licence agreed on between the two sides, its confirmation signed."""
    owner, buyer, agency = (cast.party(name) for name in ("qiye", taker, "jigou"))
    listing = Listing.objects.create(
        right=_free_patents(owner)[0],
        seller=owner,
        agency=agency,
        mode=Listing.Mode.LICENCE,
        pricing=Listing.Pricing.FIXED,
        state=Listing.State.DEALT,
        created_by=cast.user("qiye"),
    )
    given: dict[str, Any] = {
        "listing": listing,
        "buyer": buyer,
        "price": Money(120_000_00, "CNY"),
        "actor": "system:demo",
    }
    deal = deals.open(origin=f"demo:licence-{place}", seller_fees=flat(300), buyer_fees=flat(200), **given)
    sales.deliver()
    walk.sign(deal, "confirmation", "buyer", "agency")
    sales.deliver()
    return Deal.objects.get(pk=deal.pk)


def _propose(deal: Deal, role: str, document: dict[str, Any]) -> None:
    by = cast.user("qiye") if role == "seller" else deal.buyer.memberships.order_by("pk")[0].user
    terms.propose(deal=deal, role=role, document=document, over=deal.terms.count(), by=by)


def _free_patents(owner: Any) -> QuerySet[Right]:
    """The granted patents the owner holds today and no deal or burden is about."""
    held = Right.objects.filter(titles__holder=owner, titles__until=None, encumbrances=None)
    free = held.filter(kind=Right.Kind.PATENT, state=Right.State.GRANTED).exclude(deals__state__in=LIVE)
    return free.select_related("patent").order_by("pk")


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in row.items() if said}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BEIJING)


def _terms(right: Right, owner: Any, taker: Any, begun: date) -> dict[str, Any]:
    def yuan(amount: str) -> dict[str, str]:
        return {"amount": amount, "currency": "CNY"}

    tiers = [
        {"up_to": yuan("2000000.00"), "rate": "0.05"},
        {"up_to": yuan("5000000.00"), "rate": "0.04"},
        {"rate": "0.03"},
    ]
    last = right.expires_on or months_later(begun, 120)
    return {
        "version": "terms/1",
        "right": "patent",
        "asset": [
            {
                "name": right.title,
                "number": right.number,
                "application_number": right.number.removeprefix("ZL"),
                "applicant": owner.name,
                "holder": owner.name,
                "filed_on": str(right.filed_on or begun),
                "expires_on": str(last),
            }
        ],
        "licensor": {"name": owner.name, "code": owner.code},
        "licensee": {"name": taker.name, "code": taker.code},
        "grant": ["make", "use", "offer", "sell"],
        "exclusivity": "non",
        "territory": ["CN"],
        "field": [],
        "term": {"start": str(begun), "end": str(min(last, months_later(begun, 60) - timedelta(days=1)))},
        "sublicence": "with_consent",
        "transferable": False,
        "payments": [
            {"kind": "entry_fee", "amount": yuan("30000.00"), "due_on": str(begun)},
            {"kind": "advance", "amount": yuan("50000.00"), "due_on": str(begun), "recoupable": True},
            {"kind": "running", "rates": [{"since": str(begun), "tiers": tiers}]},
            {"kind": "minimum", "amount": yuan("40000.00"), "scope": "period"},
            {"kind": "sublicence", "share": "0.25"},
        ],
        "base_definition": "不含税销售额 Net of value added tax",
        "deductions": {"allowed": ["returns", "freight"], "cap": "0.1"},
        "audit": {"allowed": True, "tolerance": "0.05"},
        "reports": {"period": "quarter", "due_days": 30, "payment_days": 15},
        "interest": {"rate": "0.06", "year_days": 365},
    }
