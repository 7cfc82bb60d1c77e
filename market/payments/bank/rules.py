"""Which bank line is which, what its words name, and whether it pays what is owed: values in, decisions out."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

from market.kernel.ids import ALPHABET
from market.kernel.money import Money
from market.kernel.typed import plain
from market.payments.bank.formats.sheet import Entry
from market.payments.rules import BODY, PREFIX, check_character

_WINDOW = re.compile(rf"(?=[L1I]C([0-9A-Z]{{{BODY + 1}}}))", re.ASCII)
_PAYOUT = re.compile(rf"(?=[O0]([{ALPHABET}]{{10}}))")
# What a person or a scanner may have meant by a letter; those outside the alphabet of references were surely misread.
_MEANT = {"0": "QD", "O": "QD", "1": "7", "I": "7", "L": "", "U": "V", "2": "Z", "Z": "2", "5": "S", "S": "5"}
_MEANT |= {"8": "B", "B": "8", "6": "G", "G": "6"}
_SLIPS = 2
_CUT_OFF = 32  # bytes of a name from which on a bank may have cut it off
_USABLE = re.compile(r"[0-9A-Z][0-9A-Z/.\-]{3,59}")


def keys(entries: Sequence[Entry]) -> list[str]:
    """What each line is known by on its account: day, direction, amount and the bank's number, or its words where the bank
    gives none; the second of two that agree in all is the second again in any other file with that day."""
    seen: Counter[str] = Counter()
    made = []
    for entry in entries:
        own = entry.number or "\n".join((entry.name, entry.account, entry.text, entry.end_to_end))
        said = (entry.booked_on.isoformat(), str(entry.signed.minor), entry.amount.currency, own)
        text = "\n".join(said)
        seen[text] += 1
        made.append(sha256(f"{text}\n{seen[text]}".encode()).hexdigest())
    return made


def references_in(words: str) -> list[str]:
    """The payment references somebody may have written, surely meant ones first: blanks, signs, letters' size and letters
    that look alike do not matter, as long as the check character agrees."""
    found: dict[str, int] = {}
    for body in _WINDOW.findall(_letters(words)):
        ways = [[*([letter] if letter in ALPHABET else []), *_MEANT.get(letter, "")] for letter in body]
        for way in product(*ways):
            slips = sum(meant != said for meant, said in zip(way, body, strict=True))
            letters = "".join(way)
            if slips <= _SLIPS and check_character(letters[:BODY]) == letters[BODY:]:
                made = f"{PREFIX}{letters}"
                found[made] = min(slips, found.get(made, slips))
    return sorted(found, key=lambda one: found[one])


def payouts_in(words: str) -> list[str]:
    """The codes of payouts that words name ("O-7K3M9QX2TC"), their hyphen aside."""
    return [f"O-{body}" for body in dict.fromkeys(_PAYOUT.findall(_letters(words)))]


def _letters(words: str) -> str:
    return re.sub(r"[\W_]", "", plain(words))


def same_name(said: str, *names: str) -> bool:
    """Whether a bank's name for the other side is one of `names`, signs and letters' size aside; a bank that gives none
    contradicts none, and a long name may be cut off."""
    name = _letters(said)
    cut = len(name.encode("gb18030")) >= _CUT_OFF
    ours = [_letters(one) for one in names if one]
    return not name or any(one == name or (cut and one.startswith(name)) for one in ours)


def usable_number(number: str, code: str) -> str:
    """The number a payment is entered under: the bank's own, or the line's code when it gives none that will do."""
    return number if _USABLE.fullmatch(number) else code


@dataclass(frozen=True, slots=True)
class Owed:
    """A charge as matching sees it: `number` is the bank's for one confirmed, `taken` when a line is known to have paid it."""

    amount: Money
    state: str
    payers: tuple[str, ...]
    number: str = ""
    taken: bool = False


def judge_receipt(entry: Entry, owed: Sequence[Owed], *, named: bool) -> str:
    """ "" when the money that came in pays the one charge its words name, else why not (a `Line.Reason`).

    `named` says whether its words hold a reference at all.
    """
    if entry.reversal:
        return "reversal"
    if not owed:
        return "unknown_reference" if named else "no_reference"
    if len(owed) > 1:
        return "several"
    (charge,) = owed
    if charge.state == "confirmed":
        by_hand = charge.number == entry.number != "" and charge.amount == entry.amount and not charge.taken
        return "" if by_hand else "duplicate"
    if charge.state == "cancelled":
        return "cancelled"
    if charge.amount.currency != entry.amount.currency:
        return "currency"
    if not same_name(entry.name, *charge.payers):
        return "third_party"
    if charge.amount != entry.amount:
        return "under" if entry.amount < charge.amount else "over"
    return ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A payout as matching sees it: `released` in a payment file, `number` once sent, `taken` when a line is known for it."""

    amount: Money
    released: bool
    number: str = ""
    taken: bool = False


def judge_payment(entry: Entry, leaving: Sequence[Leaving]) -> str:
    """ "" when the money that went out is the one payout its words name, else why not (a `Line.Reason`)."""
    if entry.reversal:
        return "reversal"
    if not leaving:
        return "no_payout"
    if len(leaving) > 1:
        return "several"
    (payout,) = leaving
    if payout.taken or (payout.number and payout.number != entry.number):
        return "duplicate"
    if payout.amount != entry.amount:
        return "payout_amount"
    return "" if payout.number or payout.released else "not_released"


def may_be_the_banks(*, credit: bool, named: bool, account: str) -> bool:
    """Whether a line may be the bank's own fee or interest: it names no charge and no payout, and did not come from an
    account."""
    return not named and not (credit and account)


def repeated(pks: Iterable[int | None]) -> set[int]:
    """The charges that several lines of one file name: none of these is taken for the payment without a person."""
    return {pk for pk, times in Counter(pks).items() if pk is not None and times > 1}
