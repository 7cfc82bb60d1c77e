"""The clauses every assignment contract has, in the order of the paper; what differs by kind comes from `kinds`."""

from market.deals.rules.bargain import Bargain, Clause, Row, Text, filled
from market.deals.rules.kinds import Kind
from market.deals.rules.moves import DAYS
from market.deals.rules.particulars import rows
from market.kernel import formats
from market.kernel.money import Money

DOCUMENT_DAYS = 5

_CONDITION: tuple[Text, ...] = (
    (
        "截至本合同签署之日，标的权利的共有情况、质押、许可、保全及其他负担如下表所列；表中未列的，视为不存在。共有人、质权人的"
        "书面同意为本合同附件（《民法典》第四百四十四条）。",
        "On the day of signing, co-ownership, pledges, licences, preservation measures and other burdens are as listed below; "
        "what is not listed is taken not to exist. Written consents of co-owners and pledgees are annexes to this contract "
        "(Civil Code, art. 444).",
    ),
    (
        "本合同生效前已经订立的许可合同继续有效，受让人知悉并接受。",
        "Licences granted before this contract takes effect remain in force; the assignee knows and accepts them.",
    ),
)
_PRICE: tuple[Text, ...] = (
    (
        "转让价款为{price}{capital}，由受让人在本合同生效之日起{days}个工作日内一次付清。",
        "The price is {price}, payable by the assignee in one sum within {days} working days of the day this contract takes "
        "effect.",
    ),
    (
        "价款付入经办机构的监管账户（见下表），汇款附言注明平台付款通知所载的付款编号。受让人已交的竞买保证金转作价款的一部分。"
        "受让人应付的佣金依成交确认书另计，不属于价款。",
        "The price is paid into the agency's supervised account stated below, quoting the payment reference of the market's "
        "payment notice. A bid deposit already paid counts towards the price. The buyer's premium follows the sale "
        "confirmation and is no part of the price.",
    ),
)
_ESCROW: tuple[Text, ...] = (
    (
        "经办机构在权利转移完成前保管价款，不得挪作他用。经办机构收到{proof}并在平台记载权利转移后，在{days}个工作日内放款：有质权"
        "登记的，先依《民法典》第四百四十四条向质权人清偿或者提存，再扣除转让人与经办机构约定的佣金，余款付至转让人账户。",
        "The agency keeps the price until title has passed and uses it for nothing else. Within {days} working days of "
        "receiving {proof_en} and recording the passing of title on the market, it releases the price: a registered pledgee "
        "first (Civil Code, art. 444), then the commission the assignor agreed with the agency, the rest to the assignor.",
    ),
)
_DOCUMENTS: tuple[Text, ...] = (
    (
        "转让人在价款付入监管账户之日起{days}个工作日内，向受让人交付：{papers}。交付以平台记载或者书面签收为准。",
        "Within {days} working days of payment into escrow the assignor delivers to the assignee {papers_en}. The market's "
        "record or a signed receipt is proof of delivery.",
    ),
)
_RECORDAL: tuple[Text, ...] = (
    (
        "双方委托经办机构向{office}办理{recordal}；经办机构在价款付入监管账户之日起{days}个工作日内递交，双方应当及时签署和提供"
        "所需文件。",
        "The parties instruct the agency to obtain {recordal_en} at {office_en}; the agency files within {days} working days "
        "of payment into escrow, and both parties sign and supply what is needed without delay.",
    ),
    (
        "办理所需的官方费用由受让人承担；各方自行承担依法应由其缴纳的税款。收到补正通知的，责任方应当在官方期限届满前补正。",
        "Official fees are borne by the assignee; each party bears the taxes the law puts on it. When the office asks for a "
        "correction, the party answerable makes it before the office's time limit ends.",
    ),
)
_REFUSED: tuple[Text, ...] = (
    (
        "主管机关不予{recordal}的，双方应当在收到通知之日起{days}个工作日内补正并重新申请。仍不能办理的：因转让人原因所致，受让人"
        "有权解除合同，转让人退还全部价款并承担违约责任；因受让人原因所致，转让人有权解除合同并要求赔偿损失；不可归责于双方的，"
        "双方均可解除合同，监管账户内的价款全部退还受让人。",
        "If the office refuses {recordal_en}, the parties cure the defect and apply again within {days} working days of the "
        "notice. If it remains impossible: for a cause on the assignor's side the assignee may rescind, is refunded in full "
        "and the assignor is in breach; for a cause on the assignee's side the assignor may rescind and claim damages; if "
        "neither is answerable, either may rescind and the escrow is refunded to the assignee in full.",
    ),
)
_INFRINGEMENT: Text = (
    "受让人按照约定实施标的权利侵害他人合法权益的，由转让人承担责任（《民法典》第八百七十四条），但受让人超出约定范围实施的除外。",
    "If use of the right as agreed infringes the rights of others, the assignor is liable (Civil Code, art. 874), unless the "
    "assignee went beyond what was agreed.",
)
CONFIDENCE: tuple[Text, ...] = (
    (
        "双方及经办机构对因本合同知悉的未公开技术资料、商业秘密和个人信息承担保密义务，不因合同终止而免除；依法披露的除外。",
        "The parties and the agency keep secret the unpublished technical documents, trade secrets and personal data they "
        "learn through this contract, also after its end, save where the law requires disclosure.",
    ),
)
_BREACH: tuple[Text, ...] = (
    (
        "受让人逾期付款、转让人逾期交付资料或者拒不配合办理的，每逾期一日按价款的万分之五向对方支付违约金；逾期超过三十日的，对方"
        "有权解除合同。违约金不足以弥补损失的，应当赔偿差额（《民法典》第五百七十七条、第五百八十五条）。",
        "A party that pays late, delivers late or does not cooperate pays the other 0.05 percent of the price for each day; "
        "after thirty days the other may rescind. Where that does not cover the loss, the difference is owed too (Civil Code, "
        "arts. 577, 585).",
    ),
    (
        "因拍卖成交的，买受人违约还应当依照《拍卖法》第三十九条承担责任。",
        "Where the deal was made at auction, a buyer in breach is also liable under Auction Law art. 39.",
    ),
)
DISPUTES: tuple[Text, ...] = (
    (
        "本合同适用中华人民共和国法律。争议由双方协商解决；协商不成的，向有管辖权的人民法院起诉。",
        "The law of the People's Republic of China governs this contract. Disputes are settled by negotiation, failing which "
        "before the people's court that has jurisdiction.",
    ),
)
_EFFECT: tuple[Text, ...] = (
    (
        "双方同意以数据电文订立本合同并使用电子签名（《电子签名法》第三条、第十三条、第十四条）；每份签名记载签署人、时间、同意声明"
        "和本文件的 SHA-256。本合同自双方均签署之日起生效。",
        "The parties agree to conclude this contract as a data message with electronic signatures (Electronic Signature Law, "
        "arts. 3, 13, 14); each signature records who signed, when, the consent given and the SHA-256 of this document. The "
        "contract takes effect on the day both have signed.",
    ),
    (
        "成交确认书、同意书为本合同附件。中文本与英文本不一致的，以中文本为准。对本合同的变更应当采用书面形式。",
        "The sale confirmation and consents are annexes. Where the Chinese and the English text differ, the Chinese prevails. "
        "Changes must be in writing.",
    ),
)
EXPORT: tuple[Text, ...] = (
    (
        "受让人为外国人、外国企业或者受其控制的，双方应当依照《专利法》第十条和《技术进出口管理条例》办理技术出口手续；属于限制出口"
        "的，合同自取得技术出口许可证之日起生效；未办理的，不得申请登记。",
        "As the assignee is foreign or foreign-controlled, the parties complete the export formalities of Patent Law art. 10 "
        "and the Regulations on Technology Import and Export; for restricted technology this contract takes effect on the "
        "day of the export licence, and nothing is filed before.",
    ),
)

