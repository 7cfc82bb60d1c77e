"""How figures, days and states read on a page: pure functions behind the template filters, None is "—"."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from market.kernel.clock import BEIJING
from market.kernel.money import EXPONENTS, SYMBOLS, Money
from market.kernel.money import capital as capital_figures

NOTHING = "—"
MINUS = "−"

# Han names of currencies, for amounts written in ten thousands (118 万美元).
HAN_UNITS = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港元",
    "JPY": "日元",
    "KRW": "韩元",
    "KWD": "科威特第纳尔",
}
_HAN_SCALES = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"))
_LATIN_SCALES = ((Decimal(10**9), "billion"), (Decimal(10**6), "million"))


def money(amount: Money | Mapping[str, str] | None, decimals: str = "") -> str:
    """¥1,180,000, with cents only where there are any; `decimals` "2" writes them always. A wire amount will do too."""
    if _absent(amount):
        return NOTHING
    value = read_money(amount)
    whole, _dot, fraction = value.plain().lstrip("-").partition(".")
    if not decimals and not fraction.strip("0"):
        fraction = ""
    sign = MINUS if value.minor < 0 else ""
    return f"{sign}{SYMBOLS[value.currency]}{int(whole):,}{'.' if fraction else ''}{fraction}"


def own(row: object, column: str, language: str) -> str:
    """A column in the reader's language: in English `<column>_en` where it is filled, else the column itself."""
    english = str(getattr(row, f"{column}_en", "") or "")
    return english if english and language.startswith("en") else str(getattr(row, column))


