"""What the words of many lines name, found with the same few questions however many lines there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from market.parties.models import Party
from market.payments.bank import rules
from market.payments.bank.models import Instruction, Line
from market.payments.bank.rules import Leaving, Owed
from market.payments.models import Charge, Payout


@dataclass(slots=True)
class Named:
    """The agency's charges and payouts that lines name, by reference, code and bank number."""

    references: dict[str, list[str]]
    charges: dict[str, Charge]
    payouts: dict[str, Payout]
    instructions: dict[int, Instruction]
    paid: set[int]
    left: set[int] = field(default_factory=set)

    def charges_of(self, line: Line) -> list[Charge]:
        """What a line that came in may pay: by the references in its words, else the one confirmed under its number."""
        found = self._found(self.charges, self.references[line.key])
        return found or self._found(self.charges, [line.number] if line.number else [])

    def payouts_of(self, line: Line) -> list[Payout]:
        """What a line that went out may be: by the codes in its words, else the one sent under its number."""
        found = self._found(self.payouts, rules.payouts_in(_words(line)))
        return found or self._found(self.payouts, [line.number] if line.number else [])

    @staticmethod
    def _found(rows: "dict[str, Charge] | dict[str, Payout]", names: Iterable[str]) -> list:
        return list({rows[name].pk: rows[name] for name in names if name in rows}.values())

    def owed(self, charge: Charge) -> Owed:
        """A charge as the rules see it."""
        payers = (charge.payer.name, charge.payer.name_en)
        taken = charge.pk in self.paid
        return Owed(charge.amount, charge.state, payers, charge.bank_reference, taken)

    def leaving(self, payout: Payout) -> Leaving:
        """A payout as the rules see it."""
        released = payout.pk in self.instructions and payout.state == Payout.State.APPROVED
        return Leaving(payout.amount, released, payout.bank_reference, payout.pk in self.left)


def named_by(agency: Party, lines: Sequence[Line]) -> Named:
    """Look up everything that `lines`, not yet written, may name."""
    references = {line.key: rules.references_in(_words(line)) if line.credit else [] for line in lines}
    numbers = {line.number for line in lines if line.number}
    wanted = {one for several in references.values() for one in several}
    codes = {code for line in lines if not line.credit for code in rules.payouts_in(_words(line))}
    charges = Charge.objects.filter(Q(reference__in=wanted) | Q(bank_reference__in=numbers), agency=agency)
    payouts = Payout.objects.filter(Q(code__in=codes) | Q(bank_reference__in=numbers), agency=agency)
    by_charge = {name: one for one in charges.select_related("payer", "agency") for name in _names(one.reference, one)}
    by_payout = {name: one for one in payouts.select_related("payee", "agency") for name in _names(one.code, one)}
    live = Instruction.objects.filter(payout__in=[one.pk for one in by_payout.values()], live=True)
    known = Line.objects.filter(reason="")
    paid = known.filter(charge__in=[one.pk for one in by_charge.values()]).values_list("charge_id", flat=True)
    left = known.filter(payout__in=[one.pk for one in by_payout.values()]).values_list("payout_id", flat=True)
    instructions = {one.payout_id: one for one in live.select_related("file__released_by")}
    return Named(references, by_charge, by_payout, instructions, set(paid), set(left))


def _names(own: str, row: Charge | Payout) -> Iterable[str]:
    return (own, row.bank_reference) if row.bank_reference else (own,)


def _words(line: Line) -> str:
    return f"{line.text} {line.end_to_end}"
