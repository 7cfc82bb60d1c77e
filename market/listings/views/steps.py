"""What each step of the wizard shows and saves: a form over a draft listing, one save, the words around it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.kernel.money import Money
from market.listings import actions, queries
from market.listings.fees.words import stated
from market.listings.forms.listing import EvidenceForm, OfferForm, TextForm
from market.listings.forms.particulars import ParticularsForm
from market.listings.forms.right import BURDENS, OWNERS, TitleForm
from market.listings.models import Listing
from market.listings.rules import REVIEWED
from market.parties.models import Party, User
from market.rights.models import Encumbrance, Right
from market.rights.queries import burdens, consents, holders

TITLES: dict[str, Promise] = {
    "right": _("Kind and number"),
    "particulars": _("Particulars"),
    "title": _("Owners and burdens"),
    "evidence": _("Papers and consents"),
    "offer": _("Price and agency"),
    "text": _("Description"),
    "check": _("Check and hand over"),
}

# What a seller may hand in besides consents: the title a paper is kept under and its words.
PROOFS: dict[str, Promise] = {
    "certificate": _("Certificate of the patent, mark or work"),
    "register": _("Certified copy of the register"),
    "chain": _("Contract or other paper by which the right came to the seller"),
    "annuity": _("Receipt of the annuity"),
    "evaluation": _("Evaluation report"),
    "other": _("Other paper"),
}

CONSENT, AGREEMENT = _("Consent of the co-owner %s"), _("Agreement of the pledgee %s")
Values = dict[str, Any]


class Step(NamedTuple):
    """A step: its form for a listing (bound when there is `data`), its save, its template."""

    form: Callable[[Listing, Any], Any]
    save: Callable[[Listing, Any, int, User], Listing]
    template: str = "listings/sell_step.html"


def _particulars(listing: Listing, data: Any) -> ParticularsForm:
    return ParticularsForm(listing.right, data)


def _save_particulars(listing: Listing, form: ParticularsForm, edition: int, user: User) -> Listing:
    columns, own = form.parts()
    return actions.describe(listing, edition=edition, columns=columns, particulars=own, by=user)


def _title(listing: Listing, data: Any) -> TitleForm:
    """What was declared so far; neither question is answered before somebody has answered it."""
    others = [title for title in holders(listing.right) if title.holder_id != listing.seller_id]
    rows = list(burdens(listing.right))
    first: Values = {}
    if queries.done(listing)["title"]:
        first = {"shared": "yes" if others else "no", "burdened": "yes" if rows else "no"}
    for place, title in enumerate(others, 1):
        first[f"owner_{place}"] = title.holder.uscc or title.holder.code
        first[f"share_{place}"] = f"{title.share_num}/{title.share_den}"
    for place, row in enumerate(rows, 1):
        first |= {f"kind_{place}": row.kind, f"for_{place}": row.in_favour_of, f"number_{place}": row.number}
        first |= {f"since_{place}": row.since, f"until_{place}": row.until}
    room = {"owners": max(OWNERS, len(others) + 1), "burdens": max(BURDENS, len(rows) + 1)}
    return TitleForm(listing.seller, data, initial=first, **room)


def _save_title(listing: Listing, form: TitleForm, edition: int, user: User) -> Listing:
    data = form.cleaned_data
    return actions.declare(listing, edition=edition, owners=data["owners"], burdens=data["burdens"], by=user)


def _offer(listing: Listing, data: Any) -> OfferForm:
    mandate = getattr(listing, "mandate", None)
    first = {"mode": listing.mode, "pricing": listing.pricing, "asking": listing.asking, "agency": listing.agency}
    return OfferForm(data, initial=first, has_reserve=queries.has_reserve(listing), mandate=mandate)


def _save_offer(listing: Listing, form: OfferForm, edition: int, user: User) -> Listing:
    data = form.cleaned_data
    listing = actions.offer(
        listing,
        edition=edition,
        mode=data["mode"],
        pricing=data["pricing"],
        asking=data["asking"],
        agency=data["agency"],
        by=user,
        **form.agreed(),
    )
    reserve: Money | None = data["reserve"]
    if reserve is not None or data.get("drop_reserve"):
        listing = actions.set_reserve(listing, edition=listing.edition, reserve=reserve, by=user)
    return listing


def _text(listing: Listing, data: Any) -> TextForm:
    return TextForm(data, initial={name: getattr(listing, name) for name in actions.TEXT})


def _save_text(listing: Listing, form: TextForm, edition: int, user: User) -> Listing:
    return actions.edit(listing, edition=edition, by=user, **form.cleaned_data)


STEPS = {
    "particulars": Step(_particulars, _save_particulars),
    "title": Step(_title, _save_title, "listings/sell_title.html"),
    "offer": Step(_offer, _save_offer),
    "text": Step(_text, _save_text),
}
FIXED = ("right", "particulars", "title")  # what a verified right no longer lets a seller change


def wizard(listing: Listing, step: str) -> Values:
    """What every page of the wizard shows: its steps, what is done, and the reviewer's remarks on this step."""
    done = queries.done(listing)
    remarked = {REVIEWED[name] for name in listing.remarks if name in REVIEWED}
    rows = [
        {"slug": slug, "title": title, "done": done.get(slug, False), "remarked": slug in remarked}
        for slug, title in TITLES.items()
    ]
    remarks = [remark for name, remark in listing.remarks.items() if REVIEWED.get(name) == step]
    return {"listing": listing, "step": step, "heading": TITLES[step], "rows": rows, "remarks": remarks, "done": done}


