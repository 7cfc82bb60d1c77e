"""Who may look at runs and let a licence be tried again: the staff, and the people of its agency."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.parties.access import agency_of
from market.parties.models import Party
from market.royalties.runs import queries
from market.royalties.runs.models import SetAside


def set_asides_for(user: Any) -> QuerySet[SetAside]:
    """The licences that stand aside: all for staff, those of their agency for its people; 404 for everybody else."""
    return queries.set_asides(_agency(user))


def runs_for(user: Any, most: int) -> list[dict[str, Any]]:
    """The last runs: as a whole for staff, with what each issued under their agency's licences for its people; 404 for
    everybody else."""
    agency, rows = _agency(user), list(queries.runs()[:most])
    issued = queries.issued_in(rows, agency) if agency else {}
    return [{"run": run, "issued": issued.get(run.pk)} for run in rows]


def _agency(user: Any) -> Party | None:
    return None if getattr(user, "is_staff", False) else agency_of(user)


def set_aside_for(user: Any, code: str) -> SetAside:
    """What holds the licence `code` up now; 404 where nothing does, or it is none of the user's business."""
    found = set_asides_for(user).filter(licence__code=code).first()
    if found is None:
        raise Http404
    return found
