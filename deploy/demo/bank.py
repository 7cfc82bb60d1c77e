"""Hands in the agency's bank statement of a day: a part of a price, a sum nobody explains, the bank's fee and interest."""

from deploy.demo import cast
from market.kernel import clock
from market.kernel.money import Money
from market.kernel.tables import csv_file
from market.payments.bank import actions, queries
from market.payments.bank.formats.columns import ColumnMap, guess
from market.payments.models import Charge

OPENING = Money(2_000_000_00, "CNY")


def build() -> None:
    """Add the agency's account, and take in a table as its bank exports it, its columns explained."""
    agency, by = cast.party("jigou"), cast.user("caiwu")
    account = actions.open_account(
        agency=agency, bank=agency.bank_name, number=agency.bank_account, bic="", currency="CNY", by=by
    )
    file = actions.hand_in(agency=agency, name="bank.csv", content=csv_file(_table()), account=account, by=by)
    _headings, columns = guess(queries.reopened(file).rows)
    actions.describe(file=file, form=ColumnMap(columns), by=by)


def _table() -> list[list[str]]:
    today, balance = clock.today().isoformat(), OPENING
    rows = [["交易日期", "收入", "支出", "余额", "对方户名", "对方账号", "摘要", "交易流水号"]]
    moved = [
        *(
            (Money(charge.amount_minor // 2, "CNY"), charge.payer.name, "4319000", charge.reference)
            for charge in _due()
        ),
        (Money(88_000_00, "CNY"), "吉林省某某贸易有限公司", "6222020", "货款"),
        (Money(-35_50, "CNY"), "", "", "手续费"),
        (Money(412_09, "CNY"), "", "", "结息"),
    ]
    for number, (amount, name, other, text) in enumerate(moved, 1):
        balance = balance + amount
        came, went = (amount.plain(), "") if amount.minor > 0 else ("", (-amount).plain())
        rows.append([today, came, went, balance.plain(), name, other, text, f"JLB{today.replace('-', '')}{number:05d}"])
    return rows


def _due() -> list[Charge]:
    return list(Charge.objects.filter(agency=cast.party("jigou"), state=Charge.State.DUE).order_by("pk")[:1])
