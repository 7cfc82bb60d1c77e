"""The contracts about layout designs and plant varieties, which pass by their entry, and the texts of every kind."""

from collections.abc import Mapping

from market.deals.rules.bargain import Text
from market.deals.rules.kinds import (
    APPLICATION,
    COPYRIGHT,
    IMPROVEMENTS,
    PATENT,
    TITLE_WARRANTY,
    TRADEMARK,
    Kind,
)

_REFUSAL: Text = (
    "登记前标的权利被撤销、宣告无效或者终止的，受让人有权解除合同，已付款项全部退还。",
    "If the right is cancelled, invalidated or ends before the entry, the assignee may rescind and is refunded in full.",
)

LAYOUT = Kind(
    heading=("集成电路布图设计专有权转让合同", "Layout design assignment contract"),
    subject=(
        (
            "转让人将下表所列集成电路布图设计的专有权全部转让给受让人，受让人同意受让。",
            "The assignor assigns the whole of the exclusive right in the layout design stated below to the assignee, who "
            "accepts it.",
        ),
    ),
    papers=(
        "布图设计登记证书、布图设计的复制件或者图样、已投入商业利用的集成电路样品，以及与该布图设计有关的技术资料",
        "the certificate of registration, the copies or drawings of the layout design, samples of the circuit where it is "
        "in commercial use, and the technical documents",
    ),
    recordal=("布图设计专有权转让登记", "the registration of the assignment"),
    proof=("著录项目变更通知书或者登记簿副本", "the office's notice of the change or a certified copy of the register"),
    passing=(
        (
            "布图设计专有权的转让自国务院知识产权行政部门登记之日起生效（《集成电路布图设计保护条例》），登记之日即权利转移日；"
            "成交、签署合同和付款均不转移专有权。",
            "The assignment takes effect on the day the office registers it (Regulations on Layout Designs). That day is the "
            "title date; neither the sale nor a signature nor payment passes title.",
        ),
    ),
    refusal=(_REFUSAL,),
    warranty=(
        TITLE_WARRANTY,
        (
            "转让人保证该布图设计为独立创作，具有独创性，自首次商业利用之日起二年内已申请登记。",
            "The assignor warrants that the layout design is its creator's own and original, and that its registration was "
            "applied for within two years of its first commercial use.",
        ),
    ),
    improvements=IMPROVEMENTS,
)

VARIETY = Kind(
    heading=("植物新品种权转让合同", "Plant variety right assignment contract"),
    subject=(
        (
            "转让人将下表所列植物新品种的品种权全部转让给受让人，受让人同意受让。",
            "The assignor assigns the whole of the right in the plant variety stated below to the assignee, who accepts it.",
        ),
    ),
    papers=(
        "品种权证书、品种说明书和照片、该品种的繁殖材料及其保存、繁育资料",
        "the certificate, the description and photographs of the variety, its propagating material and the records of how "
        "it is kept and bred",
    ),
    recordal=("品种权转让登记", "the registration of the assignment"),
    proof=("著录事项变更通知书或者品种权证书", "the authority's notice of the change or the certificate"),
    passing=(
        (
            "品种权的转让应当订立书面合同，向审批机关登记并由其公告（《植物新品种保护条例》），登记之日即权利转移日；成交、签署合同"
            "和付款均不转移品种权。",
            "The assignment is made in writing, registered with the authority that granted the right and published by it "
            "(Regulations on Plant Varieties). The day of registration is the title date; neither the sale nor a signature "
            "nor payment passes title.",
        ),
    ),
    refusal=(_REFUSAL,),
    warranty=(
        TITLE_WARRANTY,
        (
            "转让人保证该品种具备新颖性、特异性、一致性和稳定性，交付的繁殖材料真实、纯正。",
            "The assignor warrants that the variety is new, distinct, uniform and stable, and that the propagating material "
            "handed over is true to it.",
        ),
    ),
    improvements=IMPROVEMENTS,
)

OF_KIND: Mapping[str, Kind] = {
    "patent": PATENT,
    "trademark": TRADEMARK,
    "copyright": COPYRIGHT,
    "ic_layout": LAYOUT,
    "plant_variety": VARIETY,
}


def texts_of(kind: str, *, pending: bool) -> Kind:
    """The texts for a right of `kind`; an application for a patent has its own contract."""
    return APPLICATION if kind == "patent" and pending else OF_KIND[kind]
