"""The two papers of a deal as terms: plain JSON that the page shows and the PDF is set from, word for word the same."""

from collections.abc import Mapping
from typing import Any

from market.deals.rules import particulars
from market.deals.rules.bargain import Bargain, Clause, Row, Side, Text, filled
from market.deals.rules.clauses import contract_clauses, price_words
from market.deals.rules.moves import AGENCY, BUYER, CONFIRMATION, CONTRACT, SELLER, SIGNERS
from market.deals.rules.registered import texts_of
from market.kernel import formats

# The office that records a change, by what the right is and where it is protected.
_OFFICES: Mapping[str, Text] = {
    "CN": ("国家知识产权局", "the China National Intellectual Property Administration (CNIPA)"),
    "US": ("美国专利商标局", "the United States Patent and Trademark Office"),
    "EP": ("欧洲专利局", "the European Patent Office"),
    "WO": ("世界知识产权组织国际局", "the International Bureau of WIPO"),
    "JP": ("日本特许厅", "the Japan Patent Office"),
    "KR": ("韩国知识产权厅", "the Korean Intellectual Property Office"),
}
_COPYRIGHT_OFFICE: Text = ("中国版权保护中心", "the Copyright Protection Centre of China")
_VARIETY_OFFICE: Text = (
    "植物新品种权审批机关（农业农村部、国家林业和草原局）",
    "the authority for plant varieties (the Ministry of Agriculture and Rural Affairs; the National Forestry and Grassland "
    "Administration)",
)
_OWN_OFFICES: Mapping[str, Text] = {"copyright": _COPYRIGHT_OFFICE, "plant_variety": _VARIETY_OFFICE}

# What the origin of a deal may put on record, and how the confirmation names it.
RECORD: Mapping[str, Text] = {
    "sale": ("拍卖会、竞价专场", "Sale"),
    "lot": ("标的编号", "Lot"),
    "mode": ("成交方式", "Mode"),
    "auctioneer": ("拍卖师", "Auctioneer"),
    "paddle": ("竞买号", "Paddle number"),
    "portfolio": ("所属组合", "Portfolio"),
    "units": ("许可份数", "Licences"),
    "offer": ("要约编号", "Offer"),
    "conditions": ("约定条件", "Conditions agreed"),
    "ruleset": ("竞价规则", "Rule set"),
    "terms_sha256": ("竞买须知摘要 SHA-256", "Conditions of sale, SHA-256"),
    "log_sha256": ("竞价记录摘要 SHA-256", "Bidding record, SHA-256"),
    "offer_sha256": ("要约摘要 SHA-256", "Offer, SHA-256"),
}
NEGOTIATED = "negotiated"
MODES: Mapping[str, Text] = {
    "auction": ("拍卖", "auction"),
    "online_bidding": ("网络竞价", "online bidding"),
    NEGOTIATED: ("协商成交", "negotiation"),
}
_ROLES: Mapping[str, Text] = {
    SELLER: ("转让人", "Assignor"),
    BUYER: ("受让人", "Assignee"),
    AGENCY: ("经办机构", "Agency"),
}
_LICENCE_ROLES: Mapping[str, Text] = {
    **_ROLES,
    SELLER: ("许可人", "Licensor"),
    BUYER: ("被许可人", "Licensee"),
}

