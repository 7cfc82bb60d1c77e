"""The clauses of a licence contract (民法典 845, 863, 865-875; 商标法 43; 著作权法 26, 29): what was agreed, in the words both
sides read, and around it what the law wants and the market does."""

from collections.abc import Mapping
from typing import Any

from market.deals.rules import particulars
from market.deals.rules.bargain import Bargain, Clause, Text, filled
from market.deals.rules.clauses import CONFIDENCE, DISPUTES, EXPORT, burdens, escrow_rows, price_words
from market.deals.rules.moves import CONTRACT as CONTRACT_PAPER
from market.deals.rules.moves import DAYS, NOTICE
from market.deals.rules.papers import office_of, paper_terms
from market.deals.rules.particulars import rows
from market.deals.terms.documents import Document, digest
from market.deals.terms.words import CONTRACT, duty_words, payment_words, scope_words

GRADES: Mapping[str, Text] = {
    "exclusive": ("独占许可", "exclusive licence"),
    "sole": ("排他许可", "sole licence"),
    "non": ("普通许可", "non-exclusive licence"),
}
HEADINGS: Mapping[str, Text] = {
    "patent": ("专利实施许可合同", "Patent licence contract"),
    "application": ("专利申请技术实施许可合同", "Licence contract for a patent application"),
    "trademark": ("商标使用许可合同", "Trademark licence contract"),
    "copyright": ("著作权许可使用合同", "Copyright licence contract"),
    "ic_layout": ("集成电路布图设计许可合同", "Layout design licence contract"),
    "plant_variety": ("植物新品种实施许可合同", "Plant variety licence contract"),
}
_SUBJECT: tuple[Text, ...] = (
    (
        "许可人将下表所列权利以{grade}的方式许可被许可人使用；权利不转移。",
        "The licensor grants the licensee a {grade_en} of the right stated below; title does not pass.",
    ),
)
_CONDITION: tuple[Text, ...] = (
    (
        "截至本合同签署之日，标的权利的共有情况、质押、许可、保全及其他负担如下表所列；表中未列的，视为不存在。此前订立的许可合同"
        "继续有效，被许可人知悉并接受。",
        "On the day of signing, co-ownership, pledges, licences, preservation measures and other burdens are as listed below; "
        "what is not listed is taken not to exist. Earlier licences remain in force; the licensee knows and accepts them.",
    ),
)
_PRICE: tuple[Text, ...] = (
    (
        "签约时应付的{price}{capital}由被许可人在本合同生效之日起{days}个工作日内付入经办机构的监管账户（见下表），汇款附言注明平台"
        "付款通知所载的付款编号；已交的竞买保证金予以抵扣。其余款项由平台按期作出账单收取。",
        "What is due on signing, {price}, is paid by the licensee within {days} working days of the day this contract takes "
        "effect into the agency's supervised account stated below, quoting the payment reference of the market's payment "
        "notice; a bid deposit already paid is set off. Everything else is asked for by the market's statements.",
    ),
    (
        "经办机构在许可备案完成前保管该款，不得挪作他用；备案完成后{release}个工作日内放款：有质权登记的，先依《民法典》第四百四十四"
        "条向质权人清偿或者提存，再扣除许可人与经办机构约定的佣金，余款付至许可人账户。",
        "The agency keeps that sum until the licence is recorded and uses it for nothing else. Within {release} working days "
        "of the recordal it releases it: a registered pledgee first (Civil Code, art. 444), then the commission the licensor "
        "agreed with the agency, the rest to the licensor.",
    ),
)
_UNPRICED: tuple[Text, ...] = (
    (
        "签约时无须付款；使用费由平台按期作出账单收取（《民法典》第八百四十六条）。",
        "Nothing is due on signing; royalties are asked for by the market's statements (Civil Code, art. 846).",
    ),
)
_RECORDAL: Mapping[str, Text] = {
    "patent": (
        "双方委托经办机构自本合同生效之日起三个月内向{office}办理备案（《专利法实施细则》第十五条）。",
        "The parties instruct the agency to record this contract at {office_en} within three months of its taking effect "
        "(Implementing Regulations of the Patent Law, art. 15).",
    ),
    "trademark": (
        "许可人将许可报{office}备案，由其公告；未经备案不得对抗善意第三人（《商标法》第四十三条）。双方委托经办机构办理。",
        "The licensor records the licence at {office_en}, which publishes it; without recordal it does not bind third parties "
        "in good faith (Trademark Law, art. 43). The parties instruct the agency to do so.",
    ),
    "copyright": (
        "双方委托经办机构向{office}办理合同备案（《著作权法实施条例》第二十五条）；备案不是许可生效的条件。",
        "The parties instruct the agency to record this contract at {office_en} (Implementing Regulations of the Copyright "
        "Law, art. 25); recordal is no condition of its effect.",
    ),
    "": (
        "双方委托经办机构自本合同生效之日起三个月内向{office}办理许可备案。",
        "The parties instruct the agency to record the licence at {office_en} within three months of its taking effect.",
    ),
}
_REFUSED: Text = (
    "备案机关不予备案的，双方应当补正并重新申请；因许可人原因不能备案的，被许可人有权解除合同，监管账户内的款项全部退还。",
    "If the office refuses to record it, the parties cure the defect and apply again; if that remains impossible for a cause "
    "on the licensor's side, the licensee may rescind and the escrow is refunded in full.",
)
_OF_KIND: Mapping[str, tuple[Text, ...]] = {
    "patent": (
        (
            "许可人应当在合同有效期内维持专利权有效，按期缴纳年费（技术合同解释第二十六条）；专利权终止或者被宣告无效的，自该日起"
            "不再产生使用费（《民法典》第八百六十五条、《专利法》第四十七条）。",
            "The licensor keeps the patent in force and pays its annuities in time (SPC Interpretation on technology contracts, "
            "art. 26). From the day the patent ends or is declared invalid no royalty arises (Civil Code, art. 865; Patent Law, "
            "art. 47).",
        ),
        (
            "许可人应当交付实施该专利所必需的技术资料，提供必要的技术指导（《民法典》第八百六十六条）。",
            "The licensor hands over the technical documents needed to work the patent and gives the guidance needed "
            "(Civil Code, art. 866).",
        ),
    ),
    "trademark": (
        (
            "许可人监督被许可人使用其注册商标的商品质量，被许可人保证该商品质量，并在商品上标明被许可人的名称和商品产地"
            "（《商标法》第四十三条）。",
            "The licensor supervises and the licensee guarantees the quality of the goods; the licensee's name and the place of "
            "origin are marked on them (Trademark Law, art. 43).",
        ),
    ),
    "copyright": (
        (
            "发表权、署名权、修改权、保护作品完整权不在许可之列；本合同未明确许可的权利，未经许可人同意，被许可人不得行使"
            "（《著作权法》第十条、第二十九条）。",
            "The rights of publication, authorship, revision and integrity are not licensed; rights this contract does not "
            "expressly license may not be exercised without the licensor's consent (Copyright Law, arts. 10, 29).",
        ),
    ),
}
_WARRANTY: tuple[Text, ...] = (
    (
        "许可人保证其为标的权利的合法拥有者，有权许可；权利有效，除第三条所列外不存在负担、权属争议或者未决的无效、撤销、异议程序"
        "（《民法典》第八百七十条）。",
        "The licensor warrants that it lawfully owns the right and may license it, that it is in force, and that, other than "
        "listed in article 3, no burden, dispute over ownership or pending proceeding exists (Civil Code, art. 870).",
    ),
    (
        "被许可人按照约定使用标的权利侵害他人合法权益的，由许可人承担责任（《民法典》第八百七十四条），但被许可人超出约定范围使用的除外。",
        "If use of the right as agreed infringes the rights of others, the licensor is liable (Civil Code, art. 874), unless "
        "the licensee went beyond what was agreed.",
    ),
)
_CROSSED: tuple[Text, ...] = (
    (
        "本许可是交叉许可 {cross} 的一部分，与被许可人就“{against}”授予许可人的许可互为对价、互为条件：两份合同均由双方签署，且"
        "约定的差额已付入监管账户后，两项许可同时生效；其中一项不成立或者被解除的，另一项亦不生效（《民法典》第一百五十八条）。",
        "This licence is part of the cross-licence {cross}. It and the licensee's licence of {against} to the licensor are each "
        "the other's consideration and condition: once both contracts are signed by both sides and the balance, if any, is in the "
        "supervised account, both licences take effect together; if one comes to nothing or is undone, so does the other (Civil "
        "Code, art. 158).",
    ),
    (
        "两项许可生效后，各依自己的条款终止。",
        "Once both are in force, each ends by its own terms.",
    ),
)
# A sublicence: its licensor holds a licence, not the right (专利法 12; 民法典 867, 868).
_SUBLICENSED: tuple[Text, ...] = (
    (
        "本许可是再许可：许可人依据许可 {head} 取得实施权，并依其约定许可被许可人实施。本许可的方式、范围和期限不超出该许可"
        "（《专利法》第十二条、《民法典》第八百六十七条）。",
        "This is a sublicence: the licensor may use the right under the licence {head} and, as that allows, lets the licensee use "
        "it. Its kind, scope and term stay within that licence (Patent Law, art. 12; Civil Code, art. 867).",
    ),
    (
        "该许可终止的，本许可同时终止；已经作出的账单不受影响。",
        "When that licence ends, this one ends with it; statements made until then stand.",
    ),
)
_SUBLICENSOR: tuple[Text, ...] = (
    (
        "许可人保证上述许可有效，其有权再许可；该许可变更、被解除或者标的权利失效的，应当立即通知被许可人（《民法典》第八百七十条）。",
        "The licensor warrants that the licence named is in force and lets it grant sublicences, and tells the licensee at once "
        "when that licence changes or is terminated or the right is lost (Civil Code, art. 870).",
    ),
)
_BREACH: tuple[Text, ...] = (
    (
        "违约方应当赔偿对方因此所受的损失（《民法典》第五百七十七条、第八百七十二条、第八百七十三条）；双方另有约定的，从其约定。",
        "A party in breach makes good the other's loss (Civil Code, arts. 577, 872, 873), unless the parties agreed otherwise.",
    ),
)
_EFFECT: tuple[Text, ...] = (
    (
        "双方同意以数据电文订立本合同并使用电子签名（《电子签名法》第三条、第十三条、第十四条）；每份签名记载签署人、时间、同意声明和"
        "本文件的 SHA-256。本合同自双方均签署之日起生效。",
        "The parties agree to conclude this contract as a data message with electronic signatures (Electronic Signature Law, "
        "arts. 3, 13, 14); each signature records who signed, when, the consent given and the SHA-256 of this document. The "
        "contract takes effect on the day both have signed.",
    ),
    (
        "成交确认书、同意书为本合同附件。中文本与英文本不一致的，以中文本为准。对本合同的变更应当采用书面形式。双方商定的条款第{number}"
        "版，其数据的 SHA-256 为 {sha256}。",
        "The sale confirmation and consents are annexes. Where the Chinese and the English text differ, the Chinese prevails. "
        "Changes must be in writing. The terms agreed are version {number}; the SHA-256 of their data is {sha256}.",
    ),
)


