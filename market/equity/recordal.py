"""The pack with which the agency asks the office to record a contribution: the request form of an assignment, and its papers."""

from datetime import date

from market.deals import queries as deals
from market.deals.register import consents_of, particulars_of
from market.deals.rules.recordal import Transfer, request_form
from market.documents import render
from market.documents.pack import pack
from market.documents.queries import content_of
from market.equity.models import Contribution
from market.rights.models import Right
from market.rights.queries import facts_of

GROUND = "contribution for shares, resolved on"


def packed(found: Contribution, *, resolved_on: date) -> bytes:
    """The pack of a contribution resolved on that day, as a ZIP: form, resolution, report and consents (专利法 10; 商标法 42)."""
    right = found.right
    kept = {"resolution": found.resolution, "report": found.report}
    papers = {kind: version for kind, version in kept.items() if version is not None}
    consents = consents_of(right, 4)
    form = request_form(
        Transfer(
            code=found.code,
            kind=right.kind,
            office=right.office,
            pending=right.state == Right.State.PENDING,
            particulars=particulars_of(right),
            owners=deals.owners_of(facts_of(right, seller=found.contributor)),
            assignor=deals.side_of(found.contributor),
            assignee=deals.side_of(found.company),
            price=found.value,
            on=resolved_on,
            ground=GROUND,
        ),
        enclosed=[*papers, *(["consent"] if consents else [])],
    )
    files = {"1-request.pdf": render.pdf(f"recordal_{right.kind}", form)}
    files |= {f"{place}-{kind}-{one.name}": content_of(one) for place, (kind, one) in enumerate(papers.items(), 2)}
    return pack({**files, **consents})
