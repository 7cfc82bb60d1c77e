"""What was handed in about a right, for the rooms' other files."""

from market.kernel import clock
from market.rights.importers.drafts import Conveyance
from market.rights.importers.kept import draft_of
from market.rights.importers.models import ImportRow


def conveyances_of(right_id: int) -> list[Conveyance]:
    """The office's entries about owners that came with the file the right was entered from, oldest first."""
    row = ImportRow.objects.filter(right=right_id).exclude(draft=None).order_by("-pk").first()
    told = draft_of(row.draft).conveyances if row and row.draft else ()
    return [one for one in told if one.on <= clock.today()]