def licence_clauses(bargain: Bargain, document: Document, number: int, office: Text) -> list[Clause]:
    """The clauses of the licence contract, in order; `document` are the terms agreed, version `number`."""
    grade, grade_en = GRADES[document["exclusivity"]]
    subject = filled(_SUBJECT, grade=grade, grade_en=grade_en)
    recordal = _RECORDAL.get(bargain.kind, _RECORDAL[""])
    effect = filled(_EFFECT, number=number, sha256=digest(document))
    head = bargain.record.get("head", "")
    granted_under = [Clause(("再许可", "Sublicence"), filled(_SUBLICENSED, head=head))] if head else []
    if cross := bargain.record.get("cross", ""):
        terms = filled(_CROSSED, cross=cross, against=bargain.record["against"])
        granted_under = [Clause(("交叉许可", "Cross-licence"), terms)]
    warranty = (*_SUBLICENSOR, _WARRANTY[1]) if head else (*_OF_KIND.get(bargain.kind, ()), *_WARRANTY)
    clauses = [
        Clause(("许可的权利", "The right licensed"), subject, rows(bargain.kind, bargain.particulars)),
        *granted_under,
        Clause(("许可的范围和期限", "Scope and term"), tuple(scope_words(document, CONTRACT))),
        Clause(("权利现状与负担", "Condition and burdens"), _CONDITION, burdens(bargain)),
        *([Clause(("使用费", "Royalties"), paid)] if (paid := tuple(payment_words(document, CONTRACT))) else []),
        *([_priced(bargain)] if bargain.figures.price or not cross else []),
        Clause(("双方的约定", "What else is agreed"), tuple(duty_words(document, CONTRACT))),
        Clause(("备案", "Recordal"), filled((recordal, _REFUSED), office=office[0], office_en=office[1])),
        Clause(("许可人的保证与侵权责任", "Warranties and infringement"), warranty),
        Clause(("保密", "Confidentiality"), CONFIDENCE),
        Clause(("违约责任", "Breach"), _BREACH),
    ]
    if bargain.buyer.foreign and bargain.kind != "trademark":
        clauses.append(Clause(("技术出口", "Export of technology"), EXPORT))
    if "disputes" not in document:
        clauses.append(Clause(("法律适用与争议解决", "Law and disputes"), DISPUTES))
    return [*clauses, Clause(("签署与生效", "Signing and effect"), effect)]


