"""Full-text search that is exact in Chinese on both databases: Han text is indexed by pairs of neighbouring characters.

Databases split Chinese badly or not at all (a trigram index misses every two-character word). Here 锂离子 becomes 锂离,
离子, 子; asking for 离子 asks for that pair, asking for 锂离子 for both pairs in a row. What is found is what a search for
the substring would find; Latin words and figures are found whole. Blanks and signs only part words: "第33类" is found in
"第 33 类". A number of a right is found however it is typed.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Lookup, Q, prefetch_related_objects

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import MAX_MINOR
from market.listings.models import Entry, Listing
from market.rights.rules import checked

HAN = "[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
_TOKEN = re.compile(rf"({HAN}+)|((?:(?!{HAN})[^\W_])+)")
_LONG_WORD = 200  # characters of a word that count; PostgreSQL takes none beyond 2,046 bytes
_NUMBER = re.compile(r"(?=(?:.*[0-9]){5})[A-Z0-9]+")
LONGEST = 16_000  # tokens of one entry; PostgreSQL keeps no position beyond 16,383
ASKED = 100  # characters of a question that are read
DETAILS = {
    "patent": "type",
    "trademark": "nice_class",
    "copyright": "work",
    "ic_layout": "function",
    "plant_variety": "growth",
}
NUMBERS = ("application_no", "publication_no", "grant_no", "certificate_no")
ON_OFFER = frozenset({Listing.State.PUBLISHED, Listing.State.IN_SALE, Listing.State.UNDER_OFFER})


def tokens(text: str) -> list[str]:
    """The tokens of a text in their order: each Han run as its pairs and its last character, each other word folded."""
    found: list[str] = []
    for han, word in _TOKEN.findall(_folded(text)):
        found += [*_pairs(han), han[-1]] if han else [word[:_LONG_WORD]]
    return found


def phrases(asked: str) -> list[tuple[list[str], bool]]:
    """What a question looks for: for each part between blanks its tokens in a row, and whether the last is a beginning.

    A Han run that ends a part is looked for as its pairs alone, as the text may go on; one character alone is the
    beginning of a pair.
    """
    looked_for = []
    for part in _folded(asked[:ASKED]).split():
        runs = _TOKEN.findall(part)
        row: list[str] = []
        for han, word in runs[:-1]:
            row += [*_pairs(han), han[-1]] if han else [word[:_LONG_WORD]]
        for han, word in runs[-1:]:
            row += (_pairs(han) or [han]) if han else [word[:_LONG_WORD]]
        if row:
            looked_for.append((row, len(runs[-1][0]) == 1))
    return looked_for


def number_asked(asked: str) -> str:
    """The one token of a right's number, if the whole question may be one ("" if not): no blanks, signs, CN or ZL."""
    try:
        bare = re.sub(r"[^\w]|_", "", checked.read(asked[:ASKED]))
    except Refused:
        return ""
    return _folded(_without_office(bare)) if _NUMBER.fullmatch(bare) else ""


def number_tokens(number: str) -> list[str]:
    """The tokens under which a number is found: with and without its office, with and without its kind code."""
    bare = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", number).upper())
    spellings = [bare, _without_office(bare), re.sub(r"^[A-Z]{2}(?=[0-9])", "", bare)]
    spellings += [re.sub(r"(?<=[0-9])[A-Z][0-9]?$", "", spelling) for spelling in spellings]
    return [_folded(spelling) for spelling in dict.fromkeys(spellings) if _NUMBER.fullmatch(spelling)]


def _without_office(bare: str) -> str:
    return re.sub(r"^(CN)?(ZL)?(?=[0-9])", "", bare)


def match(asked: str) -> Q:
    """The entries (a filter of Entry) in which every part of the question occurs, or that bear the number it is."""
    return Q(words__finds=asked)


def match_in_order(asked: str) -> Q:
    """The same for a question with many answers of which the first few are wanted: PostgreSQL then walks the list in
    its order and looks at each row's words, as sorting all answers would cost more. The planner cannot know: it takes
    the pairs of a phrase for independent of each other."""
    return Q(words__bears=asked)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _pairs(han: str) -> list[str]:
    return [han[place : place + 2] for place in range(len(han) - 1)]


