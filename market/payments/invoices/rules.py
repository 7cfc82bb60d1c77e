"""What an invoice's number, tax code and rate must be, and how a gross amount falls into net and tax: values in, values out."""

import re
from datetime import date

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.typed import bare, plain

WHOLE_BP = 10_000
_DIGITAL, _OLDER, _OLDER_CODE, _TAX_CODE = (
    re.compile(pattern, re.ASCII) for pattern in (r"\d{20}", r"\d{8}", r"\d{10}|\d{12}", r"\d{19}")
)
_PERCENT = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?%?", re.ASCII)


def numbered(typed: str, code: str, on: date) -> tuple[str, str]:
    """The number and the code ("" for a digital invoice) of an invoice issued on the day `on`, however they were typed.

    A fully digital invoice (数电票, 国家税务总局公告2024年第11号) has twenty digits that begin with the year and no code; an
    older one eight with a code of ten or twelve. Refused `invoice.number`, `invoice.number_code`, `invoice.number_year`
    when the year in a digital number is not the one of `on`.
    """
    number, code = bare(typed), bare(code)
    if _OLDER.fullmatch(number):
        if not _OLDER_CODE.fullmatch(code):
            raise Refused("invoice.number_code", typed=code[:40])
        return number, code
    if not _DIGITAL.fullmatch(number) or code:
        raise Refused("invoice.number", typed=typed.strip()[:40], digits=len(number))
    if number[:2] != f"{on.year % 100:02}":
        raise Refused("invoice.number_year", number=number, year=number[:2], on=on)
    return number, ""


def tax_code(typed: str) -> str:
    """The nineteen digits of a tax classification code (税收分类编码). Refused `invoice.tax_code` for anything else."""
    code = bare(typed)
    if not _TAX_CODE.fullmatch(code):
        raise Refused("invoice.tax_code", typed=typed.strip()[:40], digits=len(code))
    return code


def rate_bp(typed: str) -> int:
    """A rate typed in percent ("6", "1.5%") in basis points. Refused `invoice.rate` unless above nothing and below 100."""
    found = _PERCENT.fullmatch(plain(typed))
    basis_points = int(found[1]) * 100 + int(((found[2] or "") + "00")[:2]) if found else 0
    if not basis_points:
        raise Refused("invoice.rate", typed=typed.strip()[:40])
    return basis_points


def net_and_tax(gross: Money, rate_bp: int) -> tuple[Money, Money]:
    """A gross amount as net and tax, which add up to it: net is gross / (1 + rate), rounded half up to the minor unit,
    and tax the rest (价税分离, 增值税法 7: the price is stated without the tax). The rate is basis points of the net."""
    net, tax = gross.split([WHOLE_BP, rate_bp])
    return net, tax