_FORMED: Mapping[str, tuple[Text, ...]] = {
    "auction": (
        (
            "买受人在下列拍卖中以最高应价竞得下列标的，经落槌表示买定，买卖成交（《拍卖法》第五十一条）。依照《拍卖法》第五十二条"
            "签署本成交确认书。",
            "At the auction stated below the buyer made the highest bid for the lot below and it was knocked down to it; the "
            "sale is concluded (Auction Law, art. 51). This confirmation is signed under Auction Law art. 52.",
        ),
    ),
    NEGOTIATED: (
        (
            "买受人与转让人经平台协商，一方的要约为另一方所承诺，合同自承诺生效时成立（《民法典》第四百八十三条）。双方签署本成交"
            "确认书。",
            "Buyer and assignor negotiated on the market; the offer of one was accepted by the other, and the contract was "
            "concluded when the acceptance took effect (Civil Code, art. 483). This confirmation is signed.",
        ),
    ),
    "": (
        (
            "买受人以下列价款取得下列标的，合同自电子系统确认成交时成立（民法典合同编通则司法解释第四条）。双方签署本成交确认书。",
            "The buyer obtained the right below at the price below; the contract was concluded when the electronic system "
            "confirmed the deal (SPC Interpretation on the general part of contracts, art. 4). This confirmation is signed.",
        ),
    ),
}
_AGREED: tuple[tuple[Text, Text], ...] = (
    (
        ("应价不得撤回", "No bid is withdrawn"),
        (
            "买受人的应价和成交价不得撤回、变更。",
            "The buyer's bid and the price may be neither withdrawn nor changed.",
        ),
    ),
    (
        ("合同与付款", "Contract and payment"),
        (
            "转让人与买受人在本确认书签署之日起{contract_days}个工作日内签署转让合同；买受人在合同生效之日起{pay_days}个工作日内将"
            "应付总额付入经办机构监管账户{deposit}。",
            "Assignor and buyer sign the assignment contract within {contract_days} working days of this confirmation; within "
            "{pay_days} working days of the contract taking effect the buyer pays the total into the agency's supervised "
            "account{deposit_en}.",
        ),
    ),
    (
        ("佣金", "Premium"),
        (
            "买受人佣金按成交价计算：{rate}；金额如上表。",
            "The buyer's premium, in the amount stated above, is reckoned on the price: {rate_en}.",
        ),
    ),
    (
        ("违约", "Default"),
        (
            "买受人未按约定付款的，应当支付违约金；标的再行处分的，买受人支付原成交中转让人和买受人应付的佣金，并补足再次成交价"
            "低于原成交价的差额{default_law}。",
            "A buyer who does not pay as agreed owes damages; if the right is sold again, it pays the commission both sides "
            "owed on this sale and any shortfall of the second price{default_law_en}.",
        ),
    ),
    (
        ("权利转移", "Passing of title"),
        (
            "成交、签署和付款均不转移权利，权利转移日依转让合同和法律确定；买受人与转让人持成交证明办理登记手续{title_law}。",
            "Neither the sale nor a signature nor payment passes title; the title date follows from the contract and the law. "
            "Buyer and assignor obtain recordal with the proof of sale{title_law_en}.",
        ),
    ),
    (
        ("电子签名", "Electronic signature"),
        (
            "双方同意使用电子签名（《电子签名法》第三条、第十三条、第十四条）；每份签名记载签署人、时间、同意声明和本文件的"
            " SHA-256。中文本与英文本不一致的，以中文本为准。",
            "The signatories agree to electronic signatures (Electronic Signature Law, arts. 3, 13, 14); each records who "
            "signed, when, the consent given and the SHA-256 of this document. The Chinese text prevails.",
        ),
    ),
)
# What a licence says instead, clause by clause.
_LICENSED: Mapping[str, tuple[Text, Text]] = {
    "Contract and payment": (
        ("合同与付款", "Contract and payment"),
        (
            "许可人与被许可人在本确认书签署之日起{contract_days}个工作日内签署书面许可合同（《民法典》第八百六十三条）；被许可人在"
            "合同生效之日起{pay_days}个工作日内将应付总额付入经办机构监管账户{deposit}。",
            "Licensor and licensee sign a licence contract in writing within {contract_days} working days of this confirmation "
            "(Civil Code, art. 863); within {pay_days} working days of it taking effect the licensee pays the total into the "
            "agency's supervised account{deposit_en}.",
        ),
    ),
    "Default": (
        ("违约", "Default"),
        (
            "买受人未按约定付款的，应当支付违约金{default_law}。",
            "A buyer who does not pay as agreed owes damages{default_law_en}.",
        ),
    ),
    "Passing of title": (
        ("普通许可", "Non-exclusive licence"),
        (
            "本次成交的是非独占的普通许可：权利不转移，许可人可以自行实施，也可以许可他人；被许可人无权许可他人实施。许可的范围、期限"
            "和备案依许可合同和法律确定。",
            "What is sold is a non-exclusive licence: title does not pass, the licensor may use the right itself and license it "
            "to others, and the licensee may grant no licence. Scope, term and recordal follow from the licence contract and "
            "the law.",
        ),
    ),
}
# What a licence says instead that is paid for in royalties alone: no price, so no premium and no default on it.
_UNPRICED: Mapping[str, tuple[Text, Text] | None] = {
    "Contract and payment": (
        ("合同与付款", "Contract and payment"),
        (
            "许可人与被许可人在本确认书签署之日起{contract_days}个工作日内签署书面许可合同（《民法典》第八百六十三条）。签约时无须"
            "付款；使用费依许可合同由平台按期作出账单收取。",
            "Licensor and licensee sign a licence contract in writing within {contract_days} working days of this confirmation "
            "(Civil Code, art. 863). Nothing is due on signing; royalties are asked for by the market's statements as the "
            "contract says.",
        ),
    ),
    "Premium": None,
    "Default": None,
}
# What a negotiated sale says instead: nobody bid, there was no deposit, and the terms say what kind of licence it is.
_BY_OFFER: tuple[Text, Text] = (
    ("要约和承诺不得撤销", "Offer and acceptance bind"),
    (
        "双方的要约和承诺均已生效，任何一方不得撤销、变更。",
        "Offer and acceptance have taken effect; neither side may revoke or change them.",
    ),
)
_LICENSED_BY_OFFER: tuple[Text, Text] = (
    ("许可", "Licence"),
    (
        "本次成交的是许可：权利不转移。许可的方式、范围、期限和备案依双方约定的许可条件、许可合同和法律确定。",
        "What is sold is a licence: title does not pass. Its kind, scope, term and recordal follow from the terms both sides "
        "agreed to, the licence contract and the law.",
    ),
)
_DEPOSIT: Text = ("，已交的竞买保证金予以抵扣", ", less the bid deposit already paid")
# Cited only where the sale was an auction: online bidding is none, on no paper.
_AUCTION_LAW: Mapping[str, Text] = {
    "default_law": ("（《拍卖法》第三十九条）", " (Auction Law, art. 39)"),
    "title_law": ("（《拍卖法》第五十五条）", " (Auction Law, art. 55)"),
}


