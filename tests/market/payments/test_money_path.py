"""The whole way of the money: deposits in, one set off and one back, price in, title passed, settled, paid out."""

from fractions import Fraction

import pytest

from market.deals.models import Deal
from market.kernel.money import Money
from market.ledger import books
from market.ledger import queries as ledger
from market.parties.models import Party, User
from market.payments import actions, handlers, queries
from market.payments.models import Charge, Payout, Settlement
from market.payments.settlements import queries as settlements
from market.trail.models import Fact
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db


def test_every_yuan_that_came_in_goes_out_again_to_whom_it_belongs(
    jida: Party, anne_co: Party, bob_co: Party, carol_co: Party, agency: Party, finance_sun: User
) -> None:
    stage.deposit("B-ANNE", anne_co, agency, finance_sun)
    stage.deposit("B-BOB", bob_co, agency, finance_sun)
    deal = stage.deal(jida, anne_co, agency, co_owners={carol_co: Fraction(1, 3)})

    actions.apply_deposit("B-ANNE", actor="system:closer")
    refund = actions.release_deposit("B-BOB", payee=bob_co, agency=agency, actor="system:closer")
    stage.send(stage.approved(refund), finance_sun)
    assert stage.standing() == {f"bank:{agency.code}": yuan(100_000), f"escrow:{stage.ORIGIN}": yuan(100_000)}

    deal = stage.walk(deal, "signed")
    handlers.on_deal_signed(stage.fact("deal.signed", deal))
    price = Charge.objects.get(subject=deal.ref)
    assert price.amount == yuan(1_180_000 + 59_000 - 100_000)
    stage.confirm(price, finance_sun)
    assert Deal.objects.get().state == "paid"
    assert queries.escrow(deal) == yuan(1_239_000)

    deal = stage.walk(deal, "title_passed")
    handlers.on_deal_title_passed(stage.fact("deal.title_passed", deal))
    settlement = Settlement.objects.get()
    lines = [(line.kind, line.payee, line.amount, line.formula, line.source) for line in settlement.lines.all()]
    assert lines == [
        ("premium", agency, yuan(59_000), "¥1,180,000.00 × 5%", "commission"),
        ("commission", agency, yuan(35_400), "¥1,180,000.00 × 3%", "commission"),
        ("proceeds", carol_co, Money(381_533_33, "CNY"), "(¥1,180,000.00 − ¥35,400.00) × 1/3", "shares"),
        ("proceeds", jida, Money(763_066_67, "CNY"), "(¥1,180,000.00 − ¥35,400.00) × 2/3", "shares"),
    ]
    actions.post_settlement(settlement=settlement, by=finance_sun)
    assert Deal.objects.get().state == "settled"
    assert queries.escrow(deal) == yuan(0)

    payouts = list(Payout.objects.filter(subject=deal.ref).order_by("pk"))
    assert [(row.payee, row.purpose, row.amount) for row in payouts] == [
        (agency, "commission", yuan(94_400)),
        (carol_co, "proceeds", Money(381_533_33, "CNY")),
        (jida, "proceeds", Money(763_066_67, "CNY")),
    ]
    payouts = [stage.approved(row) for row in payouts]
    stage.send(payouts[1], finance_sun)
    assert Deal.objects.get().state == "settled", "one holder still waits"
    stage.send(payouts[2], finance_sun)
    assert Deal.objects.get().state == "closed"
    stage.send(payouts[0], finance_sun)

    assert stage.standing() == {}, "every account that should be empty is"
    standings = ledger.trial_balance()
    assert ledger.differences(standings) == []
    assert all(debits == credits for debits, credits in ledger.totals(standings).values())
    statement = Settlement.objects.get().statement
    assert statement is not None
    assert statement.file.open().read(5) == b"%PDF-"
    assert set(statement.document.readers.all()) == {jida, carol_co}


