"""Whether what one licence grants lies within another: nobody lets others do what it may not do itself (专利法 12; 民法典 867)."""

from collections.abc import Iterator

from market.deals.terms.documents import Document

# What each word allows, the least first.
GRADES = ("non", "sole", "exclusive")
SUBLICENCES = ("none", "with_consent", "free")


def beyond(document: Document, within: Document) -> list[str]:
    """The places ("territory", "term.end") in which `document` grants more than `within` does; none where it stays inside."""
    return list(_beyond(document, within))


def _beyond(document: Document, within: Document) -> Iterator[str]:
    if document["right"] != within["right"]:
        yield "right"
    if _exceeds(GRADES, document["exclusivity"], within["exclusivity"]):
        yield "exclusivity"
    if not set(document["grant"]) <= set(within["grant"]):
        yield "grant"
    if "WORLD" not in within["territory"] and not set(document["territory"]) <= set(within["territory"]):
        yield "territory"
    if within["field"] and not (document["field"] and set(document["field"]) <= set(within["field"])):
        yield "field"
    yield from _days(document["term"], within["term"])
    if _exceeds(SUBLICENCES, document["sublicence"], within["sublicence"]):
        yield "sublicence"
    if document["transferable"] and not within["transferable"]:
        yield "transferable"


def _days(term: Document, within: Document) -> Iterator[str]:
    """Days are ISO texts, which compare as they follow each other."""
    if term["start"] < within["start"]:
        yield "term.start"
    last = within.get("end")
    if last and (not term.get("end") or term["end"] > last):
        yield "term.end"
    if term.get("evergreen") and not within.get("evergreen"):
        yield "term.evergreen"


def _exceeds(order: tuple[str, ...], one: str, other: str) -> bool:
    return order.index(one) > order.index(other)