_TOGETHER: tuple[Text, ...] = (
    (
        "本合同标的属于组合“{portfolio}”。受让人在同一次交易中一并取得下列权利，每项各自订立合同、各自办理登记：{rights}。",
        "The right is part of the portfolio {portfolio}. In the same transaction the assignee acquires the following rights "
        "together with it, each under a contract and a recordal of its own: {rights}.",
    ),
    (
        "其中依法或者依约定不得拆分的，在每一项的权利均已转移之前，经办机构不放款。",
        "Of those that may not be split by law or by agreement, the agency releases no price before title to every one has "
        "passed.",
    ),
)


def price_words(price: Money) -> tuple[str, str]:
    """The price in figures, and in capital figures in brackets where the currency has them (yuan)."""
    capital = formats.capital(price)
    return formats.money(price, "2"), f"（大写：人民币{capital}）" if capital else ""


def contract_clauses(bargain: Bargain, kind: Kind, office: Text) -> list[Clause]:
    """The clauses of the assignment contract, in order."""
    similar = "、".join(bargain.siblings)
    words = {
        "similar": f"与本商标同在一个类似群的有：{similar}，双方已就是否近似作出判断。"
        if similar
        else "转让人声明没有此类商标。",
        "similar_en": f"Marks in the same similarity group: {similar}; the parties have judged their likeness."
        if similar
        else "The assignor declares that there is none.",
    }
    subject = Clause(("标的", "Subject matter"), filled(kind.subject, **words), rows(bargain.kind, bargain.particulars))
    condition = Clause(("权利现状与负担", "Condition and burdens"), _CONDITION, burdens(bargain))
    common = [subject, *_portfolio(bargain), condition, *_money(bargain, kind), *_performance(kind, office)]
    if bargain.buyer.foreign and bargain.kind != "trademark":
        common.append(Clause(("技术出口", "Export of technology"), EXPORT))
    return common + _endings(kind)