def office_of(kind: str, office: str) -> Text:
    """The office where the change of a right of `kind` is recorded, by its WIPO ST.3 code."""
    if kind in _OWN_OFFICES and office == "CN":
        return _OWN_OFFICES[kind]
    return _OFFICES.get(office, (office, office))


def confirmation_terms(bargain: Bargain) -> dict[str, Any]:
    """The sale confirmation (成交确认书, 拍卖法 52): parties, lot, price in figures and capitals, premium, time, rules."""
    mode = bargain.record.get("mode", "")
    heading = {
        "auction": ("拍卖成交确认书", "Auction sale confirmation"),
        "online_bidding": ("网络竞价成交确认书", "Online bidding sale confirmation"),
    }.get(mode, ("成交确认书", "Sale confirmation"))
    values: dict[str, object] = {
        "contract_days": bargain.days["confirmed"],
        "pay_days": bargain.days["signed"],
        "rate": bargain.premium[0],
        "rate_en": bargain.premium[1],
    }
    values |= dict(zip(("deposit", "deposit_en"), ("", "") if mode == NEGOTIATED else _DEPOSIT, strict=True))
    for name, (han, english) in _AUCTION_LAW.items():
        values |= {name: han, f"{name}_en": english} if mode == "auction" else {name: "", f"{name}_en": ""}
    clauses = [
        Clause(("成交", "The sale"), _FORMED.get(mode, _FORMED[""]), (*_record_rows(bargain), *_right_rows(bargain))),
        Clause(("价款", "Price"), (), _price_rows(bargain)),
        *(Clause(heading_, filled((text,), **values)) for heading_, text in _agreed(bargain)),
    ]
    return paper_terms(CONFIRMATION, bargain, heading, clauses)


