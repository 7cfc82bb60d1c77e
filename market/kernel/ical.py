"""Calendar files other programs read (RFC 5545), each entry with a stable UID, so that a second download changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # octets of a line; what is longer goes on in the next, after a blank


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a whole day, or at a moment; `uid` names it for ever, `remind` is how many days before a reminder rings
    (0: none)."""

    uid: str
    at: date | datetime
    summary: str
    text: str = ""
    url: str = ""
    remind: int = 0


def calendar_file(entries: Iterable[Entry], *, name: str, made_at: datetime) -> str:
    """The calendar file called `name` with these entries, made at that moment."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Luochui//EN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{_stamp(made_at)}", *_when(entry.at)]
        lines.append(f"SUMMARY:{_escaped(entry.summary)}")
        lines += [f"DESCRIPTION:{_escaped(entry.text)}"] if entry.text else []
        lines += [f"URL:{entry.url}"] if entry.url else []
        if entry.remind:
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-P{entry.remind}D"]
            lines += [f"DESCRIPTION:{_escaped(entry.summary)}", "END:VALARM"]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _when(at: date | datetime) -> list[str]:
    if isinstance(at, datetime):
        return [f"DTSTART:{_stamp(at)}"]
    return [f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}"]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no letter cut in two."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
