"""The template filters and tags every page has without loading them (settings list this module as a builtin)."""

from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from market.kernel import formats, tints
from market.kernel.clock import now
from market.kernel.money import Money

register = template.Library()

for _name in ("money", "capital", "when", "day", "clock", "percent", "short", "orna"):
    register.filter(_name, getattr(formats, _name))

_ICON = '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>'
# Line icons on a 24-unit square, drawn with the colour of the text around them.
ICONS = {
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3.5v4M16 3.5v4",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "chevron": "M7 10l5 5 5-5",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 8v4.5l3 2",
    "cross": "M6 6l12 12M18 6L6 18",
    "download": "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15",
    "file": "M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12h6M9 15.5h6",
    "filter": "M4 6h16M7 12h10M10 18h4",
    "globe": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c3 2.5 3 14.5 0 17c-3-2.5-3-14.5 0-17",
    "link": "M10 14l4-4M8.5 11.5L6 14a3 3 0 0 0 4 4l2.5-2.5M15.5 12.5L18 10a3 3 0 0 0-4-4l-2.5 2.5",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "menu": "M4 6.5h16M4 12h16M4 17.5h16",
    "plus": "M12 5v14M5 12h14",
    "scales": "M12 4v16M7.5 20h9M5 7h14M5 7l-2.5 6h5zM19 7l-2.5 6h5z",
    "seal": "M4.5 4.5h15v15h-15zM8.5 9h7M12 9v7M8.5 16h7",
    "search": "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
    "text": "M3.5 18.5L8 6.5l4.5 12M5 14.5h6M14.5 18.5l3-8 3 8M15.5 16h4",
    "upload": "M12 15.5v-11M7.5 9L12 4.5 16.5 9M4.5 19.5h15",
    "user": "M12 4.5a3.75 3.75 0 1 0 0 7.5 3.75 3.75 0 0 0 0-7.5zM4.5 20c.8-4 3.8-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
}


@register.filter
def wan(amount: Money | Mapping[str, str] | None) -> str:
    """{{ price|wan }}: 118 万元, or ¥1.18 million to an English reader."""
    return formats.wan(amount, get_language() or "en")


@register.filter
def priced(amount: Money | Mapping[str, str], decimals: str = "") -> str:
    """{{ price|priced }}: the amount, or in words that a licence is paid for in royalties alone."""
    return formats.money(amount, decimals) if formats.read_money(amount) else _("royalties only")


@register.filter
def left(moment: datetime | date | str | None) -> str:
    """{{ deadline|left }}: 4 days left."""
    return formats.left(moment, now())


@register.filter
def countdown(moment: datetime | str | None) -> str:
    """{{ lot.ends_at|countdown }}: 00:04:32."""
    return formats.countdown(moment, now())


@register.filter
def ago(moment: datetime | date | str | None) -> str:
    """{{ at|ago }}: 3 days ago."""
    return formats.ago(moment, now())


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "search" %}: an inline line icon that assistive technology passes over."""
    return format_html(
        '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def tag(tint: str, word: str) -> SafeString:
    """{% tag "ok" _("Verified") %}: a tag with the tint's mark; tint "" is plain."""
    mark = format_html('<span aria-hidden="true">{}</span>', tints.MARKS[tint]) if tint else ""
    return format_html('<span class="tag{}">{}{}</span>', f" tag-{tint}" if tint else "", mark, word)


@register.simple_tag
def state_tag(state: object, kind: str = "", word: str = "") -> SafeString:
    """{% state_tag lot %} or {% state_tag lot.state "lot" %}: a state as mark, word and tint.

    A row brings its own word (`get_state_display`) and kind (its model); `word` replaces either.
    """
    if isinstance(state, Model):
        kind = kind or str(state._meta.model_name)
        word = word or str(state.get_state_display()) if hasattr(state, "get_state_display") else word
        state = state.state  # type: ignore[attr-defined]
    look = tints.look(str(state), kind)
    return tag(look.tint, word or str(look.word))


@register.inclusion_tag("components/money.html")
def amount(value: Money | Mapping[str, str] | None, size: str = "") -> dict[str, object]:
    """{% amount price "full" %}: figures, their order of magnitude and, when "full", the capital figures."""
    large = value and formats.read_money(value).minor >= 10**6 and wan(value) != formats.money(value)
    return {"value": value, "full": size == "full", "large": large}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*parts: str) -> dict[str, object]:
    """{% crumbs _("Assets") "/assets/" right.number %}: label, address, label, address, …, this page's label."""
    return {"trail": [(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]}


@register.inclusion_tag("components/check_row.html")
def check_row(label: str, value: object, change_url: str = "") -> dict[str, object]:
    """{% check_row _("Price") price|money edit_url %}: one row of a check page, with its Change link."""
    return {"label": label, "value": value, "change_url": change_url}


@register.simple_block_tag
def note(content: str, tint: str = "") -> SafeString:
    """{% note "out" %}…{% endnote %}: a note box, tinted lead, out, ok, err or plain."""
    return format_html('<div class="note{}">{}</div>', f" note-{tint}" if tint else "", content)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """{% scroll _("Documents") %}<table …>{% endscroll %}: a wide thing that scrolls inside itself, by keyboard too."""
    return format_html('<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>', label, content)


@register.simple_tag
def own(row: object, column: str) -> str:
    """{% own right "title" %}: the column in the reader's language: `title_en` in English where it is filled."""
    return formats.own(row, column, get_language() or "")


@register.filter
def minutes(seconds: int) -> int:
    """{{ window|minutes }}: whole minutes of a span in seconds."""
    return seconds // 60


@register.filter
def hours(seconds: int) -> int:
    """{{ bound|hours }}: whole hours of a span in seconds."""
    return seconds // 3600
