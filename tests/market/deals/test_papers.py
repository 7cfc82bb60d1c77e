"""What the papers of a deal say: the mandatory terms of each law, the sums, and never a word too many."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from market.deals.rules import moves, papers, particulars
from market.deals.rules.bargain import Bargain, Escrow, Side
from market.deals.rules.figures import Figures
from market.kernel.errors import Refused
from market.kernel.money import Money

PATENT = {
    "title": "一种固态电解质的制备方法",
    "applicant": "吉林大学",
    "patentee": "吉林大学",
    "filed_on": "2019-02-08",
    "application_no": "201910000001.0",
    "patent_no": "ZL201910000001.0",
    "expires_on": "2039-02-07",
    "bank": "吉林银行 0701",
}
MARK = {
    "words": "长白雪",
    "registration_no": "1590557",
    "nice_class": "9",
    "registrant": "吉林大学",
    "expires_on": "2029-06-06",
    "bank": "吉林银行 0701",
}
SOFTWARE = {
    "title": "智能仓储管理系统",
    "authors": "李伟",
    "owner": "吉林大学",
    "rights": "\n".join(particulars.SOFTWARE_RIGHTS),
    "territory": "全世界 / worldwide",
    "bank": "吉林银行 0701",
}
LAYOUT = {
    "title": "低功耗电源管理芯片",
    "certificate_no": "BS.205001234",
    "holder": "吉林大学",
    "filed_on": "2020-05-08",
    "expires_on": "2030-03-01",
    "bank": "吉林银行 0701",
}
VARIETY = {
    "title": "吉单66",
    "species": "玉米 Zea mays L.",
    "variety_no": "CNA20191234.5",
    "holder": "吉林大学",
    "expires_on": "2037-06-29",
    "bank": "吉林银行 0701",
}
OF_KIND = {
    "patent": PATENT,
    "trademark": MARK,
    "copyright": SOFTWARE,
    "ic_layout": LAYOUT,
    "plant_variety": VARIETY,
}


def bargain(kind: str = "patent", **more: Any) -> Bargain:
    """A bargain about a right of a kind, complete."""
    return replace(
        Bargain(
            code="D-7K3M9QX2TC",
            kind=kind,
            pending=False,
            office="CN",
            formed_at=datetime(2026, 12, 2, 2, 52, tzinfo=UTC),
            seller=Side("吉林大学", "Jilin University", "12220102MA000001XX"),
            buyer=Side("长春光电科技有限公司"),
            agency=Side("长春知识产权运营中心"),
            escrow=Escrow("长春知识产权运营中心", "吉林银行", "0701"),
            figures=Figures(Money(144_000_000, "CNY"), Money(7_200_000, "CNY"), Money(4_320_000, "CNY")),
            premium=("5%", "5%"),
            particulars=OF_KIND[kind],
            owners=("吉林大学",),
        ),
        **more,
    )


def text(part: Any) -> str:
    """All the words of a paper, or of a part of it."""
    if isinstance(part, str):
        return part
    return "\n".join(text(piece) for piece in (part.values() if isinstance(part, dict) else part))


def headings(terms: dict[str, Any]) -> list[str]:
    return [clause["heading"][1] for clause in terms["clauses"]]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, values in OF_KIND.items() for name in values])
def test_a_contract_lacking_what_its_law_requires_is_not_drafted(kind: str, name: str) -> None:
    values = {**OF_KIND[kind], name: "  "}
    with pytest.raises(Refused) as caught:
        papers.contract_terms(bargain(kind, particulars=values))
    assert caught.value.code == "deal.contract_incomplete"
    assert caught.value.facts["names"] == [name]


def test_the_papers_name_the_days_the_sale_agreed_on() -> None:
    agreed = bargain(days={**moves.DAYS, "confirmed": 3, "signed": 7})
    assert "3个工作日内签署转让合同；买受人在合同生效之日起7个工作日内" in text(papers.confirmation_terms(agreed))
    assert "在本合同生效之日起7个工作日内一次付清" in text(papers.contract_terms(agreed))


def test_an_application_has_no_patent_number_yet() -> None:
    values = {name: text for name, text in PATENT.items() if name not in ("patent_no", "patentee", "expires_on")}
    terms = papers.contract_terms(bargain(particulars=values, pending=True))
    assert terms["heading"][0] == "专利申请权转让合同"
    with pytest.raises(Refused):
        papers.contract_terms(bargain(particulars=values))


@pytest.mark.parametrize("kind", OF_KIND)
def test_every_contract_has_price_escrow_documents_recordal_title_refusal_and_signatures(kind: str) -> None:
    terms = papers.contract_terms(bargain(kind))
    must = ["Subject matter", "Condition and burdens", "Price and payment", "Escrow and release"]
    must += ["Delivery of documents", "Recordal and official fees", "Title date", "Refusal by the office"]
    must += ["Warranties and infringement", "Confidentiality", "Breach", "Law and disputes", "Signing and effect"]
    assert [heading for heading in headings(terms) if heading in must] == must
    words = text(terms)
    assert "¥1,440,000.00（大写：人民币壹佰肆拾肆万元整）" in words
    assert "0701" in words
    assert [row[2] for row in terms["signatories"]] == ["吉林大学", "长春光电科技有限公司"]
    for value in OF_KIND[kind].values():
        assert value in words or value == OF_KIND[kind]["bank"]


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        ("patent", ("《专利法》第十条", "第八百七十条", "第八百七十五条", "《专利法》第四十七条")),
        ("trademark", ("《商标法》第四十二条", "公告之日即权利转移日", "转让人声明没有此类商标")),
        ("ic_layout", ("《集成电路布图设计保护条例》", "自国务院知识产权行政部门登记之日起生效")),
        ("plant_variety", ("《植物新品种保护条例》", "登记之日即权利转移日")),
        ("copyright", ("《著作权法》第十条", "《著作权法》第二十九条", "生效之日起转移至受让人")),
    ],
)
def test_each_contract_follows_its_own_law(kind: str, law: tuple[str, ...]) -> None:
    words = text(papers.contract_terms(bargain(kind)))
    assert [article for article in law if article not in words] == []


def test_co_owners_pledges_and_similar_marks_are_named() -> None:
    made = bargain(
        "trademark",
        owners=("吉林大学 1/2", "王芳 1/2"),
        burdens=("质押 / Pledge 吉林银行",),
        siblings=("1590558 长白雪景",),
    )
    words = text(papers.contract_terms(made))
    assert "吉林大学 1/2；王芳 1/2" in words
    assert "质押 / Pledge 吉林银行" in words
    assert "1590558 长白雪景" in words


@pytest.mark.parametrize(("kind", "says"), [("patent", True), ("copyright", True), ("trademark", False)])
def test_technology_for_a_foreign_buyer_is_exported_only_by_the_book(kind: str, says: bool) -> None:
    foreign = Side("Anne Ltd", foreign=True)
    assert ("Export of technology" in headings(papers.contract_terms(bargain(kind, buyer=foreign)))) == says
    assert "Export of technology" not in headings(papers.contract_terms(bargain(kind)))


def test_the_confirmation_states_parties_lot_price_premium_time_and_rules() -> None:
    record = {"mode": "auction", "lot": "L-1 号", "ruleset": "commercial", "paddle": "8001", "terms_sha256": "a" * 64}
    words = text(papers.confirmation_terms(bargain(record=record)))
    for said in ("拍卖成交确认书", "吉林大学", "长春光电科技有限公司", "L-1 号", "commercial", "8001", "a" * 64):
        assert said in words
    for said in ("2026-12-02 10:52", "壹佰肆拾肆万元整", "¥72,000.00", "¥1,512,000.00", "壹佰伍拾壹万贰仟元整", "5%"):
        assert said in words
    assert "《拍卖法》第五十二条" in words
    assert "43,200" not in words, "the seller's commission is not the buyer's business"


@pytest.mark.parametrize("record", [{"mode": "online_bidding"}, {}])
def test_what_was_no_auction_is_called_none(record: dict[str, str]) -> None:
    words = text(papers.confirmation_terms(bargain(record=record)))
    assert not re.search(r"拍卖|落槌|[Aa]uction|hammer|knocked", words.replace("拍卖会、竞价专场", ""))


def test_prices_in_other_currencies_have_no_capital_figures() -> None:
    dollars = Figures(Money(5_000_000, "USD"), Money.zero("USD"), Money.zero("USD"))
    words = text(papers.contract_terms(bargain(figures=dollars)))
    assert "US$50,000.00" in words
    assert "大写" not in words


def test_no_text_is_left_unfilled_and_every_text_is_in_two_languages() -> None:
    for kind in OF_KIND:
        for terms in (papers.contract_terms(bargain(kind)), papers.confirmation_terms(bargain(kind))):
            assert not re.search(r"[{}]", text(terms))
            for clause in terms["clauses"]:
                for han, english in [clause["heading"], *clause["paragraphs"]]:
                    assert re.search(r"[一-鿿]", han)
                    assert re.match(r"[A-Z]", english)
