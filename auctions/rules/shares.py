"""Shamir's secret sharing over GF(256) (the field of AES): any `needed` shares give the secret, fewer tell nothing of it.

The officers' browsers do the same in `auctions/ceremony.js`; both are held to the same vectors. The server never splits and
never joins: this is for the tests, for the officers' own machines, and for whoever wants to read how it works.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import xor

_EXP = [1] * 255
for _power in range(1, 255):
    _doubled = _EXP[_power - 1] << 1
    _EXP[_power] = _doubled ^ _EXP[_power - 1] ^ (0x11B if _doubled & 0x100 else 0)  # times 3, a generator of the field
_LOG = {value: power for power, value in enumerate(_EXP)}


def split(secret: bytes, *, needed: int, shares: int, noise: bytes) -> dict[int, bytes]:
    """Shares 1 to `shares` of the secret; `noise` is `needed - 1` random bytes for each of its bytes. ValueError else."""
    if not 1 < needed <= shares < 256 or len(noise) != (needed - 1) * len(secret):
        raise ValueError("shares cannot be made like that")
    rows = [noise[at * len(secret) : (at + 1) * len(secret)] for at in range(needed - 1)]
    return {
        x: bytes(_value([byte, *(row[at] for row in rows)], x) for at, byte in enumerate(secret))
        for x in range(1, shares + 1)
    }


def join(shares: Mapping[int, bytes]) -> bytes:
    """The secret behind the shares, by their numbers; with fewer than needed, or a wrong one, some other bytes.

    ValueError for shares that cannot be of one secret.
    """
    lengths = {len(share) for share in shares.values()}
    if len(lengths) != 1 or not all(0 < x < 256 for x in shares):
        raise ValueError("not shares of one secret")
    weights = {x: _weight(x, [other for other in shares if other != x]) for x in shares}
    return bytes(_sum(_times(weights[x], share[at]) for x, share in shares.items()) for at in range(lengths.pop()))


def _value(coefficients: Sequence[int], x: int) -> int:
    """The polynomial at `x`."""
    found = 0
    for coefficient in reversed(coefficients):
        found = _times(found, x) ^ coefficient
    return found


def _weight(x: int, others: Sequence[int]) -> int:
    """Lagrange's coefficient of share `x` at zero."""
    weight = 1
    for other in others:
        weight = _times(weight, _times(other, _EXP[-_LOG[x ^ other] % 255]))
    return weight


def _times(a: int, b: int) -> int:
    return 0 if not (a and b) else _EXP[(_LOG[a] + _LOG[b]) % 255]


def _sum(values: Iterable[int]) -> int:
    return reduce(xor, values, 0)