class Finds(Lookup):
    """`words__finds="锂离子 battery"`: the entries in which every part of the question occurs; none for signs alone."""

    lookup_name = "finds"
    operation = "%s @@ %%s::tsquery"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        """By the FTS5 table whose row numbers are the entries'."""
        looked_for, number = self._asked()
        rows = [f'"{" ".join(row)}"{" *" if open_end else ""}' for row, open_end in looked_for]
        asked = f'({" AND ".join(rows)}) OR "{number}"' if number else " AND ".join(rows)
        key = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.listing_id"
        return f"{key} IN (SELECT rowid FROM listings_words WHERE listings_words MATCH %s)", [asked]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        """By the generated column; the tokens are letters and digits only, so quoting them is enough."""
        looked_for, number = self._asked()
        rows = [
            " <-> ".join([*(f"'{token}'" for token in row[:-1]), f"'{row[-1]}'{':*' if open_end else ''}"])
            for row, open_end in looked_for
        ]
        asked = f"({' & '.join(rows)}) | '{number}'" if number else " & ".join(rows)
        return self.operation % f"{compiler.quote_name_unless_alias(self.lhs.alias)}.found", [asked]

    def _asked(self) -> tuple[list[tuple[list[str], bool]], str]:
        """The phrases, and the number if it is another token than the only one of theirs."""
        looked_for, number = phrases(self.rhs), number_asked(self.rhs)
        if not looked_for:
            raise EmptyResultSet
        return looked_for, "" if looked_for == [([number], False)] else number


class Bears(Finds):
    """The same by the function behind the operator, which no index of words answers."""

    lookup_name = "bears"
    operation = "ts_match_vq(%s, %%s::tsquery)"


Entry._meta.get_field("words").register_lookup(Finds)
Entry._meta.get_field("words").register_lookup(Bears)


def index(listing: Listing) -> None:
    """Bring the catalogue in step with `listing`: its entry is written while it is on offer, taken out otherwise."""
    index_many([listing])


def index_many(listings: Iterable[Listing]) -> None:
    """`index` for many, three statements; needs their rights with the particulars of each kind, and their sellers."""
    listings = list(listings)
    drop(*listings)
    offered = [row for row in listings if row.state in ON_OFFER and row.published_at is not None]
    prefetch_related_objects(offered, "right__creators")
    Entry.objects.bulk_create(map(entry_of, offered))


def entry_of(listing: Listing) -> Entry:
    """What the catalogue is to know of `listing`, not yet written."""
    right = listing.right
    price = listing.asking_minor if listing.currency == "CNY" else None
    return Entry(
        listing=listing,
        kind=right.kind,
        detail=detail_of(listing),
        mode=listing.mode,
        pricing=listing.pricing,
        industry=right.industry,
        region=right.region or listing.seller.region,
        in_sale=listing.state == Listing.State.IN_SALE,
        expires_on=right.expires_on,
        lowest_minor=MAX_MINOR if price is None else price,
        highest_minor=price or 0,
        published_at=listing.published_at or clock.now(),
        words=" ".join(words_of(listing)),
    )


def drop(*listings: Listing) -> None:
    """Take `listings` out of the catalogue, whatever their state."""
    Entry.objects.filter(listing__in=listings).delete()


def detail_of(listing: Listing) -> str:
    """What tells rights of a kind apart: a patent's type, a mark's class, the kind of a work, what a circuit does, how a
    plant grows."""
    right = listing.right
    return str(getattr(getattr(right, right.kind), DETAILS[right.kind]))


def words_of(listing: Listing) -> list[str]:
    """The tokens of everything public about a listing that somebody may look for, its numbers first."""
    right = listing.right
    own = getattr(right, right.kind)
    numbers = [right.number, *(getattr(own, name, "") for name in NUMBERS)]
    symbols = getattr(own, "ipc", [])
    told = [
        *numbers,
        *(getattr(right, name) for name in ("title", "title_en")),
        *(getattr(own, name, "") for name in ("words", "version", "species", "technology")),
        *(getattr(listing, name) for name in ("summary", "summary_en", "application")),
        *(listing.seller.name, listing.seller.name_en),
        *symbols,
        *(symbol.replace(" ", "") for symbol in symbols),
        *(symbol[:4] for symbol in symbols),
        *(creator.name for creator in right.creators.all()),
        *(getattr(right, name) for name in ("abstract", "abstract_en")),
        *(getattr(own, name, "") for name in ("goods", "first_claim")),
    ]
    found = [token for number in numbers for token in number_tokens(number)] + tokens("\n".join(told))
    return found[:LONGEST]
