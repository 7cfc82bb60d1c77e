"""Reads MT940 (SWIFT customer statements), UTF-8 or GB 18030, with its :86: in the structured forms and in free words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS, Money
from market.kernel.typed import tidy
from market.payments.bank.formats.sheet import Entry, Sheet, amount_of, currency_of, number_of, wrong

_TAG = re.compile(r":([0-9]{2}[A-Z]?):(.*)")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]*[,.]?[0-9]*)")
_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>[RE]?[CD])(?P<funds>[A-Z])?(?P<amount>[0-9]*[,.]?[0-9]*)"
    r"(?P<kind>[NFS][A-Z0-9]{3})(?P<carried>.*?)(?://(?P<number>.*))?"
)
_CODED = re.compile(r"[0-9]{3}([?<>~^@])[0-9]{2}")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_SLASHED = re.compile(r"/([A-Z]{3,4})/")


@dataclass(slots=True)
class _Field:
    """One field of a message: its tag, its lines, and the number of its first line in the file."""

    tag: str
    lines: list[str]
    row: int


def looks_like(data: bytes) -> bool:
    """Whether the bytes have the fields every MT940 begins with."""
    return bool(re.search(rb"^:20:", data, re.MULTILINE) and re.search(rb"^:60[FM]:", data, re.MULTILINE))


def read(name: str, data: bytes) -> list[Sheet]:
    """Every statement of the file. Refused `import.wrong_encoding`, `bank.row` with the line."""
    messages: list[list[_Field]] = []
    for field in _fields(_decoded(name, data)):
        if field.tag == "20":
            messages.append([])
        if not messages:
            raise wrong(field.row, "order", field.tag)
        messages[-1].append(field)
    return [_sheet(message) for message in messages]


def _fields(text: str) -> Iterator[_Field]:
    """The fields in their order; what a network wraps around a message is left out."""
    field: _Field | None = None
    for row, line in enumerate(text.splitlines(), 1):
        line = line.rstrip()
        if line.startswith("{"):
            line = line.rpartition("{4:")[2] if "{4:" in line else ""
        if not line:
            continue
        found = _TAG.fullmatch(line)
        if found or line in ("-}", "-"):
            if field:
                yield field
            field = _Field(found[1], [found[2]], row) if found else None
        elif field is None:
            raise wrong(row, "order", line)
        else:
            field.lines.append(line)
    if field:
        yield field


def _sheet(message: list[_Field]) -> Sheet:
    said = {field.tag: field for field in message}
    for tags in (("25", "25P"), ("60F", "60M"), ("62F", "62M")):
        if not any(tag in said for tag in tags):
            raise wrong(message[0].row, "field", f":{tags[0]}:")
    opening, closing = _balance(_either(said, "60F", "60M")), _balance(_either(said, "62F", "62M"))
    if opening.currency != closing.currency:
        raise wrong(_either(said, "62F", "62M").row, "mixed", closing.currency)
    entries, pending = _entries(message, opening.currency)
    account = tidy(_either(said, "25", "25P").lines[0]).rpartition("/")[2].replace(" ", "")
    number = said["28C"].lines[0] if "28C" in said else said["20"].lines[0]
    return Sheet(
        account=account.removesuffix(opening.currency),
        currency=opening.currency,
        entries=tuple(entries),
        number=number[:35],
        opening=opening,
        closing=closing,
        pending=pending,
    )


def _either(said: dict[str, _Field], first: str, second: str) -> _Field:
    return said[first] if first in said else said[second]


def _balance(field: _Field) -> Money:
    found = _BALANCE.fullmatch(field.lines[0].strip())
    if found is None:
        raise wrong(field.row, "balance", field.lines[0])
    amount = _money(found[4], currency_of(found[3], field.row), field.row)
    return amount if found[1] == "C" else -amount


def _money(said: str, currency: str, row: int) -> Money:
    """A figure with a decimal comma, which may stand last, or first."""
    whole, _, fraction = said.replace(",", ".").partition(".")
    places = EXPONENTS[currency]
    if not whole + fraction or (len(fraction) > places and fraction[places:].strip("0")):
        raise wrong(row, "amount", said)
    return amount_of(f"{whole or '0'}.{fraction[:3]}" if fraction else whole, currency, row)


def _entries(message: list[_Field], currency: str) -> tuple[list[Entry], int]:
    entries: list[Entry] = []
    pending, open_line = 0, False
    for field in message:
        if field.tag == "61":
            entry = _entry(field, currency)
            open_line = entry is not None
            if entry is None:
                pending += 1
            else:
                entries.append(entry)
        elif field.tag == "86" and open_line:
            entries[-1], open_line = _told(entries[-1], field.lines), False
        else:
            open_line = False
    return entries, pending


def _entry(field: _Field, currency: str) -> Entry | None:
    """The movement; None for one that is only expected (EC, ED)."""
    found = _LINE.fullmatch(field.lines[0].strip())
    if found is None:
        raise wrong(field.row, "line", field.lines[0])
    amount, mark = _money(found["amount"], currency, field.row), found["mark"]
    if not amount:
        raise wrong(field.row, "amount", found["amount"])
    value_on = _day(found["value"], field.row)
    if mark.startswith("E"):
        return None
    carried = number_of(found["carried"])
    return Entry(
        row=str(field.row),
        booked_on=_booked(value_on, found["entry"], field.row),
        amount=amount,
        credit=mark in ("C", "RD"),
        number=number_of(found["number"] or ""),
        text=tidy(" ".join(field.lines[1:])),
        end_to_end=carried,
        reversal=mark.startswith("R"),
    )


def _day(said: str, row: int) -> date:
    try:
        return date(2000 + int(said[:2]), int(said[2:4]), int(said[4:6]))
    except ValueError as error:
        raise wrong(row, "date", said) from error


def _booked(value_on: date, said: str | None, row: int) -> date:
    """The day of booking, written without its year: the one nearest to the value day."""
    if said is None:
        return value_on
    days = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            days.append(date(year, int(said[:2]), int(said[2:])))
        except ValueError:
            continue
    if not days:
        raise wrong(row, "date", said)
    return min(days, key=lambda day: abs(day - value_on))


def _told(entry: Entry, lines: list[str]) -> Entry:
    """The entry with what its :86: says, in whichever of the forms."""
    joined = "".join(lines)
    coded = _CODED.match(joined)
    if coded:
        return _from_codes(entry, joined[3:].split(coded[1]))
    if _SLASHED.search(joined) and joined.startswith("/"):
        return _from_words(entry, joined)
    return replace(entry, text=tidy(" ".join([*lines, entry.text])))


def _from_codes(entry: Entry, parts: list[str]) -> Entry:
    """?00 to ?63, as German banks and SAP write them, perhaps with SEPA's own words inside ?20 to ?29."""
    said: dict[int, str] = {}
    for part in parts:
        if part[:2].isdecimal():
            said[int(part[:2])] = said.get(int(part[:2]), "") + part[2:]
    words = "".join(said.get(code, "") for code in (*range(20, 30), *range(60, 64)))
    pieces = _SEPA.split(words)
    tagged = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return replace(
        entry,
        name=tidy(said.get(32, "") + said.get(33, "")),
        account=tidy(said.get(31, "")),
        text=tidy(tagged.get("SVWZ", words) or said.get(0, "")) or entry.text,
        end_to_end=tidy(tagged.get("EREF", "")).removeprefix("NOTPROVIDED") or entry.end_to_end,
    )


def _from_words(entry: Entry, joined: str) -> Entry:
    """/EREF/…/ORDP//NAME/…/REMI/…, as Dutch banks and SWIFT's own guide write them."""
    pieces = _SLASHED.split(joined)
    said: dict[str, str] = {}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        said[key] = f"{said.get(key, '')} {value.strip('/')}".strip()
    return replace(
        entry,
        name=tidy(said.get("NAME", "")),
        account=tidy(said.get("IBAN", "") or said.get("ACC", "")),
        text=tidy(said.get("REMI", "").removeprefix("USTD").strip("/")) or tidy(joined),
        end_to_end=tidy(said.get("EREF", "")).removeprefix("NOTPROVIDED") or entry.end_to_end,
    )


def _decoded(name: str, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("import.wrong_encoding", name=name, said="UTF-8")
