"""Whether a licensee may let somebody else use what it has a licence for: the law asks for the licensor's leave."""

from collections.abc import Iterable
from datetime import date

from market.deals.terms.documents import Document, currency_of
from market.kernel.errors import Refused
from market.rights.rules.grants import Granted, clashes

ENDED = "ended"
NONE, WITH_CONSENT = "none", "with_consent"


def check_allowed(head: Document) -> None:
    """Refused `sublicence.not_allowed` where the terms of the licence say nothing of it (专利法 12; 商标法 43; 民法典 867)."""
    if head["sublicence"] == NONE:
        raise Refused("sublicence.not_allowed")


def check_running(state: str, until: date | None, today: date) -> None:
    """Refused `sublicence.head_ended` once the licence it would be granted under has ended."""
    if state == ENDED or (until is not None and until < today):
        raise Refused("sublicence.head_ended", until=until)


def needs_consent(head: Document) -> bool:
    """Whether the licensor has to consent to each."""
    return bool(head["sublicence"] == WITH_CONSENT)


def check_room(new: Granted, others: Iterable[Granted]) -> None:
    """Refused `sublicence.overlap` naming who holds another under the same licence, where one of the two keeps others out."""
    taken = clashes(new, others)
    if taken:
        raise Refused("sublicence.overlap", name=taken[0].holder)


def check_currency(document: Document, currency: str) -> None:
    """Refused `sublicence.currency` for sums in another currency than the licence's, which has a share in them."""
    if currency_of(document, currency) != currency:
        raise Refused("sublicence.currency", currency=currency)
