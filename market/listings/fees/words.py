"""A fee schedule in words, in the reader's language."""

from fractions import Fraction

from django.utils import translation
from django.utils.translation import gettext as _

from market.kernel.formats import money, percent
from market.listings.fees.rules import WHOLE_BP, Schedule


def terms(agreed: Schedule) -> str:
    """ "5% up to ¥1,000,000, 3% above; at least ¥500; at most 5% of the price"."""
    tiers, rates = agreed.tiers, [percent(Fraction(tier.bp, WHOLE_BP)) for tier in agreed.tiers]
    tops = [money(tier.above) for tier in tiers[1:]]
    graded = [_("%(rate)s up to %(top)s") % {"rate": rates[0], "top": top} for top in tops[:1]]
    graded += [_("%(rate)s from there to %(top)s") % said for said in _middle(rates[1:-1], tops[1:])]
    graded.append(_("%(rate)s above") % {"rate": rates[-1]} if tops else rates[-1])
    parts = [_(", ").join(graded)]
    if agreed.minimum:
        parts.append(_("at least %(least)s") % {"least": money(agreed.minimum)})
    reach = WHOLE_BP if agreed.minimum else tiers[0].bp
    if agreed.cap_bp < reach:
        parts.append(_("at most %(most)s of the price") % {"most": percent(Fraction(agreed.cap_bp, WHOLE_BP))})
    return _("; ").join(parts)


def _middle(rates: list[str], tops: list[str]) -> list[dict[str, str]]:
    return [{"rate": rate, "top": top} for rate, top in zip(rates, tops, strict=True)]


def stated(agreed: Schedule) -> str:
    """The terms, and before them the published schedule they come from."""
    return f"{agreed.name}: {terms(agreed)}" if agreed.code else terms(agreed)


def source(agreed: bool, code: str = "", name: str = "") -> str:
    """Where the terms of a side come from: a published schedule by name and code, terms of its own, or the law's cap."""
    if not agreed:
        return _("Nothing agreed: the most the law allows (Auction Law, article 56)")
    if not code:
        return _("As agreed with this side (Auction Law, article 56)")
    return _("As agreed: schedule %(name)s, %(code)s (Auction Law, article 56)") % {"name": name, "code": code}


def terms_both(agreed: Schedule) -> tuple[str, str]:
    """`terms` in Chinese and in English, as the papers state them."""
    said = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said.append(terms(agreed))
    return said[0], said[1]
