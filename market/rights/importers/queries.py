"""What was handed in about a right, for the rooms' other files."""

from market.kernel import clock
from market.rights.importers.drafts import Conveyance
from market.rights.importers.kept import draft_of
from market.rights.importers.models import CREATED, ImportRow


def same_as(kind: str, office: str, key: str) -> str:
    """What the rows about one right have in common, and it with them."""
    return f"{kind} {office} {key}"[:120]


def conveyances_of(kind: str, office: str, key: str) -> list[Conveyance]:
    """The office's entries about owners that came with the file the right was entered from, oldest first."""
    row = ImportRow.objects.filter(same=same_as(kind, office, key), outcome=CREATED).order_by("-pk").first()
    told = draft_of(row.draft).conveyances if row and row.draft else ()
    return [one for one in told if one.on <= clock.today()]
