"""What stands in the way of a transfer: each blocker with its rule, its article and the paper that cures it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from market.kernel.calendar import months_later
from market.kernel.errors import ensure

RED, AMBER = "red", "amber"  # red: may not go on; amber: may, and everybody is told
LIST, AUCTION, ASSIGN, CLOSE = "list", "auction", "assign", "close"
INTENTS = frozenset({LIST, AUCTION, ASSIGN, CLOSE})
STATUS_GOOD_FOR = timedelta(days=30)
GRACE_MONTHS = 6  # a late annuity may still be paid, with a surcharge (专利法实施细则 2010 art. 98)


@dataclass(frozen=True, slots=True)
class Owner:
    """A live link of the chain of title; `consented` since it became one."""

    code: str
    name: str
    share: Fraction = Fraction(1)
    consented: bool = False


@dataclass(frozen=True, slots=True)
class Burden:
    """An encumbrance nobody has released; `consented` is the pledgee's yes to this transfer."""

    kind: str
    in_favour_of: str
    number: str = ""
    since: date = date.min
    until: date | None = None
    consented: bool = False


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another mark of the same registrant with a similarity group in common (商标法 42)."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class RightFacts:
    """All that the rules look at; `seller` is the code of the party that would transfer."""

    kind: str
    state: str
    number: str
    seller: str
    owners: tuple[Owner, ...]
    burdens: tuple[Burden, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    filed_on: date | None = None
    expires_on: date | None = None
    annuity_paid_to: date | None = None
    checked_on: date | None = None
    service_result: bool = False


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing in the way. `code` names the sentence (templates/rights/blockers/), `cure` the paper to get."""

    rule: str
    severity: str
    article: str
    code: str
    cure: str
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def red(self) -> bool:
        """Whether it bars the intent."""
        return self.severity == RED

    @property
    def template(self) -> str:
        """Where its words are: what is wrong, a blank line, how it is cured; `facts` fills them."""
        return f"rights/blockers/{self.code}.txt"


def blockers(facts: RightFacts, intent: str, on: date) -> list[Blocker]:
    """Everything in the way of `intent` on the day `on`, what bars it first.

    `list`, `auction` and `assign` look at everything; `close` only at what keeps title from passing: owners, pledges,
    freezes and disputes (R16-R18). The office judges the rest by its own register.
    """
    ensure(intent in INTENTS, f"unknown intent {intent}")
    checks = _TITLE if intent == CLOSE else _TITLE + _REST
    found = [blocker for check in checks for blocker in check(facts, intent, on)]
    return sorted(found, key=lambda blocker: not blocker.red)


def in_force(burden: Burden, on: date) -> bool:
    """Whether an unreleased burden binds on that day.

    A registered pledge binds until its registration is deleted, whatever the term of the debt (民法典 444); the others
    end with their term.
    """
    return burden.since <= on and (burden.kind == "pledge" or burden.until is None or on <= burden.until)


def _owners(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """R16: a co-owned right is assigned by all its owners; and only an owner sells (R19)."""
    if facts.seller not in {owner.code for owner in facts.owners}:
        yield Blocker("R19", RED, _BY_KIND["passes"][facts.kind], "not_owner", "extract")
    held = sum((owner.share for owner in facts.owners), Fraction(0))
    if facts.owners and held != 1:
        yield Blocker("R16", RED, _BY_KIND["co_owner"][facts.kind], "shares", "correction", {"held": str(held)})
    for owner in facts.owners:
        if owner.code != facts.seller and not owner.consented:
            article = _BY_KIND["co_owner"][facts.kind]
            yield Blocker("R16", RED, article, "co_owner", "consent", {"name": owner.name, "code": owner.code})


def _pledges(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """R17: a pledged right is not transferred without the pledgee's agreement; the price prepays the debt."""
    for burden in _live(facts, "pledge", on):
        given = {"name": burden.in_favour_of, "number": burden.number}
        if burden.consented:
            yield Blocker("R17", AMBER, "民法典 444", "pledge_prepays", "release", given)
        else:
            yield Blocker("R17", RED, "民法典 444", "pledge", "consent", given)


def _freezes(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """R18: while procedures are suspended or the right is preserved by a court, no transfer is recorded."""
    for kind in ("preservation", "suspension"):
        for burden in _live(facts, kind, on):
            given = {"name": burden.in_favour_of, "number": burden.number, "until": burden.until}
            yield Blocker("R18", RED, _BY_KIND["freeze"][facts.kind], kind, "release", given)


def _disputes(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """Who owns it is in dispute: the seller cannot warrant title."""
    for burden in _live(facts, "dispute", on):
        yield Blocker("R18", RED, _BY_KIND["dispute"][facts.kind], "dispute", "release", {"name": burden.in_favour_of})


def _life(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """Only a living right is sold; an application may be, and says so."""
    if facts.state in ("lapsed", "invalidated"):
        yield Blocker("R19", RED, _BY_KIND[facts.state][facts.kind], facts.state, "extract")
    elif facts.state == "expired" or (facts.expires_on and facts.expires_on < on):
        yield Blocker("R19", RED, _BY_KIND["term"][facts.kind], "expired", "extract", {"day": facts.expires_on})
    elif facts.state == "pending":
        yield Blocker("R19", AMBER, _BY_KIND["passes"][facts.kind], "pending", "extract")
    elif facts.state in ("draft", "verified") and intent != LIST:
        yield Blocker("R19", RED, _BY_KIND["passes"][facts.kind], "unverified", "extract")


def _annuity(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """A patent whose annuity is late may be listed during the six months of grace, but not sold; then it has lapsed."""
    paid_to = facts.annuity_paid_to
    if facts.kind != "patent" or paid_to is None or paid_to >= on or facts.state != "granted":
        return
    last = months_later(paid_to, GRACE_MONTHS)
    grace = intent == LIST and on <= last
    given = {"day": paid_to, "last": last}
    yield Blocker(
        "R19", AMBER if grace else RED, "专利法 44", "annuity" if on <= last else "annuity_lapsed", "receipt", given
    )


def _status(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """A status nobody has looked up for thirty days is hearsay."""
    if facts.state == "draft":
        return
    if facts.checked_on is None or on - facts.checked_on > STATUS_GOOD_FOR:
        yield Blocker(
            "R19",
            AMBER,
            "",
            "status_old",
            "extract",
            {"day": facts.checked_on},
        )


def _licences(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """A licence given before the transfer goes on against the buyer; an open licence must be withdrawn or kept."""
    for burden in _live(facts, "licence", on):
        given = {"name": burden.in_favour_of, "until": burden.until}
        yield Blocker("R23", AMBER, _BY_KIND["licence"][facts.kind], "licence", "notice", given)
    for burden in _live(facts, "open_licence", on):
        yield Blocker("R32", AMBER, "专利法 50", "open_licence", "notice", {"since": burden.since})


def _inventors(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """R25: who made a service result may buy it first on equal terms, so they are told."""
    if facts.service_result and facts.kind != "trademark":
        yield Blocker("R25", AMBER, "民法典 847", "inventors", "notice")


def _similar_marks(facts: RightFacts, intent: str, on: date) -> Iterator[Blocker]:
    """R20, light: marks of the registrant in the same similarity group are named, a person judges their likeness."""
    if facts.siblings:
        marks = "、".join(f"{sibling.number} {sibling.words}" for sibling in facts.siblings)
        yield Blocker("R20", AMBER, "商标法 42", "similar_marks", "bundle", {"marks": marks})


def _live(facts: RightFacts, kind: str, on: date) -> Iterator[Burden]:
    return (burden for burden in facts.burdens if burden.kind == kind and in_force(burden, on))


Check = Callable[[RightFacts, str, date], Iterator[Blocker]]
_TITLE: tuple[Check, ...] = (_owners, _pledges, _freezes, _disputes)
_REST: tuple[Check, ...] = (_life, _annuity, _status, _licences, _inventors, _similar_marks)

# One question, three laws. 专利法 2020, 专利法实施细则 2023, 商标法 2019, 著作权法 2020, 民法典, 民事诉讼法 2023.
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "passes": {"patent": "专利法 10", "trademark": "商标法 42", "copyright": "著作权法 27"},
    "co_owner": {"patent": "专利法 14", "trademark": "商标法 5", "copyright": "著作权法 14"},
    "freeze": {"patent": "专利法实施细则 103-105", "trademark": "民事诉讼法 106", "copyright": "民事诉讼法 106"},
    "dispute": {"patent": "专利法实施细则 103", "trademark": "民法典 612", "copyright": "民法典 612"},
    "lapsed": {"patent": "专利法 44", "trademark": "商标法 40", "copyright": "著作权法 23"},
    "invalidated": {"patent": "专利法 47", "trademark": "商标法 47", "copyright": "著作权法 2"},
    "term": {"patent": "专利法 42", "trademark": "商标法 39-40", "copyright": "著作权法 22-23"},
    "licence": {"patent": "专利法实施细则 15", "trademark": "商标法 43", "copyright": "著作权法 26"},
}