def _agreed(bargain: Bargain) -> list[tuple[Text, Text]]:
    """The clauses under the price, those of a licence where one was sold, of a negotiation where nobody bid."""
    instead: dict[str, tuple[Text, Text] | None] = dict(_LICENSED) if bargain.licence else {}
    if bargain.record.get("mode") == NEGOTIATED:
        instead["No bid is withdrawn"] = _BY_OFFER
        instead |= {"Passing of title": _LICENSED_BY_OFFER} if bargain.licence else {}
    if not bargain.figures.price:
        instead |= _UNPRICED
    said = (instead.get(heading[1], (heading, text)) for heading, text in _AGREED)
    return [one for one in said if one is not None]


def contract_terms(bargain: Bargain) -> dict[str, Any]:
    """The assignment contract, in writing (民法典 863; 商标法 42; 著作权法 27).

    Refused `deal.contract_incomplete` when a mandatory particular is missing (R34).
    """
    particulars.check(bargain.kind, bargain.particulars, pending=bargain.pending)
    kind = texts_of(bargain.kind, pending=bargain.pending)
    clauses = contract_clauses(bargain, kind, office_of(bargain.kind, bargain.office))
    if conditions := bargain.record.get("conditions", ""):
        clauses.append(Clause(RECORD["conditions"], ((conditions, conditions),)))
    return paper_terms(CONTRACT, bargain, kind.heading, clauses)


def paper_terms(paper: str, bargain: Bargain, heading: Text, clauses: list[Clause]) -> dict[str, Any]:
    """The paper as JSON: who, what, the clauses and where each role signs."""
    sides = {SELLER: bargain.seller, BUYER: bargain.buyer, AGENCY: bargain.agency}
    roles = {**_ROLES, BUYER: ("买受人", "Buyer")} if paper == CONFIRMATION else _ROLES
    if bargain.licence:
        buyer = ("买受人（被许可人）", "Buyer (licensee)") if paper == CONFIRMATION else _LICENCE_ROLES[BUYER]
        roles = {**_LICENCE_ROLES, BUYER: buyer}
    return {
        "form": f"{paper}/1",
        "paper": paper,
        "number": bargain.code,
        "kind": bargain.kind,
        "heading": list(heading),
        "parties": [[*roles[role], *_side(side)] for role, side in sides.items()],
        "clauses": [clause.plain() for clause in clauses],
        "signatories": [[*roles[role], sides[role].name] for role in SIGNERS[paper]],
        "price": bargain.figures.price.wire(),
        "total_due": bargain.figures.total_due.wire(),
    }


def _side(side: Side) -> list[str]:
    """A party's name, and under it what tells it from every other."""
    about = " · ".join(part for part in (side.name_en, side.code, side.address, side.phone) if part)
    return [side.name, about]


def _record_rows(bargain: Bargain) -> tuple[Row, ...]:
    """The moment, and what the origin put on record."""
    rows: list[Row] = [("成交时间", "Concluded at", f"{formats.when(bargain.formed_at)} (UTC+8)")]
    for name, label in RECORD.items():
        value = bargain.record.get(name, "")
        if value:
            rows.append((*label, " / ".join(MODES[value]) if name == "mode" and value in MODES else value))
    return tuple(rows)


def _right_rows(bargain: Bargain) -> tuple[Row, ...]:
    """The right by its name and numbers."""
    return tuple(
        row
        for row in particulars.rows(bargain.kind, bargain.particulars)
        if row[1]
        in ("Title", "Mark", "Type", "Kind of work", "Patent number", "Application number", "Registration number")
    )


def _price_rows(bargain: Bargain) -> tuple[Row, ...]:
    """Price, premium and total, the price and the total also in capital figures; of a licence paid for in royalties alone,
    that there is none."""
    figures = bargain.figures
    if not figures.price:
        return (("成交价", "Price", "签约时无须付款，使用费依许可条件 / nothing on signing, royalties by the terms"),)
    (price, capital), (total, total_capital) = price_words(figures.price), price_words(figures.total_due)
    return (
        ("成交价", "Price", price + capital),
        ("买受人佣金", "Buyer's premium", formats.money(figures.premium, "2")),
        ("应付总额", "Total due", total + total_capital),
    )
