"""What other rooms' pages show of a right: its blockers, its burdens, its story."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.kernel.words import text
from market.parties.models import Party
from market.rights import queries
from market.rights.conditions import access
from market.rights.conditions.forms import WORDS
from market.rights.conditions.queries import needed_for, queue_of, waiting_for
from market.rights.models import Condition, Encumbrance, Right
from market.rights.rules.rulebook import Blocker
from market.rights.rules.upkeep import Due

register = template.Library()
QUEUE = 5

LAWS = {
    "专利法": gettext_lazy("Patent Law"),
    "专利法实施细则": gettext_lazy("Patent Rules"),
    "专利法实施细则（2010）": gettext_lazy("Patent Rules (2010)"),
    "专利权质押登记办法": gettext_lazy("Measures on Patent Pledges"),
    "商标法": gettext_lazy("Trademark Law"),
    "商标法（2026）": gettext_lazy("Trademark Law (2026)"),
    "商标法实施条例": gettext_lazy("Trademark Rules"),
    "著作权法": gettext_lazy("Copyright Law"),
    "民法典": gettext_lazy("Civil Code"),
    "民事诉讼法": gettext_lazy("Civil Procedure Law"),
    "拍卖法": gettext_lazy("Auction Law"),
    "法释〔2016〕18号": gettext_lazy("Judicial Interpretation [2016] No. 18"),
    "计算机软件保护条例": gettext_lazy("Software Regulations"),
    "技术合同解释": gettext_lazy("Interpretation on Technology Contracts"),
    "产权交易所网络竞价规则": gettext_lazy("Exchange Rules on Online Bidding"),
    "公司法": gettext_lazy("Company Law"),
    "促进科技成果转化法": gettext_lazy("Law on the Transformation of Results"),
    "国发〔2016〕16号": gettext_lazy("State Council Document [2016] No. 16"),
    "技术进出口管理条例": gettext_lazy("Regulations on Technology Trade"),
    "企业国有资产法": gettext_lazy("Law on State Assets of Enterprises"),
    "企业国有资产交易监督管理办法": gettext_lazy("Measures on State Asset Transactions"),
    "国资发产权规〔2024〕8号": gettext_lazy("SASAC Document [2024] No. 8"),
    "集成电路布图设计保护条例": gettext_lazy("Regulations on Layout Designs"),
    "集成电路布图设计保护条例（2026）": gettext_lazy("Regulations on Layout Designs (2026)"),
    "植物新品种保护条例": gettext_lazy("Regulations on Plant Varieties"),
    "植物新品种保护条例（2025）": gettext_lazy("Regulations on Plant Varieties (2025)"),
}
CHAPTER = re.compile(r"第([0-9]+)章")
CURERS = {
    "seller": gettext_lazy("the right holder"),
    "co_owner": gettext_lazy("the co-owner"),
    "pledgee": gettext_lazy("the pledgee"),
    "court": gettext_lazy("the court"),
    "office": gettext_lazy("the office"),
    "agency": gettext_lazy("the agency"),
    "buyer": gettext_lazy("the buyer"),
    "inventors": gettext_lazy("the inventors"),
    "appraiser": gettext_lazy("an appraisal institution"),
    "approver": gettext_lazy("the approving body"),
    "holders": gettext_lazy("the company's shareholders"),
}
VOID_TERMS = {
    "grant_back": gettext_lazy("free or unequal grant-back of improvements, or a ban on research"),
    "no_competition": gettext_lazy("a ban on competing technology"),
    "limits": gettext_lazy("unreasonable limits on quantity, price or market"),
    "tying": gettext_lazy("unneeded goods or people tied in"),
    "sources": gettext_lazy("unreasonable limits on sources"),
    "no_challenge": gettext_lazy("no challenge of validity"),
}


@register.filter
def article(cited: str) -> str:
    """{{ blocker.article|article }}: "专利法 14" as "Patent Law, art. 14" in the reader's language."""
    law, _blank, number = cited.partition(" ")
    named = LAWS.get(law, law)
    if chapter := CHAPTER.fullmatch(number):
        return _("%(law)s, ch. %(number)s") % {"law": named, "number": chapter[1]}
    return _("%(law)s, art. %(number)s") % {"law": named, "number": number} if number else str(named)


@register.filter
def curer(by: str) -> str:
    """{{ blocker.by|curer }}: who can cure it, in the reader's language."""
    return str(CURERS[by])