def test_a_deposit_that_covers_everything_pays_the_deal(
    jida: Party, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    stage.deposit("B-ANNE", anne_co, agency, finance_sun, amount=yuan(105))
    deal = stage.walk(stage.deal(jida, anne_co, agency, price=yuan(100)), "signed")
    actions.apply_deposit("B-ANNE", actor="system:closer")
    fact = stage.fact("deal.signed", deal)
    handlers.on_deal_signed(fact)
    handlers.on_deal_signed(fact)
    assert Deal.objects.get().state == "paid"
    assert not Charge.objects.filter(purpose="price").exists()


def test_a_deposit_beyond_price_and_premium_is_a_fault_somebody_must_look_at(
    jida: Party, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    stage.deposit("B-ANNE", anne_co, agency, finance_sun, amount=yuan(106))
    deal = stage.walk(stage.deal(jida, anne_co, agency, price=yuan(100)), "signed")
    actions.apply_deposit("B-ANNE", actor="system:closer")
    with pytest.raises(AssertionError, match="more than its price"):
        handlers.on_deal_signed(stage.fact("deal.signed", deal))


@pytest.mark.parametrize("state", stage.WALK[: stage.WALK.index("title_passed")])
def test_the_sellers_money_stays_in_escrow_before_title_has_passed(
    state: str, jida: Party, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    """In every earlier state: nothing can be prepared, and what was prepared by mistake is not posted."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun, amount=yuan(105))
    deal = stage.walk(stage.deal(jida, anne_co, agency, price=yuan(100)), state)
    actions.apply_deposit("B-ANNE", actor="system:closer")
    stage.refused("settlement.too_early", lambda: actions.prepare_settlement(deal, actor="system:x"))
    forged = Settlement.objects.create(deal=deal)
    lines, payees = settlements.waterfall(deal)
    for number, line in enumerate(lines, 1):
        forged.lines.create(
            number=number, kind=line.kind, payee=payees[line.payee], amount_minor=line.amount.minor, source=line.source
        )
    stage.refused("settlement.too_early", lambda: actions.post_settlement(settlement=forged, by=finance_sun))
    assert queries.escrow(deal) == yuan(105)


@pytest.mark.parametrize("state", ["refused", "rescinded", "annulled", "defaulted"])
def test_nor_does_it_leave_when_the_deal_went_wrong(state: str, jida: Party, anne_co: Party, agency: Party) -> None:
    deal = stage.deal(jida, anne_co, agency)
    Deal.objects.filter(pk=deal.pk).update(state=state)
    stage.refused("settlement.too_early", lambda: actions.prepare_settlement(deal, actor="system:x"))


def passed(jida: Party, anne_co: Party, agency: Party, by: User) -> Settlement:
    """A small deal whose title has passed, with its settlement prepared."""
    stage.deposit("B-ANNE", anne_co, agency, by, amount=yuan(105))
    deal = stage.deal(jida, anne_co, agency, price=yuan(100))
    actions.apply_deposit("B-ANNE", actor="system:closer")
    return actions.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")


def test_a_settlement_is_prepared_and_posted_once(
    jida: Party, anne_co: Party, agency: Party, finance_sun: User, deliver: object
) -> None:
    settlement = passed(jida, anne_co, agency, finance_sun)
    assert actions.prepare_settlement(settlement.deal, actor="system:x") == settlement
    for _ in range(2):
        assert actions.post_settlement(settlement=settlement, by=finance_sun).state == "posted"
    assert Payout.objects.filter(subject=settlement.deal.ref).count() == 2
    assert Fact.objects.filter(name="settlement.posted").count() == 1
    assert actions.prepare_settlement(Deal.objects.get(), actor="system:x") == settlement


def test_lines_that_do_not_add_up_to_the_escrow_move_nothing(
    jida: Party, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    settlement = passed(jida, anne_co, agency, finance_sun)
    books.transfer(yuan(1), debit=f"bank:{agency.code}", credit=f"escrow:{stage.ORIGIN}", ref="stray", memo="stray")
    caught = stage.refused(
        "settlement.unbalanced", lambda: actions.post_settlement(settlement=settlement, by=finance_sun)
    )
    assert caught.facts == {"escrow": yuan(106), "shared": yuan(105)}


def test_an_escrow_that_is_short_is_not_even_prepared(jida: Party, anne_co: Party, agency: Party) -> None:
    deal = stage.walk(stage.deal(jida, anne_co, agency), "title_passed")
    stage.refused("settlement.unbalanced", lambda: actions.prepare_settlement(deal, actor="system:x"))


def test_no_commission_and_no_premium_leave_one_line(
    jida: Party, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    stage.deposit("B-ANNE", anne_co, agency, finance_sun, amount=yuan(100))
    deal = stage.deal(jida, anne_co, agency, price=yuan(100), premium_bp=0, commission_bp=0)
    actions.apply_deposit("B-ANNE", actor="system:closer")
    settlement = actions.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")
    assert [(line.payee, line.amount, line.source) for line in settlement.lines.all()] == [
        (jida, yuan(100), "contract")
    ]
    actions.post_settlement(settlement=settlement, by=finance_sun)
    stage.send(stage.approved(Payout.objects.get()), finance_sun)
    assert (Deal.objects.get().state, stage.standing()) == ("closed", {})
