"""What differs between the contracts for patents, trademarks and copyrights: subject, papers, recordal, title, warranty."""

from dataclasses import dataclass

from market.deals.rules.bargain import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """The texts of one kind of contract, filled in by `clauses`."""

    heading: Text
    subject: tuple[Text, ...]
    papers: Text
    recordal: Text
    proof: Text
    passing: tuple[Text, ...]
    refusal: tuple[Text, ...]
    warranty: tuple[Text, ...]
    improvements: tuple[Text, ...] = ()


IMPROVEMENTS: tuple[Text, ...] = (
    (
        "本合同生效后，任何一方对标的技术作出的后续改进成果归该方所有，他方无权分享（《民法典》第八百七十五条）。",
        "Improvements made by either party after this contract takes effect belong to that party alone "
        "(Civil Code, art. 875).",
    ),
)
TITLE_WARRANTY: Text = (
    "转让人保证：其为标的权利的合法拥有者，有权处分；权利完整、有效，除第二条所列外不存在负担、权属争议、查封冻结或者"
    "未决的无效、撤销、异议程序（《民法典》第六百一十二条、第八百七十条）。",
    "The assignor warrants that it lawfully owns the right and may dispose of it; that the right is whole and in force; "
    "and that, other than listed in article 2, no burden, dispute over ownership, attachment or pending proceeding for "
    "invalidation, revocation or opposition exists (Civil Code, arts. 612, 870).",
)

PATENT = Kind(
    heading=("专利权转让合同", "Patent assignment contract"),
    subject=(
        (
            "转让人将下表所列专利的专利权全部转让给受让人，受让人同意受让。",
            "The assignor assigns the whole of the patent stated below to the assignee, who accepts it.",
        ),
    ),
    papers=(
        "专利证书或者电子专利证书、授权公告文本、专利登记簿副本、年费缴纳凭证，以及实施该专利所必需的技术资料",
        "the patent certificate, the text as granted, a certified copy of the patent register, proof of annuities paid, "
        "and the technical documents needed to work the patent",
    ),
    recordal=("专利权转移的著录项目变更登记", "the registration of the change of patentee"),
    proof=("手续合格通知书或者专利登记簿副本", "the office's notice of approval or a certified copy of the register"),
    passing=(
        (
            "专利权的转让自国务院专利行政部门登记之日起生效（《专利法》第十条），登记之日即权利转移日；成交、签署合同和付款"
            "均不转移专利权。",
            "The assignment takes effect on the day the patent office registers it (Patent Law, art. 10). That day is the "
            "title date; neither the sale nor a signature nor payment passes title.",
        ),
    ),
    refusal=(
        (
            "登记前专利权被宣告无效或者终止的，受让人有权解除合同，已付款项全部退还；登记后专利权被宣告无效的，依照《专利法》"
            "第四十七条处理。",
            "If the patent is invalidated or lapses before registration, the assignee may rescind and is refunded in full. "
            "If it is invalidated afterwards, Patent Law art. 47 applies.",
        ),
    ),
    warranty=(
        TITLE_WARRANTY,
        (
            "转让人保证所提供的技术完整、无误、有效，能够达到说明书记载的目标（《民法典》第八百七十条）；权利转移日前应缴的"
            "年费由转让人缴纳，此后由受让人缴纳。",
            "The assignor warrants that the technology is complete, free of error and effective and reaches the aim the "
            "description states (Civil Code, art. 870). Annuities due before the title date are paid by the assignor, "
            "later ones by the assignee.",
        ),
    ),
    improvements=IMPROVEMENTS,
)

APPLICATION = Kind(
    heading=("专利申请权转让合同", "Contract for the assignment of a patent application"),
    subject=(
        (
            "转让人将下表所列专利申请的申请权全部转让给受让人，受让人同意受让。受让人知悉该申请尚未授权。",
            "The assignor assigns the whole of the application stated below to the assignee, who accepts it and knows that "
            "no patent has been granted yet.",
        ),
    ),
    papers=(
        "受理通知书、申请文件、审查意见通知书及答复文件，以及与该申请有关的技术资料",
        "the filing receipt, the application documents, office actions and replies, and the technical documents",
    ),
    recordal=("专利申请权转移的著录项目变更登记", "the registration of the change of applicant"),
    proof=("手续合格通知书", "the office's notice of approval"),
    passing=(
        (
            "专利申请权的转让自国务院专利行政部门登记之日起生效（《专利法》第十条），登记之日即权利转移日。",
            "The assignment takes effect on the day the patent office registers it (Patent Law, art. 10). That day is the "
            "title date.",
        ),
    ),
    refusal=(
        (
            "登记前专利申请被驳回或者视为撤回的，受让人有权解除合同，已付款项全部退还；登记后被驳回或者视为撤回的，受让人不得"
            "以此为由解除合同（最高人民法院关于审理技术合同纠纷案件适用法律若干问题的解释第二十三条）。",
            "If the application is refused or deemed withdrawn before registration, the assignee may rescind and is refunded "
            "in full; afterwards it may not rescind on that ground (SPC Interpretation on technology contracts, art. 23).",
        ),
    ),
    warranty=(TITLE_WARRANTY,),
    improvements=IMPROVEMENTS,
)