def _portfolio(bargain: Bargain) -> list[Clause]:
    """What is assigned together with it, by name; nothing for a right sold by itself."""
    if not bargain.together:
        return []
    named = {"portfolio": bargain.record.get("portfolio", ""), "rights": "、".join(bargain.together)}
    return [Clause(("组合", "Portfolio"), filled(_TOGETHER, **named))]


def burdens(bargain: Bargain) -> tuple[Row, ...]:
    """Who owns the right, and what burdens it."""
    owners = "；".join(bargain.owners) or bargain.seller.name
    return (
        ("权利人及份额", "Owners and shares", owners),
        ("负担", "Burdens", "；".join(bargain.burdens) or "无 / none"),
    )


def escrow_rows(bargain: Bargain) -> tuple[Row, ...]:
    """The supervised account the price is paid into."""
    return (
        ("户名", "Account holder", bargain.escrow.holder),
        ("开户银行", "Bank", bargain.escrow.bank),
        ("账号", "Account number", bargain.escrow.account),
        ("合同编号", "Contract number", bargain.code),
    )


def _money(bargain: Bargain, kind: Kind) -> list[Clause]:
    """Price, account and release."""
    price, capital = price_words(bargain.figures.price)
    days = DAYS["title_passed"] + DAYS["settled"]
    proof, proof_en = kind.proof
    return [
        Clause(
            ("价款与支付", "Price and payment"),
            filled(_PRICE, price=price, capital=capital, days=bargain.days["signed"]),
            escrow_rows(bargain),
        ),
        Clause(("资金监管与放款", "Escrow and release"), filled(_ESCROW, days=days, proof=proof, proof_en=proof_en)),
    ]


def _performance(kind: Kind, office: Text) -> list[Clause]:
    """Documents, recordal, the title date, and what happens when the office refuses."""
    papers, papers_en = kind.papers
    recordal, recordal_en = kind.recordal
    named = {"recordal": recordal, "recordal_en": recordal_en, "office": office[0], "office_en": office[1]}
    return [
        Clause(
            ("资料交付", "Delivery of documents"),
            filled(_DOCUMENTS, days=DOCUMENT_DAYS, papers=papers, papers_en=papers_en),
        ),
        Clause(("登记手续与费用", "Recordal and official fees"), filled(_RECORDAL, days=DAYS["paid"], **named)),
        Clause(("权利转移日", "Title date"), kind.passing),
        Clause(
            ("主管机关不予办理", "Refusal by the office"),
            (*filled(_REFUSED, days=DAYS["refused"], **named), *kind.refusal),
        ),
    ]


def _endings(kind: Kind) -> list[Clause]:
    """Warranties, secrecy, improvements, breach, disputes and signing."""
    improvements = [Clause(("后续改进", "Improvements"), kind.improvements)] if kind.improvements else []
    return [
        Clause(("转让人的保证与侵权责任", "Warranties and infringement"), (*kind.warranty, _INFRINGEMENT)),
        Clause(("保密", "Confidentiality"), CONFIDENCE),
        *improvements,
        Clause(("违约责任", "Breach"), _BREACH),
        Clause(("法律适用与争议解决", "Law and disputes"), DISPUTES),
        Clause(("签署与生效", "Signing and effect"), _EFFECT),
    ]