def licence_terms(bargain: Bargain, document: Document, number: int) -> dict[str, Any]:
    """The licence contract, in writing (民法典 863; 商标法 43; 著作权法 26), from the terms agreed, version `number`.

    Refused `deal.contract_incomplete` when a mandatory particular is missing (R34).
    """
    particulars.check(bargain.kind, bargain.particulars, pending=bargain.pending)
    heading = HEADINGS["application" if bargain.kind == "patent" and bargain.pending else bargain.kind]
    clauses = licence_clauses(bargain, document, number, office_of(bargain.kind, bargain.office))
    made = paper_terms(CONTRACT_PAPER, bargain, heading, clauses)
    return {**made, "licence": document["exclusivity"], "terms_sha256": digest(document)}


_NOTICE: tuple[Text, ...] = (
    (
        "依照《专利法》第五十一条，被许可人书面通知专利权人：愿意按照公告的许可使用费支付方式和标准，以普通许可的方式实施下列专利。",
        "Under Patent Law art. 51 the licensee notifies the patentee in writing that it will work the patent below under a "
        "non-exclusive licence and pay as declared and published.",
    ),
)
_TAKEN: tuple[Text, ...] = (
    (
        "被许可人签署本通知并支付许可使用费后，即获得专利实施许可；声明此后撤回的，不影响本许可（《专利法》第五十条）。",
        "With this notice signed and the fee paid the licensee has the licence; a later withdrawal of the declaration does not "
        "affect it (Patent Law, art. 50).",
    ),
    (
        "本通知使用电子签名（《电子签名法》第三条、第十三条、第十四条）。条款数据的 SHA-256 为 {sha256}。"
        "中文本与英文本不一致的，以中文本为准。",
        "This notice is signed electronically (Electronic Signature Law, arts. 3, 13, 14). The SHA-256 of the terms is {sha256}. "
        "Where the Chinese and the English text differ, the Chinese prevails.",
    ),
)


