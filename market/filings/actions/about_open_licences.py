"""What a filing about an open licence packs (专利法 50-51; 专利法实施细则 85), and what the office's announcement does."""

from datetime import date

from django.db import transaction

from market.deals.open_licences import actions as open_licences
from market.deals.open_licences import queries as declarations
from market.deals.open_licences.models import Declaration
from market.deals.open_licences.rules import withdrawal_form
from market.deals.register import consents_of, particulars_of
from market.documents import render
from market.documents.queries import content_of
from market.filings.actions.rows import prepared
from market.filings.models import Filing
from market.filings.rules import steps
from market.kernel import clock
from market.kernel.formats import read_day
from market.parties.models import User
from market.rights.rules.rulebook import Blocker

Purpose = Filing.Purpose


@transaction.atomic
def prepare_declaration(declaration: Declaration, *, actor: str) -> Filing:
    """Make the pack of a declaration for the office [filing.prepared]; again: the first filing."""
    return prepared(_declared, actor, told=[], due_on=None, declaration=declaration, purpose=Purpose.OPEN)


@transaction.atomic
def prepare_withdrawal(declaration: Declaration, *, actor: str) -> Filing:
    """Make the pack of its withdrawal [filing.prepared]; again: the first filing."""
    return prepared(_withdrawn, actor, told=[], due_on=None, declaration=declaration, purpose=Purpose.CLOSE)


def _declared(filing: Filing) -> dict[str, bytes]:
    declaration = AboutDeclaration(filing).declaration
    signed = declaration.pack
    form = {"1-declaration.pdf": content_of(signed)} if signed else {}
    return {**form, **consents_of(declaration.right, 2)}


def _withdrawn(filing: Filing) -> dict[str, bytes]:
    declaration = AboutDeclaration(filing).declaration
    form = withdrawal_form(
        code=filing.code,
        particulars=particulars_of(declaration.right),
        holder=declarations.patentees(declaration.right),
        number=declaration.office_number,
        published_on=str(declaration.published_on),
        dated=clock.today().isoformat(),
    )
    return {"1-withdrawal.pdf": render.pdf("open_withdrawal", form)}


class AboutDeclaration:
    """The declaration a filing is about, as the walk asks it and tells it."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.declaration: Declaration = filing.about  # type: ignore[assignment]

    def check_filed(self, on: date) -> None:
        """Refused `filing.date_ahead`, `filing.before_declaration`."""
        steps.check_declared(on, declared_on=read_day(self.filing.prepared_at), today=clock.today())

    def bars(self) -> tuple[Blocker, ...]:
        """Why the office would refuse it; nothing bars a withdrawal."""
        declared = self.filing.purpose == Purpose.OPEN
        return declarations.bars_of(self.declaration.right, self.declaration.holder) if declared else ()

    def handed_in(self, actor: str) -> None:
        """Nothing changes until the office has announced it."""

    def accepted(self, number: str, on: date, by: User) -> date:
        """Announced: from that day on it is open, or not any more."""
        announce = open_licences.publish if self.filing.purpose == Purpose.OPEN else open_licences.close
        announce(declaration=self.declaration, number=number, on=on, by=by)
        return on

    def ended(self, actor: str) -> date | None:
        """The office does not announce it; it may be handed in anew, by no day."""
        return None
