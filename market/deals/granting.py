"""The licence a deal grants, as the register knows it: a burden from the last signature on, filed when the office has it."""

from datetime import date

from market.deals.models import Deal
from market.deals.terms.documents import Document
from market.kernel import clock
from market.parties.models import User
from market.rights import actions as rights
from market.rights import queries as of_rights
from market.rights.models import Encumbrance
from market.rights.rules.facts import Grant
from market.rights.rules.grants import ACTS, EVERYTHING, FIELDS, Atoms, Granted, clashes, only

# How the register calls what the terms call exclusive, sole and non.
GRADES = {"exclusive": "exclusive", "sole": "sole", "non": "ordinary"}
LICENCE = Encumbrance.Kind.LICENCE


def granted(document: Document) -> Granted:
    """What the terms grant, as the rule of overlapping licences compares it. A field in words of its own may be any."""
    until = document["term"].get("end")
    where, fields = document["territory"], document["field"]
    return Granted(
        holder=document["licensee"]["name"],
        grade=GRADES[document["exclusivity"]],
        since=date.fromisoformat(document["term"]["start"]),
        until=date.fromisoformat(until) if until else None,
        territory=EVERYTHING if "WORLD" in where else only(*where),
        fields=only(*fields) if fields and all(field in FIELDS for field in fields) else EVERYTHING,
        acts=_acts(document["grant"]),
    )


def _acts(named: list[str]) -> Atoms:
    return only(*named) if all(act in ACTS for act in named) else EVERYTHING


def grant_of(deal: Deal, document: Document) -> Grant:
    """The same as the rulebook looks at it, with whoever holds an exclusive licence over part of it already. A sublicence
    stands within one, beside no other: who grants it sees to that."""
    meant = granted(document)
    rows = of_rights.burdens(deal.right).filter(kind=LICENCE) if deal.within is None else ()
    others = [of_rights.granted(row) for row in rows if row.detail != deal.code]
    rights_named = tuple(document["grant"]) if document["right"] == "copyright" else ()
    taken = tuple(other.holder for other in clashes(meant, [other for other in others if other.excludes]))
    return Grant(grade=meant.grade, rights=rights_named, until=meant.until, clashes=taken)


def enter(deal: Deal, document: Document, *, by: User) -> Encumbrance:
    """Enter the licence as a burden on the right [right.encumbered]; again: the same. Refused `grant.…` as
    `rights.actions.add_encumbrance`: `grant.overlap` where another licence that keeps others out covers part of it."""
    known = entered(deal)
    if known is not None:
        return known
    meant = granted(document)
    return rights.add_encumbrance(
        deal.right,
        kind=LICENCE,
        in_favour_of=meant.holder,
        since=min(meant.since, clock.today()),  # it binds whoever buys the right from the contract on
        until=meant.until,
        by=by,
        detail=deal.code,
        grade=meant.grade,
        territory=meant.territory,
        fields=meant.fields,
        acts=meant.acts,
    )


def entered(deal: Deal) -> Encumbrance | None:
    """The burden the deal's licence is; None before the contract was signed."""
    return deal.right.encumbrances.filter(kind=LICENCE, detail=deal.code).first()


def withdraw(deal: Deal) -> None:
    """End the burden of a licence deal that was undone [right.released]; none there, or ended: nothing."""
    burden = entered(deal)
    if burden is not None and burden.released_on is None:
        rights.release_encumbrance(burden, on=max(clock.today(), burden.since), by=None)