@register.filter
def void_term(term: str) -> str:
    """{{ term|void_term }}: one of the six void terms of a technology contract, in the reader's language."""
    return str(VOID_TERMS[term])


DUES = {
    "annuity": gettext_lazy("Annual fee, year %(stage)s"),
    "maintenance": gettext_lazy("Maintenance fee, %(stage)s years"),
    "renewal": gettext_lazy("Renewal of the mark"),
    "expiry": gettext_lazy("Last day in force"),
    "pledge": gettext_lazy("Pledge in favour of %(stage)s ends"),
    "licence": gettext_lazy("Licence of %(stage)s ends"),
}


@register.filter
def due_words(due: Due) -> str:
    """{{ due|due_words }}: what falls due, in the reader's language."""
    return str(DUES[due.kind]) % {"stage": due.stage}


@register.filter
def due_said(data: Mapping[str, Any]) -> str:
    """{{ data|due_said }}: the same for what a fact says of it ("what" and "stage")."""
    return str(DUES[data["what"]]) % {"stage": data["stage"]}


@register.inclusion_tag("rights/_due.html")
def due_row(right: Right, due: Due, today: date, listing: str = "") -> dict[str, Any]:
    """{% due_row right due today listing %}: one line of the calendar of upkeep."""
    standing = due.standing(today)
    surcharge = due.surcharge(today)
    days = (due.on - today).days
    return {"right": right, "due": due, "standing": standing, "surcharge": surcharge, "days": days, "listing": listing}


@register.simple_tag
def covered(burden: Encumbrance) -> str:
    """{% covered row %}: a licence's grade and its territory where it is not the world; nothing of other burdens."""
    if burden.kind != Encumbrance.Kind.LICENCE:
        return ""
    codes = ", ".join(sorted(burden.territory.named))
    place = _("except %(codes)s") % {"codes": codes} if burden.territory.all_but else codes
    said = filter(None, (burden.get_grade_display(), place if codes else ""))
    return "".join(f" · {words}" for words in said)


@register.inclusion_tag("rights/_blockers.html")
def blockers(found: Iterable[Blocker], cure_at: str = "") -> dict[str, Any]:
    """{% blockers list %}: each blocker as a note with what is wrong, the article, the cure and who can give it; nothing
    when empty. `cure_at` is where this reader brings the paper: a button at each that bars."""
    shown = []
    for blocker in found:
        what, _gap, cure = text(blocker.template, {"facts": blocker.facts}).strip().partition("\n\n")
        shown.append({"blocker": blocker, "what": what.strip(), "cure": cure.strip()})
    return {"shown": shown, "cure_at": cure_at}


@register.inclusion_tag("rights/_timeline.html")
def right_timeline(right: Right, *subjects: str) -> dict[str, Any]:
    """{% right_timeline right listing.ref %}: the right's story, newest first."""
    return {"moments": queries.timeline(right, *subjects)}


@register.filter
def condition_kind(kind: str) -> str:
    """{{ data.kind|condition_kind }}: what is asked for, in the reader's language."""
    return str(Condition.Kind(kind).label)


@register.filter
def condition_answer(answer: str) -> str:
    """{{ data.answer|condition_answer }}: an answer in the reader's language."""
    return str(WORDS[answer])


@register.inclusion_tag("rights/_conditions.html", takes_context=True)
def conditions(context: dict[str, Any], ref: str, ask_at: str = "") -> dict[str, Any]:
    """{% conditions deal.ref %}: what a listing or deal was found to need and how each stands; `ask_at` is where this
    reader asks for what is missing."""
    rows, mine = needed_for(ref), access.parties_of(context["request"].user)
    for one in rows:
        one.reads = bool(mine & {one.condition.owner_id, one.condition.asked_by_id, one.condition.seller_id})
    return {"rows": rows, "ask_at": ask_at, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("rights/_conditions_waiting.html")
def conditions_waiting(party: Party | None) -> dict[str, Any]:
    """{% conditions_waiting party %}: an <li> for everything the party is asked for, the first due first."""
    return {"rows": waiting_for(party) if party else []}


@register.inclusion_tag("rights/_conditions_queue.html")
def conditions_queue(agency: Party) -> dict[str, Any]:
    """{% conditions_queue agency %}: a card with what the agency waits for from others, the first due first."""
    count, rows = queue_of(agency, QUEUE)
    return {"count": count, "rows": rows}
