"""When the law asks for an appraisal, and when a report counts. Pure."""

from dataclasses import dataclass
from datetime import date

from market.rights.rules.conditions import INSTITUTES

APPRAISERS = 2  # 资产评估法 27, 28: a statutory report is signed by at least two certified appraisers


@dataclass(frozen=True, slots=True)
class Need:
    """A reason to have the right appraised: its code, the articles, and whether the law leaves a choice."""

    code: str
    articles: str
    must: bool


def needs(*, seller_kind: str, state_owned: bool, contributed: bool) -> tuple[Need, ...]:
    """Why a right is to be appraised before it is disposed of.

    A state-owned enterprise must (企业国有资产法 47, 55; 国有资产评估管理办法 3); state universities and institutes decide
    themselves (财资〔2019〕57号); what is contributed to a company for shares must be valued (公司法 48).
    """
    found = []
    if state_owned and seller_kind in INSTITUTES:
        found.append(Need("institute_decides", "财资〔2019〕57号", must=False))
    elif state_owned:
        found.append(Need("state_asset", "企业国有资产法 47, 55", must=True))
    if contributed:
        found.append(Need("contribution", "公司法 48", must=True))
    return tuple(found)


def counts(*, signatures: int, valid_until: date, on: date) -> bool:
    """Whether a report can be relied on that day: signed by two appraisers and not older than it may be."""
    return signatures >= APPRAISERS and on <= valid_until