def notice_terms(bargain: Bargain, document: Document, number: int) -> dict[str, Any]:
    """The written notice by which an open licence is taken (专利法 51; 专利法实施细则 87).

    Refused `deal.contract_incomplete` when a mandatory particular is missing (R34).
    """
    particulars.check(bargain.kind, bargain.particulars, pending=bargain.pending)
    office, office_en = office_of(bargain.kind, bargain.office)
    clauses = [
        Clause(("通知", "Notice"), _NOTICE, rows(bargain.kind, bargain.particulars)),
        Clause(("许可的范围和期限", "Scope and term"), tuple(scope_words(document, CONTRACT))),
        Clause(("许可使用费", "Fee"), tuple(payment_words(document, CONTRACT))),
        _priced(bargain),
        Clause(("备案", "Recordal"), filled((_RECORDAL["patent"],), office=office, office_en=office_en)),
        Clause(("许可的取得", "How the licence comes about"), filled(_TAKEN, sha256=digest(document))),
    ]
    heading = ("专利开放许可实施通知书", "Notice of taking an open licence")
    made = paper_terms(NOTICE, bargain, heading, clauses)
    return {**made, "licence": document["exclusivity"], "terms_sha256": digest(document), "version": number}


def _priced(bargain: Bargain) -> Clause:
    """What is paid on signing and who keeps it; of a licence paid for in royalties alone, that nothing is."""
    if not bargain.figures.price:
        return Clause(("付款", "Payment"), _UNPRICED)
    price, capital = price_words(bargain.figures.price)
    release = DAYS["title_passed"] + DAYS["settled"]
    said = filled(_PRICE, price=price, capital=capital, days=bargain.days["signed"], release=release)
    return Clause(("签约款的支付与监管", "Payment on signing and escrow"), said, escrow_rows(bargain))
