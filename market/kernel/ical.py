"""Calendar files other programs read (RFC 5545): whole days with a stable UID, so that a second download changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # octets of a line; what is longer goes on in the next, after a blank


@dataclass(frozen=True, slots=True)
class Day:
    """Something on a whole day; `uid` names it for ever, `remind` is how many days before a reminder rings (0: none)."""

    uid: str
    on: date
    summary: str
    text: str = ""
    url: str = ""
    remind: int = 0


def days_file(days: Iterable[Day], *, name: str, at: datetime) -> str:
    """The calendar file called `name` with these days, made `at` that moment."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Luochui//EN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for day in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day.uid}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(day.summary)}",
        ]
        lines += [f"DESCRIPTION:{_escaped(day.text)}"] if day.text else []
        lines += [f"URL:{day.url}"] if day.url else []
        if day.remind:
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-P{day.remind}D"]
            lines += [f"DESCRIPTION:{_escaped(day.summary)}", "END:VALARM"]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


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
