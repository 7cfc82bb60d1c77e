"""The office's request form as data: its real field names, filled in from what is recorded (著录项目变更申报书 and its like)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from market.deals.rules.bargain import Bargain, Side, Text
from market.deals.rules.papers import office_of
from market.deals.terms.documents import Document
from market.deals.terms.words import CONTRACT, payment_words
from market.kernel.money import Money

TICKED, EMPTY = "■", "□"

# The form each office asks for, by the kind of right; a foreign office's own form is filled in from these particulars.
TITLES: Mapping[str, Text] = {
    "patent": ("著录项目变更申报书", "Request to record a change of bibliographic data"),
    "trademark": ("转让申请/注册商标申请书", "Application to assign a trademark registration or application"),
    "copyright": ("著作权转让合同备案申请表", "Application to record a copyright assignment contract"),
    "ic_layout": ("集成电路布图设计著录项目变更申报书", "Request to record a change of the owner of a layout design"),
    "plant_variety": ("植物新品种权转让登记申请书", "Request to register the assignment of a plant variety right"),
}
# What the owner of a right that is no patent is called.
HOLDERS: Mapping[str, Text] = {
    "ic_layout": ("布图设计权利人", "Right holder"),
    "plant_variety": ("品种权人", "Right holder"),
}
FOREIGN: Text = ("权利转移登记请求书", "Request to record an assignment")

# What is in the pack beside the form, by file.
ENCLOSED: Mapping[str, Text] = {
    "contract": ("转让合同", "Assignment contract"),
    "confirmation": ("成交确认书", "Sale confirmation"),
    "notice": ("专利开放许可实施通知书", "Notice of taking an open licence"),
    "signatures": ("电子签名记录", "Record of electronic signatures"),
    "resolution": ("股东会决议", "Resolution of the shareholders' meeting"),
    "report": ("资产评估报告", "Appraisal report"),
    "ground": ("解除或者撤销依据", "Ground of the rescission or annulment"),
    "consent": ("共有人、质权人同意书", "Consents of co-owners and pledgees"),
}
# What the parties bring.
BRINGS: Mapping[str, tuple[Text, ...]] = {
    "patent": (
        ("转让人、受让人主体资格证明", "Proof of identity of assignor and assignee"),
        ("专利代理委托书（委托代理时）", "Power of attorney, if an agent acts"),
        ("技术出口许可证或者登记证书（受让人为外国人时）", "Technology export licence, if the assignee is foreign"),
    ),
    "trademark": (
        ("转让人、受让人主体资格证明文件复印件", "Copies of proof of identity of assignor and assignee"),
        ("商标代理委托书（委托代理时）", "Power of attorney, if an agent acts"),
    ),
    "copyright": (
        ("转让人、受让人身份证明文件", "Proof of identity of assignor and assignee"),
        ("著作权登记证书或者其他权利归属证明", "Certificate of registration or other proof of ownership"),
        ("作品样本", "A copy of the work"),
        ("代理人委托书（委托代理时）", "Power of attorney, if an agent acts"),
    ),
    "ic_layout": (
        ("转让人、受让人主体资格证明", "Proof of identity of assignor and assignee"),
        ("专利代理委托书（委托代理时）", "Power of attorney, if an agent acts"),
        ("技术出口许可证或者登记证书（受让人为外国人时）", "Technology export licence, if the assignee is foreign"),
    ),
    "plant_variety": (
        ("转让人、受让人主体资格证明", "Proof of identity of assignor and assignee"),
        ("代理人委托书（委托代理时）", "Power of attorney, if an agent acts"),
        ("审批机关的批准文件（受让人为外国人时）", "The authority's approval, if the assignee is foreign"),
    ),
}


# The form for a licence, by the kind of right.
LICENCE_TITLES: Mapping[str, Text] = {
    "patent": ("专利实施许可合同备案申请表", "Application to record a patent licence contract"),
    "trademark": ("商标使用许可备案表", "Form to record a trademark licence"),
    "copyright": ("著作权专有许可使用合同备案申请表", "Application to record a copyright licence contract"),
    "ic_layout": ("集成电路布图设计专有权许可备案申请表", "Application to record a layout design licence"),
    "plant_variety": ("植物新品种权实施许可备案申请表", "Application to record a plant variety licence"),
}
LICENSED: Text = ("许可合同", "Licence contract")
GRADES: Mapping[str, Text] = {
    "exclusive": ("独占许可", "exclusive"),
    "sole": ("排他许可", "sole"),
    "non": ("普通许可", "non-exclusive"),
}


def licence_form(kind: str, document: Document, papers: Sequence[str]) -> dict[str, Any]:
    """What the form for a licence states besides (专利实施许可合同备案办法 9): its kind, its days, its territory and what
    is paid, from the terms agreed; `papers` are the signed ones in the pack."""
    term, where = document["term"], document["territory"]
    return {
        "heading": list(LICENCE_TITLES[kind]),
        "grades": [[TICKED if grade == document["exclusivity"] else EMPTY, *text] for grade, text in GRADES.items()],
        "since": term["start"],
        "until": term.get("end", ""),
        "territory": "全球 worldwide" if "WORLD" in where else ", ".join(where),
        "payments": [list(pair) for pair in payment_words(document, CONTRACT)],
        "enclosed": [
            *([TICKED, *(LICENSED if paper == "contract" else ENCLOSED[paper])] for paper in papers),
            [TICKED, *ENCLOSED["signatures"]],
            [EMPTY, "许可人、被许可人主体资格证明", "Proof of identity of licensor and licensee"],
            [EMPTY, "代理委托书（委托代理时）", "Power of attorney, if an agent acts"],
        ],
    }


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is recorded: which right goes from whom to whom, at which value, by what `ground` that took effect `on` a day."""

    code: str
    kind: str
    office: str
    pending: bool
    particulars: Mapping[str, str]
    owners: tuple[str, ...]
    assignor: Side
    assignee: Side
    price: Money
    on: date
    ground: str = "assignment by the contract of"