def own_words(said: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What a fact says, in the reader's language: in English an entry is its `<entry>_en` where that is filled."""
    if not language.startswith("en"):
        return dict(said)
    return {**said, **{key.removesuffix("_en"): word for key, word in said.items() if key.endswith("_en") and word}}


def wan(amount: Money | Mapping[str, str] | None, language: str) -> str:
    """The order of magnitude: 118 万元, 1.2 亿元, in English ¥1.18 million; two decimals, "about" when inexact."""
    if _absent(amount):
        return NOTHING
    value = read_money(amount)
    han = language.startswith("zh")
    figure = abs(Decimal(value.minor).scaleb(-EXPONENTS[value.currency]))
    scale, word = next(
        (pair for pair in (_HAN_SCALES if han else _LATIN_SCALES) if figure >= pair[0]), (Decimal(1), "")
    )
    if not (word or han):
        return money(value)
    exact = figure / scale
    shown = exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    text = _trimmed(shown)
    sign = MINUS if value.minor < 0 else ""
    if han:
        return f"{'' if shown == exact else '约 '}{sign}{text} {word}{HAN_UNITS[value.currency]}"
    return f"{'' if shown == exact else 'about '}{sign}{SYMBOLS[value.currency]}{text} {word}"


def _trimmed(figure: Decimal) -> str:
    whole, dot, fraction = f"{figure:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return whole + (dot + fraction if fraction else "")


def capital(amount: Money | Mapping[str, str] | None) -> str:
    """The amount in capital figures (壹佰壹拾捌万元整), 负 before a negative one; "" for any other than yuan."""
    if _absent(amount):
        return NOTHING
    value = read_money(amount)
    if value.currency != "CNY":
        return ""
    return "负" + capital_figures(-value) if value.minor < 0 else capital_figures(value)


def when(moment: datetime | str | None) -> str:
    """2026-12-02 10:00, Beijing time; an ISO 8601 string (as facts carry it) will do too."""
    return NOTHING if _absent(moment) else read_moment(moment).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def day(moment: datetime | date | str | None) -> str:
    """2026-12-02: the Beijing day of a moment, or a plain date as it is."""
    if _absent(moment):
        return NOTHING
    return read_day(moment).isoformat()


def clock(moment: datetime | str | None) -> str:
    """10:41:07, Beijing time."""
    return NOTHING if _absent(moment) else read_moment(moment).astimezone(BEIJING).strftime("%H:%M:%S")


def left(moment: datetime | date | str | None, now: datetime) -> str:
    """How long until a deadline: "4 days left", hours under two days, minutes under two hours; a date in days."""
    if _absent(moment):
        return NOTHING
    if _is_day(moment):
        days = (read_day(moment) - read_day(now)).days
        return _("today") if days == 0 else _("passed") if days < 0 else _days_left(days)
    span = read_moment(moment) - now
    if span <= timedelta(0):
        return _("passed")
    minutes = int(span.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return _days_left(span.days)
    if minutes >= 2 * 60:
        return _("%(count)s hours left") % {"count": minutes // 60}
    return _("%(count)s minutes left") % {"count": minutes} if minutes >= 2 else _("less than 2 minutes left")


def countdown(moment: datetime | str | None, now: datetime) -> str:
    """What a running clock shows until `moment`, as its script goes on to count it: "2 d 03:04:05", 00:00:00 once past."""
    if _absent(moment):
        return NOTHING
    seconds = max(0, ceil((read_moment(moment) - now).total_seconds()))
    days, seconds = divmod(seconds, 24 * 3600)
    digits = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{_('{n} d').format(n=days)} {digits}" if days else digits


def _days_left(days: int) -> str:
    return _("1 day left") if days == 1 else _("%(count)s days left") % {"count": days}


def ago(moment: datetime | date | str | None, now: datetime) -> str:
    """How long since: "3 days ago", hours under two days, minutes under two hours; for a date, whole days."""
    if _absent(moment):
        return NOTHING
    if _is_day(moment):
        days = (read_day(now) - read_day(moment)).days
        return _("today") if days <= 0 else _days_ago(days)
    minutes = int((now - read_moment(moment)).total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return _days_ago(minutes // (24 * 60))
    if minutes >= 2 * 60:
        return _("%(count)s hours ago") % {"count": minutes // 60}
    return _("%(count)s minutes ago") % {"count": minutes} if minutes >= 2 else _("just now")


def _days_ago(days: int) -> str:
    return _("1 day ago") if days == 1 else _("%(count)s days ago") % {"count": days}


def percent(ratio: Fraction | Decimal | int | None) -> str:
    """12.5% for the ratio 1/8, two decimals at most, never a float (0.1 is not a tenth)."""
    if ratio is None:
        return NOTHING
    if not isinstance(ratio, Fraction | Decimal | int):
        raise TypeError(f"a ratio is a Fraction or a Decimal, not {ratio!r}")
    exact = Fraction(ratio) * 100
    shown = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return f"{MINUS if shown < 0 else ''}{_trimmed(abs(shown))}%"


def short(reference: object) -> str:
    """A long hash or id as its first eight and last four characters."""
    if _absent(reference):
        return NOTHING
    text = str(reference)
    return text if len(text) <= 14 else f"{text[:8]}…{text[-4:]}"


def orna(value: object) -> object:
    """The value, or "—" when it is not there; zero and False are there."""
    return NOTHING if _absent(value) else value


def read_money(value: object) -> Money:
    """Money from Money or from its wire form, negative ones included; TypeError for anything else."""
    if isinstance(value, Money):
        return value
    if not isinstance(value, Mapping):
        raise TypeError(f"not money: {value!r}")
    text, currency = value["amount"], value["currency"]
    read = Money.parse(text.removeprefix("-"), currency)
    return -read if text.startswith("-") else read


def read_moment(value: object) -> datetime:
    """An aware datetime from one or from its ISO text; TypeError for anything else, naive ones included."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise TypeError(f"not an aware moment: {value!r}")
    return moment


def read_day(value: object) -> date:
    """The Beijing day of a moment, a date or the ISO text of either."""
    if not _is_day(value):
        return read_moment(value).astimezone(BEIJING).date()
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _is_day(value: object) -> bool:
    if isinstance(value, str):
        return len(value) == len("2026-12-02")
    return isinstance(value, date) and not isinstance(value, datetime)


def _absent(value: object) -> bool:
    return value is None or value == ""
