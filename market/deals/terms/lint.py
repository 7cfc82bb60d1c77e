"""What the law has against terms: void clauses, what a contract must state, and what deserves a second look.

It reads the document's fields and, sentence by sentence, its free clauses in either language; a person decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from market.deals.terms.clauses import faults
from market.deals.terms.documents import Document

VOID, NEEDED, MISSING, FLAG = "void", "needed", "missing", "flag"
BARS = (VOID, NEEDED)  # what keeps a contract from being signed
# What each finding stands on, in the order a contract is read.
GROUNDS = {
    "improvements": (VOID, "民法典第850条；技术合同解释第10条第1项"),
    "competing": (VOID, "民法典第850条；技术合同解释第10条第2项"),
    "limits": (VOID, "民法典第850条；技术合同解释第10条第3项"),
    "tying": (VOID, "民法典第850条；技术合同解释第10条第4项"),
    "sources": (VOID, "民法典第850条；技术合同解释第10条第5项"),
    "no_challenge": (VOID, "民法典第850条；技术合同解释第10条第6项"),
    "outlives_right": (VOID, "民法典第865条"),
    "no_reports": (NEEDED, "民法典第846条"),
    "patent_particulars": (MISSING, "民法典第845条第3款"),
    "copyright_particulars": (MISSING, "著作权法第26条第2款"),
    "paid_after_right": (FLAG, "民法典第865条"),
    "no_end": (FLAG, "技术合同解释第28条"),
    "no_books": (FLAG, "民法典第846条第3款"),
    "no_base": (FLAG, "民法典第846条第2款"),
    "sole_grant_back": (FLAG, "民法典第875条"),
}
PATENT_PARTICULARS = ("name", "applicant", "holder", "filed_on", "application_number", "number", "expires_on")
PUBLIC_KINDS = ("patent", "ic_layout", "plant_variety")  # rights with a last day that ends the licence


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its code, where in the document, what exactly (the sentence, or the fields that are missing)."""

    code: str
    place: str
    what: tuple[str, ...] = ()

    @property
    def grade(self) -> str:
        """Whether it makes a clause void, is needed to carry the licence out, leaves something out, or is a flag."""
        return GROUNDS[self.code][0]

    @property
    def law(self) -> str:
        """The provision it stands on."""
        return GROUNDS[self.code][1]


def lint(document: Document) -> list[Finding]:
    """Every finding about the document, clauses last. The document has passed `check`."""
    return [
        *_improvements(document),
        *_particulars(document),
        *_term(document),
        *_payment(document),
        *_clauses(document),
    ]


def _improvements(document: Document) -> Iterator[Finding]:
    """A grant-back that takes improvements for nothing, or only from one side, is void; a paid mutual one is looked at."""
    agreed = document.get("improvements", {"grantback": "none"})
    if agreed["grantback"] == "none":
        return
    even = agreed.get("mutual", False) or agreed.get("paid", False)
    if not even:
        yield Finding("improvements", "improvements.grantback")
    elif agreed["grantback"] in ("exclusive", "assignment"):
        yield Finding("sole_grant_back", "improvements.grantback")


def _particulars(document: Document) -> Iterator[Finding]:
    """What a contract about a patent or a work must state (民法典 845; 著作权法 26)."""
    if document["right"] == "patent":
        for number, asset in enumerate(document["asset"]):
            lacking = tuple(name for name in PATENT_PARTICULARS if not asset.get(name))
            if lacking:
                yield Finding("patent_particulars", f"asset.{number}", lacking)
    if document["right"] == "copyright":
        stated = {
            "payments": document["payments"],
            "breach": document.get("breach"),
            "term": document["term"].get("end") or document["term"].get("evergreen"),
        }
        lacking = tuple(name for name, what in stated.items() if not what)
        if lacking:
            yield Finding("copyright_particulars", "document", lacking)


def _term(document: Document) -> Iterator[Finding]:
    """A licence lives no longer than its right (民法典 865); one without an end has no limit (解释 28)."""
    term, last = document["term"], _last_day(document)
    if document["right"] in PUBLIC_KINDS and last is not None and term.get("end") and _day(term["end"]) > last:
        yield Finding("outlives_right", "term.end", (last.isoformat(),))
    if not term.get("end"):
        yield Finding("no_end", "term.end")


def _last_day(document: Document) -> date | None:
    """The day the last of its rights ends; None where one has no known end."""
    days = [asset.get("expires_on") for asset in document["asset"]]
    return max(map(_day, days)) if all(days) else None


def _payment(document: Document) -> Iterator[Finding]:
    """Sums due after the right has ended, and running royalties without reports, books or a defined base."""
    last, running = _last_day(document), False
    for number, payment in enumerate(document["payments"]):
        running |= payment["kind"] == "running"
        late = payment.get("due_on")
        if document["right"] in PUBLIC_KINDS and last is not None and late and _day(late) > last:
            yield Finding("paid_after_right", f"payments.{number}.due_on", (last.isoformat(),))
    if running and "reports" not in document:
        yield Finding("no_reports", "reports")
    if running and not document.get("audit", {}).get("allowed"):
        yield Finding("no_books", "audit")
    if running and not document.get("base_definition"):
        yield Finding("no_base", "base_definition")


def _clauses(document: Document) -> Iterator[Finding]:
    for number, clause in enumerate(document.get("clauses", ())):
        for code, sentence in faults(clause["text"]):
            yield Finding(code, f"clauses.{number}", (sentence,))


def _day(text: str) -> date:
    return date.fromisoformat(text)
