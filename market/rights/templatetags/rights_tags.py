"""What other rooms' pages show of a right: its blockers, its burdens, its story."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.kernel.words import text
from market.rights import queries
from market.rights.models import Right
from market.rights.rules.transfer import Blocker

register = template.Library()

LAWS = {
    "专利法": gettext_lazy("Patent Law"),
    "专利法实施细则": gettext_lazy("Patent Rules"),
    "商标法": gettext_lazy("Trademark Law"),
    "著作权法": gettext_lazy("Copyright Law"),
    "民法典": gettext_lazy("Civil Code"),
    "民事诉讼法": gettext_lazy("Civil Procedure Law"),
    "拍卖法": gettext_lazy("Auction Law"),
    "法释〔2016〕18号": gettext_lazy("Judicial Interpretation [2016] No. 18"),
}


@register.filter
def article(cited: str) -> str:
    """{{ blocker.article|article }}: "专利法 14" as "Patent Law, art. 14" in the reader's language."""
    law, _blank, number = cited.partition(" ")
    return _("%(law)s, art. %(number)s") % {"law": LAWS.get(law, law), "number": number} if number else cited


@register.inclusion_tag("rights/_blockers.html")
def blockers(found: Iterable[Blocker]) -> dict[str, Any]:
    """{% blockers list %}: each blocker as a note with what is wrong, the article and the cure; nothing when empty."""
    shown = []
    for blocker in found:
        what, _gap, cure = text(blocker.template, {"facts": blocker.facts}).strip().partition("\n\n")
        shown.append({"blocker": blocker, "what": what.strip(), "cure": cure.strip()})
    return {"shown": shown}


@register.inclusion_tag("rights/_timeline.html")
def right_timeline(right: Right, *subjects: str) -> dict[str, Any]:
    """{% right_timeline right listing.ref %}: the right's story, newest first."""
    return {"moments": queries.timeline(right, *subjects)}
