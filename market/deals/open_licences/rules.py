"""What a declaration may say, what its annuities then cost, and the papers of it, as plain data."""

import re
from collections.abc import Mapping
from typing import Any

from market.kernel import formats
from market.kernel.errors import Refused
from market.kernel.money import Money

MOST_YEARS = 20
REDUCED_BP = (
    8_500  # 财政部、国家发展改革委 2024: annuities are reduced by 15 percent while the open licence is in force
)
# 专利法实施细则 85: a declaration may not use the words of advertising. Hints of superlatives, in both languages.
_ADVERTISING = re.compile(
    r"最(?:佳|好|优|强|大|先进|高级|低价)|第一|唯一|顶级|独家|领先|国家级|世界级|首选|极致|万能|"
    r"\b(?:best|leading|number one|no\. ?1|unique|unrivalled|top|world-class|revolutionary|guaranteed)\b",
    re.IGNORECASE,
)


def check_said(kind: str, state: str, years: int, remarks: str) -> None:
    """Refused `open.patents_only` for another right than a patent, or for an application (专利法 50), `open.years` unless a
    licence lasts between one and twenty years, `open.advertising` for words of advertising (专利法实施细则 85)."""
    if kind != "patent" or state == "pending":
        raise Refused("open.patents_only")
    if not 1 <= years <= MOST_YEARS:
        raise Refused("open.years", most=MOST_YEARS)
    if found := _ADVERTISING.search(remarks):
        raise Refused("open.advertising", words=found[0])


def reduced(annuity: Money) -> Money:
    """What an annuity costs while the open licence is in force; the best single reduction counts, they do not add up."""
    return annuity.portion(REDUCED_BP)


def _patent(particulars: Mapping[str, str]) -> dict[str, str]:
    return {
        "number": particulars.get("patent_no", ""),
        "title": particulars["title"],
        "type": particulars.get("type", ""),
    }


def withdrawal_form(
    *, code: str, particulars: Mapping[str, str], holder: str, number: str, published_on: str, dated: str
) -> dict[str, Any]:
    """The data of templates/pdf/open_withdrawal.typ (专利法 50): patent, owner, and which announcement is withdrawn."""
    return {
        "code": code,
        "dated": dated,
        **_patent(particulars),
        "holder": holder,
        "announcement": number,
        "published_on": published_on,
    }


def declaration_form(
    *, code: str, particulars: Mapping[str, str], holder: str, fee: Money, years: int, remarks: str, dated: str
) -> dict[str, Any]:
    """The data of templates/pdf/open_declaration.typ (专利法实施细则 85): patent, owner, fee and how it is paid, term, other."""
    return {
        "code": code,
        "dated": dated,
        **_patent(particulars),
        "holder": holder,
        "fee": formats.money(fee, "2"),
        "capital": formats.capital(fee),
        "years": str(years),
        "expires_on": particulars.get("expires_on", ""),
        "remarks": remarks,
    }
