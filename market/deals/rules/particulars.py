"""Which particulars a contract must state, by the law of each right (R34), and how they read."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from market.deals.rules.bargain import Row, Text
from market.kernel.errors import Refused

# Every particular: how the paper names it (Chinese, English) and how a form asks for it.
LABELS: Mapping[str, Text] = {
    "title": ("名称", "Title"),
    "type": ("类型", "Type"),
    "office": ("受理、登记机关", "Office"),
    "application_no": ("申请号", "Application number"),
    "filed_on": ("申请日", "Filing date"),
    "applicant": ("专利申请人", "Applicant"),
    "patentee": ("专利权人", "Patentee"),
    "patent_no": ("专利号", "Patent number"),
    "grant_no": ("授权公告号", "Grant publication number"),
    "granted_on": ("授权公告日", "Granted on"),
    "words": ("商标", "Mark"),
    "registration_no": ("注册号", "Registration number"),
    "nice_class": ("商品和服务类别", "Nice class"),
    "groups": ("类似群", "Similarity groups"),
    "goods": ("核定使用的商品、服务", "Goods and services"),
    "registrant": ("商标注册人", "Registrant"),
    "registered_on": ("核准注册日", "Registered on"),
    "work": ("作品类别", "Kind of work"),
    "certificate_no": ("登记号", "Registration number"),
    "version": ("版本", "Version"),
    "authors": ("作者", "Authors"),
    "owner": ("著作权人", "Copyright owner"),
    "completed_on": ("创作完成日", "Completed on"),
    "published_on": ("首次发表日", "First published on"),
    "rights": ("转让的权利种类", "Rights assigned"),
    "territory": ("地域范围", "Territory"),
    "expires_on": ("有效期至", "In force until"),
    "holder": ("权利人", "Right holder"),
    "function": ("集成电路功能", "Function of the circuit"),
    "entered_on": ("登记日", "Registered on"),
    "exploited_on": ("首次商业利用日", "First put to commercial use on"),
    "species": ("属或者种", "Genus or species"),
    "variety_no": ("品种权号", "Variety right number"),
}
ASKED = {
    "title": _("Title"),
    "application_no": _("Application number"),
    "filed_on": _("Filing date"),
    "applicant": _("Applicant"),
    "patentee": _("Patentee"),
    "patent_no": _("Patent number"),
    "expires_on": _("In force until"),
    "words": _("Words of the mark"),
    "registration_no": _("Registration number"),
    "nice_class": _("Nice class"),
    "registrant": _("Registrant"),
    "authors": _("Authors"),
    "owner": _("Copyright owner"),
    "rights": _("Rights assigned"),
    "territory": _("Territory"),
    "bank": _("The agency's bank account"),
    "holder": _("Right holder"),
    "certificate_no": _("Registration number"),
    "species": _("Genus or species"),
    "variety_no": _("Variety right number"),
}

# 民法典 845: name of the invention, applicant and patentee, filing date, application number, patent number, validity.
_PATENT = ("title", "applicant", "patentee", "filed_on", "application_no", "patent_no", "expires_on")
# An application has no patentee, number or term yet; 商标法 42 and 著作权法 26-27 for the others.
_APPLICATION = ("title", "applicant", "filed_on", "application_no")
_MARK = ("words", "registration_no", "nice_class", "registrant", "expires_on")
_MARK_APPLICATION = ("words", "application_no", "nice_class", "registrant")
_COPYRIGHT = ("title", "authors", "owner", "rights", "territory")
# 民法典 845 and 876 for these two.
_LAYOUT = ("title", "certificate_no", "holder", "filed_on", "expires_on")
_VARIETY = ("title", "species", "variety_no", "holder", "expires_on")
_VARIETY_APPLICATION = ("title", "species", "application_no", "holder")

SHOWN: Mapping[str, tuple[str, ...]] = {
    "patent": (
        *("title", "type", "applicant", "patentee", "filed_on", "application_no", "patent_no"),
        *("grant_no", "granted_on", "expires_on", "office"),
    ),
    "trademark": (
        *("words", "application_no", "registration_no", "nice_class", "groups", "goods", "registrant"),
        *("registered_on", "expires_on", "office"),
    ),
    "copyright": (
        *("title", "work", "certificate_no", "version", "authors", "owner", "completed_on"),
        *("published_on", "rights", "territory", "expires_on", "office"),
    ),
    "ic_layout": (
        *("title", "function", "certificate_no", "application_no", "holder", "filed_on", "completed_on"),
        *("exploited_on", "entered_on", "expires_on", "office"),
    ),
    "plant_variety": (
        *("title", "species", "application_no", "variety_no", "holder", "filed_on", "granted_on"),
        *("expires_on", "office"),
    ),
}

# 著作权法 10(5)-(17): the rights that may be assigned; (1)-(4) belong to the author's person and may not.
ECONOMIC_RIGHTS: Text = (
    "复制权、发行权、出租权、展览权、表演权、放映权、广播权、信息网络传播权、摄制权、改编权、翻译权、汇编权，"
    "以及应当由著作权人享有的其他财产权利",
    "reproduction, distribution, rental, exhibition, performance, projection, broadcasting, communication through "
    "information networks, filming, adaptation, translation, compilation and every other economic right of the owner",
)
# 计算机软件保护条例 8.
SOFTWARE_RIGHTS: Text = (
    "复制权、发行权、出租权、信息网络传播权、翻译权，以及应当由软件著作权人享有的其他财产权利",
    "reproduction, distribution, rental, communication through information networks, translation and every other "
    "economic right of the owner of the software",
)
WORLDWIDE: Text = ("全世界", "worldwide")


def required(kind: str, *, pending: bool) -> tuple[str, ...]:
    """The particulars a contract about a right of `kind` must state; fewer for an application (`pending`).

    Every contract names the account the price is paid into ("bank").
    """
    own = {
        "patent": _APPLICATION if pending else _PATENT,
        "trademark": _MARK_APPLICATION if pending else _MARK,
        "copyright": _COPYRIGHT,
        "ic_layout": _LAYOUT,
        "plant_variety": _VARIETY_APPLICATION if pending else _VARIETY,
    }
    return (*own[kind], "bank")


def missing(kind: str, values: Mapping[str, str], *, pending: bool) -> tuple[str, ...]:
    """The required particulars that `values` lacks or leaves blank, in the order of the law."""
    return tuple(name for name in required(kind, pending=pending) if not values.get(name, "").strip())


def check(kind: str, values: Mapping[str, str], *, pending: bool) -> None:
    """Refused `deal.contract_incomplete` naming what the contract would lack (民法典 845; 商标法 42; 著作权法 26-27)."""
    lacking = missing(kind, values, pending=pending)
    if lacking:
        raise Refused("deal.contract_incomplete", missing=[ASKED[name] for name in lacking], names=list(lacking))


def rows(kind: str, values: Mapping[str, str]) -> tuple[Row, ...]:
    """The particulars as rows of the paper's table, blank ones left out."""
    return tuple((*LABELS[name], values[name]) for name in SHOWN[kind] if values.get(name))