TRADEMARK = Kind(
    heading=("注册商标转让合同", "Registered trademark assignment contract"),
    subject=(
        (
            "转让人将下表所列注册商标的专用权全部转让给受让人，受让人同意受让。",
            "The assignor assigns the whole of the registered trademark stated below to the assignee, who accepts it.",
        ),
        (
            "转让人在同一种商品上注册的近似商标、在类似商品上注册的相同或者近似商标应当一并转让（《商标法》第四十二条）。{similar}"
            "商标局认为应当一并转让的，转让人在收到通知后十日内将其一并转让给受让人，不另收价款。",
            "Similar marks of the assignor for the same goods, and identical or similar marks for similar goods, must be "
            "assigned together (Trademark Law, art. 42). {similar_en} If the office finds that a mark must be assigned "
            "with this one, the assignor assigns it within ten days of the notice, at no further price.",
        ),
    ),
    papers=(
        "商标注册证、核准续展或者变更证明、商标图样、使用证据，以及办理转让所需的主体资格证明",
        "the registration certificate, proof of renewal or change, the specimen of the mark, evidence of use, and proof of "
        "identity for the assignment",
    ),
    recordal=("注册商标转让的共同申请和核准", "the joint application for, and approval of, the assignment of the mark"),
    proof=("核准转让证明和转让公告", "the certificate of assignment and its publication in the gazette"),
    passing=(
        (
            "转让人和受让人共同向商标局提出申请；转让经核准后予以公告，受让人自公告之日起享有商标专用权（《商标法》第四十二条），"
            "公告之日即权利转移日。",
            "Assignor and assignee apply to the trademark office together; once approved the assignment is gazetted, and the "
            "assignee owns the mark from the day of publication (Trademark Law, art. 42). That day is the title date.",
        ),
    ),
    refusal=(
        (
            "因转让人未将应当一并转让的商标一并转让，致使申请被视为放弃或者不予核准的，视为转让人违约。",
            "If the application is deemed abandoned or refused because the assignor did not assign a mark that must go with "
            "this one, the assignor is in breach.",
        ),
    ),
    warranty=(
        TITLE_WARRANTY,
        (
            "受让人应当保证使用该注册商标的商品质量（《商标法》第四十二条）；权利转移日前到期的续展由转让人办理并承担费用。",
            "The assignee guarantees the quality of the goods that bear the mark (Trademark Law, art. 42). A renewal due "
            "before the title date is made and paid for by the assignor.",
        ),
    ),
)

COPYRIGHT = Kind(
    heading=("著作权（财产权）转让合同", "Copyright (economic rights) assignment contract"),
    subject=(
        (
            "转让人将下表所列作品的著作财产权，按下表所列权利种类和地域范围全部、专有地转让给受让人，受让人同意受让。",
            "The assignor assigns to the assignee, wholly and exclusively, the economic rights in the work stated below, of "
            "the kinds and for the territory stated; the assignee accepts them.",
        ),
        (
            "发表权、署名权、修改权、保护作品完整权不在转让之列（《著作权法》第十条）；本合同未明确转让的权利，未经转让人"
            "同意，受让人不得行使（《著作权法》第二十九条）。",
            "The rights of publication, authorship, revision and integrity are not assigned (Copyright Law, art. 10); rights "
            "this contract does not expressly assign may not be exercised without the assignor's consent (art. 29).",
        ),
    ),
    papers=(
        "作品样本（软件为源程序、目标程序和文档）、著作权登记证书、创作与权属证明文件",
        "a copy of the work (for software: source code, object code and documentation), the registration certificate, and "
        "evidence of creation and chain of title",
    ),
    recordal=("著作权转让合同备案或者登记", "the recordal or registration of the assignment contract"),
    proof=("备案证书或者登记证书", "the certificate of recordal or registration"),
    passing=(
        (
            "著作财产权自本合同生效之日起转移至受让人，该日即权利转移日；备案不是转移的条件，但双方同意办理备案，以便第三人查知，"
            "价款在备案完成后放款（《著作权法》第二十七条、《著作权法实施条例》第二十五条）。",
            "The economic rights pass to the assignee on the day this contract takes effect, which is the title date. "
            "Recordal is no condition of it; the parties record the contract all the same so that third parties can know, "
            "and the price is released once it is recorded (Copyright Law, art. 27; Implementing Regulations, art. 25).",
        ),
    ),
    refusal=(
        (
            "备案机构不予备案的，不影响著作权已经转移的效力；双方应当补正后重新申请备案。",
            "A refusal to record does not undo the transfer; the parties cure the defect and apply again.",
        ),
    ),
    warranty=(
        TITLE_WARRANTY,
        (
            "转让人保证作品为独立创作，未侵犯他人著作权、商业秘密及其他合法权益；此前未将所转让的权利转让或者专有许可给任何第三人。",
            "The assignor warrants that the work is an independent creation that infringes nobody's copyright, trade secret "
            "or other right, and that the rights assigned were never assigned or exclusively licensed to anyone before.",
        ),
    ),
)
