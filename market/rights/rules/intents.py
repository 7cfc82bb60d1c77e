"""What somebody means to do with a right: the acts the rulebook is asked about."""

from enum import StrEnum


class Intent(StrEnum):
    """The acts. A licence is four, as the law asks different things of each grade; `close` is title passing."""

    LIST = "list"
    AUCTION = "auction"
    ASSIGN = "assign"
    LICENSE_EXCLUSIVE = "license_exclusive"
    LICENSE_SOLE = "license_sole"
    LICENSE_ORDINARY = "license_ordinary"
    LICENSE_OPEN = "license_open"
    PLEDGE = "pledge"
    CONTRIBUTE = "contribute"
    CLOSE = "close"


LIST, AUCTION, ASSIGN, CLOSE = Intent.LIST, Intent.AUCTION, Intent.ASSIGN, Intent.CLOSE
PLEDGE, CONTRIBUTE = Intent.PLEDGE, Intent.CONTRIBUTE
GRADES = {
    "exclusive": Intent.LICENSE_EXCLUSIVE,
    "sole": Intent.LICENSE_SOLE,
    "ordinary": Intent.LICENSE_ORDINARY,
    "open": Intent.LICENSE_OPEN,
}
EVERY = frozenset(Intent)
LICENCES = frozenset(GRADES.values())
CLOSED = frozenset({Intent.LICENSE_EXCLUSIVE, Intent.LICENSE_SOLE})  # licences that keep others out
SALES = frozenset({LIST, AUCTION, ASSIGN, CONTRIBUTE})  # the right itself is to pass
BEFORE = EVERY - {CLOSE}


def license_as(grade: str) -> Intent:
    """The act of licensing in that grade: exclusive (独占), sole (排他), ordinary (普通) or open (开放). KeyError else."""
    return GRADES[grade]
