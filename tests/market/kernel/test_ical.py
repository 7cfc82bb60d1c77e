"""Calendar files are what RFC 5545 asks: lines of at most 75 octets, escaped text, stable names."""

from datetime import UTC, date, datetime

from market.kernel.ical import Entry, calendar_file

AT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def test_a_day_is_written_with_its_name_its_reminder_and_no_line_too_long() -> None:
    long = "年费；第九年, 固态电解质制备方法" * 4
    text = calendar_file(
        [Entry("due-1@x", date(2027, 2, 12), long, "a\nb\\c", "https://x/y", 30)], name="日历", made_at=AT
    )
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = text.replace("\r\n ", "")
    assert f"SUMMARY:{long.replace(',', chr(92) + ',')}\r\n" in whole
    for said in ("UID:due-1@x", "DTSTAMP:20261127T030000Z", "DTSTART;VALUE=DATE:20270212", "DTEND;VALUE=DATE:20270213"):
        assert f"\r\n{said}\r\n" in whole
    assert "DESCRIPTION:a\\nb\\\\c\r\n" in whole
    assert "TRIGGER:-P30D" in whole


def test_a_day_without_a_reminder_rings_no_bell() -> None:
    assert "VALARM" not in calendar_file([Entry("due-1@x", date(2027, 2, 12), "到期")], name="日历", made_at=AT)


def test_a_moment_is_written_in_universal_time() -> None:
    text = calendar_file([Entry("open-1@x", AT, "开拍")], name="日历", made_at=AT)
    assert "\r\nDTSTART:20261127T030000Z\r\n" in text
    assert "DTEND" not in text
