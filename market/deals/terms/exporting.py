"""What every exporter does first: say which of our terms the target has no word for, all of them at once."""

from collections.abc import Collection, Iterable

from market.deals.terms.documents import Document
from market.kernel.errors import Refused

NEUTRAL = frozenset({"version", "right", "asset", "licensor", "licensee", "grant", "term"})


def beyond(document: Document, expressed: Collection[str]) -> list[str]:
    """The fields that say something and are not among the `expressed` ones."""
    return [
        name for name, said in document.items() if name not in {*NEUTRAL, *expressed} and said not in ([], {}, None)
    ]


def refuse(target: str, terms: Iterable[str]) -> None:
    """Refused `terms.export` naming what `target` cannot express; nothing is ever dropped silently."""
    named = sorted(set(terms))
    if named:
        raise Refused("terms.export", target=target, names=named)