def rates(listing: Listing) -> dict[str, str]:
    """What the mandate says each side pays, in words; nothing before there is one."""
    mandate = getattr(listing, "mandate", None)
    return {"commission": stated(mandate.seller_fees), "premium": stated(mandate.buyer_fees)} if mandate else {}


def verified(listing: Listing) -> bool:
    """Whether the register speaks for the right, so that nothing about it is typed here."""
    return listing.right.state != Right.State.DRAFT


def wanted_papers(listing: Listing) -> list[tuple[str, Any]]:
    """What may be handed in: proofs, and a consent for every co-owner and every pledgee, in the words of the page."""
    proofs = [(f"proof:{name}", words) for name, words in PROOFS.items()]
    owners = [(f"co_owner:{party.code}", CONSENT % party) for party in _co_owners(listing)]
    return [*proofs, *owners, *((f"pledgee:{row.pk}", AGREEMENT % row.in_favour_of) for row in _pledges(listing))]


def missing_papers(listing: Listing) -> list[Any]:
    """The papers without which the listing cannot be handed over, in words."""
    given = list(consents(listing.right))
    owners, pledges = {one.of_party_id for one in given}, {one.of_encumbrance_id for one in given}
    proof = [] if queries.proofs(listing).exists() else [_("At least one paper that shows whose right it is")]
    missing = [CONSENT % party for party in _co_owners(listing) if party.pk not in owners]
    return [*proof, *missing, *(AGREEMENT % row.in_favour_of for row in _pledges(listing) if row.pk not in pledges)]


def _co_owners(listing: Listing) -> list[Party]:
    return [title.holder for title in holders(listing.right) if title.holder_id != listing.seller_id]


def _pledges(listing: Listing) -> list[Encumbrance]:
    return [row for row in burdens(listing.right) if row.kind == Encumbrance.Kind.PLEDGE]


def paper_form(listing: Listing, data: Any = None, files: Any = None) -> EvidenceForm:
    """The form that takes one paper."""
    return EvidenceForm(wanted_papers(listing), data, files)


def save_paper(listing: Listing, form: EvidenceForm, user: User) -> None:
    """Keep the seller's paper, as what the seller says it is."""
    actions.give_paper(listing, paper=_paper(listing, form), by=user)


def file_paper(listing: Listing, form: EvidenceForm, user: User) -> None:
    """Keep a paper the agency received."""
    if listing.agency is not None:
        actions.file_paper(listing, paper=_paper(listing, form), agency=listing.agency, by=user)


def paper_of(form: Any, title: str) -> actions.Paper | None:
    """The paper an entry of the register stands on, when one was given."""
    file = form.cleaned_data.get("file")
    if not file:
        return None
    return actions.Paper("entry", title.strip(), file.name, file.read(), file.content_type or "")


def _paper(listing: Listing, form: EvidenceForm) -> actions.Paper:
    kind, _colon, which = form.cleaned_data["what"].partition(":")
    file = form.cleaned_data["file"]
    return actions.Paper(
        kind="proof" if kind == "proof" else "consent",
        title=which if kind == "proof" else f"{kind} {which}",
        name=file.name,
        content=file.read(),
        content_type=file.content_type or "",
        co_owner=next((party for party in _co_owners(listing) if kind == "co_owner" and party.code == which), None),
        pledge=next((row for row in _pledges(listing) if kind == "pledgee" and str(row.pk) == which), None),
    )
