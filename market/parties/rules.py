"""The unified social credit code every Chinese organisation has: its format and its two check characters."""

import re

from market.kernel.errors import Refused
from market.kernel.typed import bare

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_FORM = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_OUTER = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_INNER = (3, 7, 9, 10, 5, 8, 4, 2)


def uscc(typed: str) -> str:
    """The code in its eighteen plain characters, however it was typed (GB 32100-2015).

    Refused `uscc.format` when it has another shape, `uscc.check_digit` when a check character is wrong: `position`
    17 is the organisation code's own (GB 11714), 18 the whole code's.
    """
    code = bare(typed)
    if not _FORM.fullmatch(code):
        raise Refused("uscc.format", typed=typed.strip()[:40], length=len(code))
    for position, expected in ((18, outer_check(code[:17])), (17, inner_check(code[8:16]))):
        got = code[position - 1]
        if got != expected:
            raise Refused("uscc.check_digit", expected=expected, got=got, position=position, typed=code)
    return code


def outer_check(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen (GB 32100-2015: weights 3^(i-1) modulo 31)."""
    total = sum(_SIGNS.index(sign) * weight for sign, weight in zip(body, _OUTER, strict=True))
    return _SIGNS[-total % 31]


def inner_check(body: str) -> str:
    """The check character of an organisation code's eight (GB 11714: modulo 11; ten is X, eleven is 0)."""
    rest = 11 - sum(int(sign, 36) * weight for sign, weight in zip(body, _INNER, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
