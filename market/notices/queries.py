"""Reads of what people were told, in their language."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from market.kernel.formats import own_words, read_day
from market.kernel.words import text
from market.notices.models import Notice
from market.trail.models import Fact

logger = logging.getLogger(__name__)

PAGE = 30

# Where a fact is shown, by its name or else by its subject's kind: url names with the data entry that holds the page's
# code ("" is the subject's own code, None a page without one). The first that can be built is taken.
PAGES: dict[str, tuple[tuple[str, str | None], ...]] = {
    "party.submitted": (("desk-party", ""),),
    "listing.submitted": (("desk-review", ""),),
    "listing.sent_back": (("sell-listing", ""),),
    "charge.reported": (("desk-payment", ""), ("desk-payments", None)),
    "deposit.released": (("my-payments", None),),
    "payout.sent": (("my-payments", None),),
    "settlement.prepared": (("settlement", "deal"),),
    "filing.prepared": (("filing", ""),),
    "right.falls_due": (("rights-calendar", None),),
    "royalty.billed": (("royalty-statement", "statement"),),
    "sublicence.opened": (("deal", "deal"),),
    "invoice": (("my-invoices", None),),
    "party": (("organisation", None),),
    "deal": (("deal", ""),),
    "paper": (("deal", "deal"),),
    "wanted.submitted": (("desk-wanted", ""),),
    "wanted": (("wanted-post", ""),),
    "lot": (("lot", ""),),
    "negotiation": (("offer", ""),),
    "round": (("private-round", ""),),
    "listing": (("asset", ""),),
    "right": (("asset", "listing"),),
    "bidder": (("lot", "lot"),),
    "charge": (("charge", ""),),
    "sale": (("sale", ""),),
    "filing": (("deal", "deal"), ("open-licence", "declaration"), ("filing", "")),
    "settlement": (("deal", "deal"),),
    "payout": (("deal", "deal"),),
    "review": (("desk-fairplay-review", ""),),
    "contribution": (("contribution", ""),),
    "licence": (("licence", ""),),
    "open_licence": (("open-licence", ""),),
    "cross": (("cross", ""),),
    "condition": (("consent", ""),),
    "rewards": (("reward-plan", ""),),
    "dividends": (("dividend-plan", ""),),
    "import": (("sell-import-rows", ""),),
    "engagement": (("engagement", ""),),
    "statutory": (("statutory-report", ""),),
    "valuation_run": (("valuation-run", ""),),
}


@dataclass(frozen=True)
class Words:
    """A notice as its reader reads it; `link` is a path on this site or "" when the subject has no page."""

    notice: Notice
    subject: str
    body: str
    link: str


def unread(user: Any) -> int:
    """How many notices `user` has not read, at most 100 (the header shows 99+)."""
    return Notice.objects.filter(user=user, read_at=None)[:100].count()


def notices_of(user: Any) -> QuerySet[Notice]:
    """What `user` was told, newest first."""
    return Notice.objects.filter(user=user).select_related("fact").order_by("-pk")


def page(user: Any, before: int | None = None) -> tuple[list[Notice], int | None]:
    """A page of what `user` was told before the notice numbered `before`, and the number the next page goes by."""
    notices = notices_of(user)
    rows = list((notices.filter(pk__lt=before) if before else notices)[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def by_day(notices: list[Notice]) -> list[tuple[Any, list[Words]]]:
    """The notices in words, under the Beijing day each came on; a day once, though a late delivery comes out of turn."""
    days: dict[Any, list[Words]] = {}
    for one in notices:
        days.setdefault(read_day(one.at), []).append(render(one))
    return sorted(days.items(), reverse=True)


def render(notice: Notice) -> Words:
    """The notice in the active language. One whose words fail says only its reference, so that a page never breaks."""
    fact = notice.fact
    data = own_words(fact.data, translation.get_language() or "")
    facts = {**data, "data": data, "fact": fact, "code": fact.subject.partition(":")[2]}
    try:
        lines = text(f"notices/{fact.name}.txt", facts).strip().splitlines()
    except Exception:  # a template written for other data must not take the whole page with it
        logger.exception("the words for %s failed", fact)
        lines = [_("News about %(code)s") % {"code": facts["code"]}]
    subject = " ".join(lines[0].split()) if lines else fact.name
    return Words(notice, subject, "\n".join(lines[1:]).strip(), link(fact))


def link(fact: Fact) -> str:
    """The path of the page about the fact's subject, "" when there is none."""
    kind, _colon, code = fact.subject.partition(":")
    for name, key in (*PAGES.get(fact.name, ()), *PAGES.get(kind, ())):
        said = code if key == "" else str(fact.data.get(key) or "").rpartition(":")[2] if key else ""
        try:
            return reverse(name, args=[said] if said else [])
        except NoReverseMatch:
            continue
    return ""


def mail_words(notice: Notice) -> Words:
    """The notice as a mail in its user's language: the reference in the subject, the page's full address at the end."""
    with translation.override(notice.user.language):
        words = render(notice)
        code = notice.fact.subject.partition(":")[2]
        subject = words.subject if not code or code in words.subject else f"{words.subject} ({code})"
        address = settings.SITE_URL.rstrip("/") + (words.link or reverse("notifications"))
        body = f"{words.body}\n\n{address}\n\n{settings.SITE_NAME}"
        return Words(notice, f"[{settings.SITE_NAME}] {subject}", body, address)


def message_id(notice: Notice) -> str:
    """The same Message-ID every time this notice is mailed, so that a mail program shows it once."""
    return f"<notice-{notice.pk}@{urlsplit(settings.SITE_URL).hostname}>"
