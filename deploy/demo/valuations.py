"""The demonstration's valuations: one right by two methods and both weighed, its statutory report, a scoring, a portfolio's run."""

from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.demo import cast
from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.money import Money
from market.listings.models import Listing
from market.rights.conditions.actions import Paper
from market.rights.portfolios.models import Portfolio
from market.rights.portfolios.queries import rights_of
from valuation import actions
from valuation.models import Appraisal
from valuation.portfolios import actions as portfolios
from valuation.rules import RECONCILED
from valuation.statutory import actions as statutory

RELIEF: dict[str, Any] = {
    "base_revenue": "12000000",
    "growth": "6%",
    "years": 8,
    "royalty_rate": "3.5%",
    "tax_rate": "25%",
    "discount_rate": "15%",
    "discounting": "mid_year",
    "tab": {"amortisation_years": 10},
}
RANGES = {
    "royalty_rate": (Decimal("0.025"), Decimal("0.045")),
    "discount_rate": (Decimal("0.13"), Decimal("0.18")),
    "growth": (Decimal("0.03"), Decimal("0.08")),
}
COST: dict[str, Any] = {
    "costs": {"研发人员": "960000", "材料与试制": "430000", "检测": "180000"},
    "obsolescence": {"功能性贬值": "12%", "经济性贬值": "8%"},
    "combine": "multiplicative",
    "profit": "15%",
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def build(portfolio: Portfolio) -> None:
    """For `qiye`, about the first patent it offers; and for its portfolio."""
    owner = cast.party("qiye")
    listing = Listing.objects.filter(seller=owner, state=Listing.State.PUBLISHED, right__kind="patent").order_by("pk")[
        0
    ]
    sources = {"base_revenue": "2025 年审计报告", "royalty_rate": "三份同类许可合同", "discount_rate": "累加法"}
    relief = _keep(listing, "relief_from_royalty_grown", RELIEF, RANGES, sources)
    cost = _keep(
        listing, "cost_reproduction", COST, {"profit": (Decimal("0.1"), Decimal("0.2"))}, {"costs": "研发台账"}
    )
    weighed = {
        "parts": {
            one.code: {"method": one.method, "inputs": one.inputs, "currency": one.currency} for one in (relief, cost)
        },
        "weights": {relief.code: "70%", cost.code: "30%"},
        "reasons": {relief.code: "有稳定收入，收益可预测", cost.code: "成本资料完整，作为下限参考"},
    }
    _keep(listing, RECONCILED, weighed, {}, {})
    _report(listing)
    _run(portfolio)


def _keep(
    listing: Listing, method: str, inputs: dict[str, Any], ranges: dict[str, Any], sources: dict[str, str]
) -> Appraisal:
    today = clock.today()
    return actions.keep(
        key=_key(method),
        listing=listing,
        party=listing.seller,
        purpose=Appraisal.Purpose.TRANSFER,
        premise=Appraisal.Premise.MARKET,
        valuation_date=today,
        valid_until=months_later(today, 12),
        method=method,
        inputs=inputs,
        ranges=ranges,
        sources=sources,
        currency="CNY",
        follows=None,
        by=cast.user("qiye"),
    )


def _report(listing: Listing) -> None:
    """The institution's report, signed by two."""
    institution, today = cast.party("pinggu"), clock.today()
    engaged = statutory.engage(
        listing=listing, institution=institution, purpose=Appraisal.Purpose.TRANSFER, by=cast.user("qiye")
    )
    report = statutory.give(
        key=_key("report"),
        engagement=engaged,
        number="吉信评报字〔2026〕第 018 号",
        premise=Appraisal.Premise.MARKET,
        methods="收益法、成本法",
        valuation_date=today,
        valid_until=months_later(today, 12),
        value=Money(168_000_000, "CNY"),
        paper=Paper("report.pdf", PDF, "application/pdf"),
        by=cast.user("pinggu"),
    )
    statutory.sign(report=report, name="平正", certificate="22010018", by=cast.user("pinggu"))
    statutory.sign(report=report, name="顾实", certificate="22010047", by=cast.user("pinggu2"))


def _run(portfolio: Portfolio) -> None:
    """The portfolio, all but one of its rights with an income of their own, and a package price shared out."""
    rights = rights_of(portfolio)
    own = {
        right.pk: {"base_revenue": str(900_000 * place), "growth": "4%", "years": 5}
        for place, right in enumerate(rights[:-1], 1)
    }
    common = {"royalty_rate": "4%", "tax_rate": "25%", "discount_rate": "15%", "discounting": "mid_year"}
    terms: dict[str, Any] = {"key": _key("run"), "valuation_date": clock.today(), "common": common, "own": own}
    portfolios.begin(portfolio=portfolio, price=Money(50_000_000, "CNY"), by=cast.user("qiye"), **terms)
    portfolios.run_due()


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo:{name}")
