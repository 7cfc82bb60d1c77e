"""In which order an escrow is paid out, and how much each gets: claims in, lines out.

When title has passed: the pledgee (民法典 444), the agency's commission (拍卖法 56), fees laid out, taxes withheld, the
co-owners by their shares, the inventors, the seller. Each claim is paid as far as the money goes; what is missing is stated
on its line. When a deal is undone everything goes back to the buyer, less the fees laid out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm

from market.deals.rules.figures import Figures, Quote
from market.kernel.errors import Refused, ensure
from market.kernel.formats import money
from market.kernel.money import Money, total
from market.listings.fees.rules import Fee, typed

PLEDGE, FEE, TAX, INVENTORS = "pledge", "fee", "tax", "inventors"
PREMIUM, COMMISSION, PROCEEDS = "premium", "commission", "proceeds"
PRICE_BACK, DEPOSIT_BACK = "price_back", "deposit_back"
# Of what the agency enters, what comes first; commission lies between the pledges and the rest.
CLAIMED = (PLEDGE, FEE, TAX, INVENTORS)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who gets a share of the proceeds."""

    code: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody is to get before the holders: `kind` is one of CLAIMED, `payee` a party's code.

    `of` is the holder whose share alone bears it ("" when it comes off the whole price), `formula` how the amount comes
    about, `inputs` what it was computed from, `number` the claim's own. With a `part` it is that part of what is left of the
    holder's share after all else, whatever `amount` says.
    """

    kind: str
    payee: str
    amount: Money
    formula: str
    of: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    number: int | None = None
    part: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a settlement: `payee` is a party's code, `formula` how the amount comes about, `source` its ground.

    `short` is what was claimed and is not there. `claim` is the number of the claim it pays.
    """

    kind: str
    payee: str
    amount: Money
    formula: str
    source: str
    short: Money
    inputs: Mapping[str, str] = field(default_factory=dict)
    claim: int | None = None