def transfer_of(bargain: Bargain, contract_on: date) -> Transfer:
    """The assignment of a deal, by its contract that took effect on that day."""
    same = {name: getattr(bargain, name) for name in ("code", "kind", "office", "pending", "particulars", "owners")}
    price = bargain.figures.price
    return Transfer(**same, assignor=bargain.seller, assignee=bargain.buyer, price=price, on=contract_on)


def request_form(transfer: Transfer, *, enclosed: Sequence[str]) -> dict[str, Any]:
    """The data of templates/pdf/recordal_<kind>.typ; every value is text, "" where the market does not know it.

    `enclosed` is what goes with the form (see ENCLOSED). The parties sign or stamp the print; nothing here is signed.
    """
    kind, abroad = transfer.kind, transfer.office != "CN"
    owners = [owner.strip() for owner in transfer.owners] or [transfer.assignor.name]
    return {
        "heading": list(FOREIGN if abroad else TITLES[kind]),
        "number": transfer.code,
        "office": list(office_of(kind, transfer.office)),
        "foreign": abroad,
        "pending": transfer.pending,
        "contract_on": transfer.on.isoformat(),
        "reason": f"{transfer.ground} {transfer.on.isoformat()}",
        "right": {name: value for name, value in transfer.particulars.items() if name != "bank"},
        "owners": owners,
        "assignor": _side(transfer.assignor),
        "assignee": _side(transfer.assignee),
        "price": f"{transfer.price.currency} {transfer.price.plain()}",
        "changes": _changes(transfer, owners),
        "enclosed": [[TICKED, *ENCLOSED[what]] for what in enclosed] + [[EMPTY, *text] for text in BRINGS[kind]],
    }


def _changes(transfer: Transfer, owners: list[str]) -> list[list[str]]:
    """变更项目 / 变更前 / 变更后: what changes with the owner."""
    role = ("申请人", "Applicant") if transfer.pending else HOLDERS.get(transfer.kind, ("专利权人", "Patentee"))
    before, after = _side(transfer.assignor), _side(transfer.assignee)
    rows = [[f"{role[0]}姓名或者名称", f"{role[1]}: name", "\n".join(owners), after["name"]]]
    named = {
        "code": ("统一社会信用代码", "Unified social credit code"),
        "country": ("国籍或者注册国家（地区）", "Country of nationality or registration"),
        "address": ("地址", "Address"),
        "phone": ("电话", "Telephone"),
    }
    return rows + [[*label, before[name], after[name]] for name, label in named.items()]


def _side(side: Side) -> dict[str, str]:
    return {
        "name": side.name,
        "name_en": side.name_en,
        "code": side.code,
        "country": "" if side.foreign else "中国 China",
        "address": side.address,
        "phone": side.phone,
    }
