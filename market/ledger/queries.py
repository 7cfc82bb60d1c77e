"""Reads of the whole books: the trial balance, and every difference between the rows and the rules they must keep."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from market.kernel.money import Money, total
from market.ledger import audit
from market.ledger.audit import Difference
from market.ledger.models import Account, Hold, Transfer, Void
from market.ledger.turnover import Turnover


@dataclass(frozen=True)
class Standing:
    """One account of the trial balance: all its debits, all its credits, and what open holds set aside."""

    code: str
    kind: str
    overdraft: bool
    debits: Money
    credits: Money
    held: Money

    @property
    def balance(self) -> Money:
        """What the account holds on its normal side."""
        return self.debits - self.credits if self.kind == Account.Kind.ASSET else self.credits - self.debits

    @property
    def available(self) -> Money:
        """The balance less what is held."""
        return self.balance - self.held


def trial_balance() -> list[Standing]:
    """Every account with its sums, added up row by row in Python, so that no trigger and no view is trusted."""
    debits: Counter[int] = Counter()
    credits: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for debit, credit, minor in Transfer.objects.values_list("debit_id", "credit_id", "amount_minor").iterator():
        debits[debit] += minor
        credits[credit] += minor
    ended = {*Transfer.objects.exclude(hold=None).values_list("hold_id", flat=True)}
    ended |= {*Void.objects.values_list("hold_id", flat=True)}
    assets = {*Account.objects.filter(kind=Account.Kind.ASSET).values_list("pk", flat=True)}
    for number, debit, credit, minor in Hold.objects.values_list(
        "pk", "debit_id", "credit_id", "amount_minor"
    ).iterator():
        if number not in ended:
            for row in {debit} - assets | {credit} & assets:
                held[row] += minor
    return [
        Standing(
            code=row.code,
            kind=row.kind,
            overdraft=row.overdraft,
            debits=Money(debits[row.pk], row.currency),
            credits=Money(credits[row.pk], row.currency),
            held=Money(held[row.pk], row.currency),
        )
        for row in Account.objects.order_by("code")
    ]


def totals(rows: Sequence[Standing | Turnover]) -> dict[str, tuple[Money, Money]]:
    """All debits and all credits by currency; in sound books the two are equal."""
    sides: dict[str, tuple[list[Money], list[Money]]] = {}
    for row in rows:
        debits, credits = sides.setdefault(row.debits.currency, ([], []))
        debits.append(row.debits)
        credits.append(row.credits)
    return {
        currency: (total(sides[currency][0], currency), total(sides[currency][1], currency))
        for currency in sorted(sides)
    }


def differences(standings: list[Standing]) -> list[Difference]:
    """Every broken rule: overdrawn accounts, sums that are not zero, and what is wrong with single rows."""
    return [*_of_accounts(standings), *audit.of_rows()]


def _of_accounts(standings: list[Standing]) -> Iterator[Difference]:
    for row in standings:
        if not row.overdraft and row.available.minor < 0:
            yield Difference("account.overdrawn", row.code, f"{row.balance} of which {row.held} are held")
    for currency, (debits, credits) in totals(standings).items():
        if debits != credits:
            yield Difference("sum.not_zero", currency, f"debits {debits}, credits {credits}")