class _Pot:
    """What is left to share out: `take` pays a line as far as the money goes, `spent` says what went before."""

    def __init__(self, whole: Money) -> None:
        self.left = whole
        self.spent = money(whole, "2")

    def take(
        self, kind: str, payee: str, asked: Money, formula: str, source: str, *, claim: Claim | None = None
    ) -> Line:
        paid = min(asked, self.left)
        self.left -= paid
        if paid:
            self.spent += f" − {money(paid, '2')}"
        inputs, number = (claim.inputs, claim.number) if claim else ({}, None)
        return Line(kind, payee, paid, formula, source, asked - paid, inputs, number)

    def pay(self, claims: Iterable[Claim], kind: str, of: str = "") -> list[Line]:
        mine = (claim for claim in claims if (claim.kind, claim.of) == (kind, of) and claim.part is None)
        return [self.take(kind, claim.payee, claim.amount, claim.formula, kind, claim=claim) for claim in mine]

    def reward(self, claims: Iterable[Claim], of: str) -> list[Line]:
        """Pay those who get a part of what is left: together never less than their parts, so up to the next minor unit
        (促进科技成果转化法 45), split by largest remainder."""
        mine = [(claim, claim.part) for claim in claims if claim.of == of and claim.part is not None]
        if not mine:
            return []
        net, parts = self.left, [part for _claim, part in mine]
        whole, common = sum(parts, Fraction(0)), lcm(*(part.denominator for part in parts))
        pool = Money(-(-net.minor * whole.numerator // whole.denominator), net.currency)
        amounts = pool.split([int(part * common) for part in parts])
        return [
            self.take(INVENTORS, claim.payee, amount, f"{money(net, '2')} × {part}", INVENTORS, claim=claim)
            for (claim, part), amount in zip(mine, amounts, strict=True)
        ]


def waterfall(
    quote: Quote, *, agency: str, seller: str, holders: Sequence[Holder], claims: Sequence[Claim] = ()
) -> list[Line]:
    """Share out what the buyer paid, in the order of the law; claims of one kind in the order given (民法典 414).

    The premium is the buyer's own payment to the agency and never pays the seller's debts. The holders' shares are split by
    largest remainder. The lines add up to price and premium, to the minor unit; nothing is written for nothing.
    """
    ensure(sum(holder.share for holder in holders) == 1, "the holders' shares make up the whole")
    figures, (premium, commission) = quote.figures, (quote.premium, quote.commission)
    zero, pot = Money.zero(figures.price.currency), _Pot(figures.price)
    lines = pot.pay(claims, PLEDGE)
    lines.append(Line(PREMIUM, agency, premium.amount, premium.formula, "commission", zero, _agreed(premium, figures)))
    paid = pot.take(COMMISSION, agency, commission.amount, commission.formula, "commission")
    lines.append(replace(paid, inputs=_agreed(commission, figures)))
    lines += [*pot.pay(claims, FEE), *pot.pay(claims, TAX), *pot.pay(claims, INVENTORS)]
    whole = lcm(*(holder.share.denominator for holder in holders))
    parts = pot.left.split([int(holder.share * whole) for holder in holders])
    taxes: list[Line] = []
    others: list[Line] = []
    inventors: list[Line] = []
    sellers: list[Line] = []
    for holder, part in zip(holders, parts, strict=True):
        one = holder.share == 1
        own = _Pot(part)
        own.spent = pot.spent if one else f"({pot.spent}) × {holder.share}"
        taxes += own.pay(claims, TAX, holder.code)
        inventors += [*own.pay(claims, INVENTORS, holder.code), *own.reward(claims, holder.code)]
        inputs = {"shared": pot.left.plain(), "share": str(holder.share)}
        rest = Line(PROCEEDS, holder.code, own.left, own.spent, "contract" if one else "shares", zero, inputs)
        (sellers if holder.code == seller else others).append(rest)
    lines += [*taxes, *others, *inventors, *sellers]
    return _written(lines, figures.total_due)


def _agreed(fee: Fee, figures: Figures) -> dict[str, str]:
    """What a fee was computed from: the price, every term that was agreed, and which of them decided."""
    terms = fee.terms
    said = {"price": figures.price.plain(), "tiers": typed(terms), "least": terms.minimum.plain()}
    said |= {"cap_bp": str(terms.cap_bp), "decided_by": fee.decided_by, "agreed": "yes" if terms.agreed else "no"}
    return said | ({"schedule": terms.code, "schedule_name": terms.name} if terms.code else {})


def undone(*, paid: Money, deposit: Money, buyer: str, source: str, claims: Sequence[Claim] = ()) -> list[Line]:
    """Give back what the buyer `paid` and its `deposit`: no commission is earned, and only fees laid out come off first.

    `source` is why the deal was undone. The lines add up to the escrow.
    """
    pot = _Pot(paid + deposit)
    lines = pot.pay(claims, FEE)
    off = paid + deposit - pot.left
    price, bond = paid - min(off, paid), deposit - max(off - paid, Money.zero(off.currency))
    zero, less = Money.zero(off.currency), f" − {money(min(off, paid), '2')}" if off else ""
    lines.append(Line(PRICE_BACK, buyer, price, f"{money(paid, '2')}{less}", source, zero))
    beyond = f" − {money(deposit - bond, '2')}" if deposit != bond else ""
    lines.append(Line(DEPOSIT_BACK, buyer, bond, f"{money(deposit, '2')}{beyond}", source, zero))
    return _written(lines, paid + deposit)


def _written(lines: Sequence[Line], whole: Money) -> list[Line]:
    """The lines that pay something or fall short, which add up to the `whole`."""
    shared = total([line.amount for line in lines], whole.currency)
    ensure(shared == whole, "the lines add up to what came in")
    return [line for line in lines if line.amount or line.short]


def check_balanced(escrow: Money, lines: Sequence[Money]) -> None:
    """Refused `settlement.unbalanced` unless the lines add up to the escrow, to the minor unit."""
    shared = total(lines, escrow.currency)
    if shared != escrow:
        raise Refused("settlement.unbalanced", escrow=escrow, shared=shared)
