"""Statements as banks write them are read to the last entry; a broken one is refused, and the refusal names the place."""

import contextlib
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.payments.bank.formats import reading
from market.payments.bank.formats.columns import ColumnMap, check_map, guess
from market.payments.bank.formats.sheet import Entry, Sheet

SAMPLES = Path(__file__).parent / "samples"
TODAY = date(2027, 1, 31)
JILIN = ColumnMap(
    {
        "booked_on": "交易日期",
        "credit": "贷方发生额",
        "debit": "借方发生额",
        "balance": "账户余额",
        "name": "对方户名",
        "account": "对方账号",
        "text": "摘要",
        "remark": "附言",
        "number": "交易流水号",
    }
)
ONE = ColumnMap({"booked_on": "Date", "amount": "Amount", "text": "Details"}, days="dmy", point=",")
SIDED = ColumnMap({"booked_on": "日期", "amount": "金额", "direction": "收支"})


def sample(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def read(data: bytes | str, *maps: ColumnMap, currency: str = "CNY") -> tuple[Sheet, ...]:
    """What a file says, checked as an import checks it."""
    opened = reading.open_file("x", data.encode() if isinstance(data, str) else data)
    if opened.form == reading.TABLE:
        opened = reading.read_table(opened, maps, account="070101200000066", currency=currency) or opened
    reading.check(opened.sheets, today=TODAY)
    return opened.sheets


def signed(entries: Sequence[Entry]) -> list[str]:
    return [entry.signed.plain() for entry in entries]


def test_camt_of_the_newest_version_is_read_to_the_last_entry():
    (sheet,) = read(sample("camt.053.08.xml"))
    assert (sheet.account, sheet.number, sheet.pending) == ("070101200000066", "228", 1)
    assert signed(sheet.entries) == ["100000.00", "90000.00", "60000.00", "-9100.00", "-15.50"]
    first, second, third, taken_back, fee = sheet.entries
    assert (first.number, first.name) == ("JLB2026112400001", "长春光电科技有限公司")
    assert (first.account, first.text, first.end_to_end) == ("431900000000011", "保证金 {reference}", "")
    assert (second.number, third.number) == ("JLB2026112400002/1", "JLB2026112400002/2")
    assert (third.name, third.text, third.booked_on) == ("四平农业装备有限公司", "second of two", date(2026, 11, 24))
    assert taken_back.reversal
    assert (fee.number, fee.text) == ("", "手续费")


def test_camt_of_an_old_version_with_two_accounts_and_a_prefix_is_read():
    euros, dollars = read(sample("camt.053.02.xml"))
    (paid,) = euros.entries
    assert (paid.signed, paid.name, paid.end_to_end) == (Money(-6612, "EUR"), "Jilin University", "O-7K3M9QX2TC")
    assert (paid.account, paid.text) == ("DE21500500009876543210", "RF18539007547034")
    assert (dollars.account, dollars.entries, dollars.closing) == ("DE70200500000000777777", (), Money(0, "USD"))


def test_a_batch_whose_parts_do_not_make_it_up_stays_one_entry():
    (sheet,) = read(sample("camt.053.08.xml").replace('"CNY">60000.00', '"CNY">59999.00'))
    batch = sheet.entries[1]
    assert (batch.signed.plain(), batch.number) == ("150000.00", "JLB2026112400002")
    assert batch.text == "first of two second of two"


def test_mt940_is_read_with_every_kind_of_line():
    chinese, dollars = read(sample("statement.sta").encode("gb18030"))
    assert (chinese.account, chinese.number, chinese.pending) == ("070101200000066", "228/1", 1)
    assert signed(chinese.entries) == ["100000.00", "90000.00", "-9100.00", "-15.50", "15.50"]
    free, coded, taken_back, fee, returned = chinese.entries
    assert (free.number, free.text) == ("JLB2026112400001", "保证金 {reference} 长春光电科技 有限公司 保证金")
    assert (coded.name, coded.account) == ("吉林新材料股份有限公司", "431900000000012")
    assert (coded.text, coded.end_to_end) == ("Deposit for lot 12", "O-2026-4711")
    assert [entry.reversal for entry in chinese.entries] == [False, False, True, False, True]
    assert (taken_back.text, fee.booked_on) == ("冲正 reversal of JLB2026112300044", date(2026, 11, 24))
    assert (returned.end_to_end, returned.name, returned.text) == ("O-7K3M9QX2TC", "Jilin University", "fee returned")
    (interest,) = dollars.entries
    assert (dollars.account, dollars.opening) == ("070101200000066", Money(-500, "USD"))
    assert (interest.signed, interest.booked_on) == (Money(75, "USD"), date(2027, 1, 2))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_bank_s_table_is_read_in_any_encoding(encoding):
    (sheet,) = read(sample("jilin_bank.csv").encode(encoding), JILIN)
    assert signed(sheet.entries) == ["100000.00", "-15.50", "1234.50", "-1234.50"]
    paid, fee, goods, red = sheet.entries
    assert (paid.number, paid.account) == ("JLB2026112000001", "431900000000011")
    assert (paid.name, paid.text) == ("长春光电科技有限公司", "转账 保证金 {reference}")
    assert (fee.name, goods.amount, red.reversal) == ("", Money(123450, "CNY"), True)
    assert (sheet.opening, sheet.closing) == (Money(100_000_000, "CNY"), Money(109_998_450, "CNY"))
    assert sheet.notes == ("1", "2", "3", "10")


def test_the_newest_first_is_the_same_statement_turned_round():
    head, *rows = sample("jilin_bank.csv").splitlines()[4:9]
    (sheet,) = read("\n".join([head, *rows[::-1]]), JILIN)
    assert [entry.row for entry in sheet.entries] == ["5", "4", "3", "2"]
    assert sheet.opening == Money(100_000_000, "CNY")


def test_one_signed_column_and_one_with_its_direction_are_read():
    (european,) = read("Date;Amount;Details\n24.11.2026;1.234,56;goods\n25.11.2026;-7,00;fee\n", ONE, currency="EUR")
    assert signed(european.entries) == ["1234.56", "-7.00"]
    (sided,) = read("日期,金额,收支\n2026年11月24日,100,收入\n20261125,(3),支出\n", SIDED)
    assert signed(sided.entries) == ["100.00", "3.00"]
    assert [entry.reversal for entry in sided.entries] == [False, True]


def test_a_workbook_is_read_as_its_cells_are_typed():
    book, out = Workbook(), io.BytesIO()
    for row in (
        ["日期", "金额", "收支"],
        [datetime.combine(date(2026, 11, 24), time(10, 30)), 1180000.1, "贷"],
        ["2026/11/25", "１２", "借"],
    ):
        book.active.append(row)
    book.save(out)
    (sheet,) = read(out.getvalue(), SIDED)
    assert signed(sheet.entries) == ["1180000.10", "-12.00"]
    assert sheet.entries[0].booked_on == date(2026, 11, 24)


CAMT, STA, CSV = "camt.053.08.xml", "statement.sta", "jilin_bank.csv"


@pytest.mark.parametrize(
    ("gone", "code", "named"),
    [
        (("BkToCstmrStmt", "BkToCstmrAcctRpt"), "bank.form", "BkToCstmrAcctRpt"),
        (("<Stmt>", "<Rpt>", "</Stmt>", "</Rpt>"), "bank.row", "Stmt"),
        (('<Amt Ccy="CNY">15.50</Amt>', ""), "bank.row", "Amt"),
    ],
)
def test_a_statement_of_another_shape_is_refused_with_its_element_named(
    gone: tuple[str, ...], code: str, named: str
) -> None:
    text = sample("camt.053.08.xml")
    for old, new in zip(gone[::2], gone[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(Refused) as caught:
        read(text, JILIN)
    assert (caught.value.code, caught.value.facts["found"]) == (code, named)
    assert named in sentence(caught.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "reason", "row"),
    [
        (CAMT, ">15.50<", ">15.51<", "bank.unbalanced", None, None),
        (CAMT, ">15.50<", "><!-- 1 -->15.50<", "bank.row", "amount", "20261124-070101200000066 Ntry 4"),
        (CAMT, '"CNY">15.50', '"XAU">15.50', "bank.row", "currency", "20261124-070101200000066 Ntry 4"),
        (CAMT, '"CNY">15.50', '"USD">15.50', "bank.row", "mixed", "20261124-070101200000066 Ntry 4"),
        (CAMT, ">15.50<", ">15.505<", "bank.row", "amount", "20261124-070101200000066 Ntry 4"),
        (CAMT, "<RvslInd>", "<CdtDbtInd>X</CdtDbtInd><RvslInd>", None, None, None),
        (
            CAMT,
            "24</Dt></BookgDt><AcctSvcrRef>JLB2026112400003",
            "34</Dt></BookgDt><AcctSvcrRef>J",
            "bank.row",
            "date",
            "20261124-070101200000066 Ntry 3",
        ),
        (CAMT, "PDNG", "MAYBE", "bank.row", "state", "20261124-070101200000066 Ntry 5"),
        (CAMT, "<Id>070101200000066</Id>", "", "bank.row", "account", "20261124-070101200000066"),
        (CAMT, "BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "bank.form", None, None),
        (CAMT, "</Stmt>", "", "import.unreadable", "not_well_formed", None),
        (
            CAMT,
            "<Document",
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]><Document',
            "import.unsafe_markup",
            "entities",
            None,
        ),
        (STA, "C100000,00", "C100000,01", "bank.unbalanced", None, None),
        (STA, "C100000,00", "C10000A,00", "bank.row", "line", "6"),
        (STA, "C100000,00", "C100000,005", "bank.row", "amount", "6"),
        (STA, "2611241124C1", "2613241124C1", "bank.row", "date", "6"),
        (STA, "C261124CNY1000000,00", "C261124CN1000000,00", "bank.row", "balance", "5"),
        (STA, ":62F:C261124CNY", ":62F:C261124USD", "bank.row", "mixed", "19"),
        (STA, ":25:070101200000066CNY", "", "bank.row", "field", "2"),
        (STA, ":62M:", ":63M:", "bank.row", "field", "24"),
        (STA, "EC700,00", "C700,00", "bank.unbalanced", None, None),
        (CSV, '"100,000.00","1,100', '"100,000.01","1,100', None, None, None),
        (CSV, '15.50,,"1,099', '15.51,,"1,099', "bank.row", "balance", "7"),
        (CSV, '15.50,,"1,099', '1.55E1,,"1,099', "bank.row", "amount", "7"),
        (CSV, '15.50,,"1,099', '1,,"1,099,98,4.50', "bank.row", "amount", "7"),
        (CSV, '15.50,,"1,099', ',,"1,099', "bank.row", "amount", "7"),
        (CSV, '15.50,,"1,099', '15.50,1,"1,099', "bank.row", "both", "7"),
        (CSV, "2026-11-21", "46000", "bank.row", "date", "7"),
        (CSV, "2026-11-21", "2026-02-30", "bank.row", "date", "7"),
        (CSV, "2026-11-21", "2030-11-21", "bank.row", "ahead", "7"),
        (CSV, "对方户名", "户名", "bank.nothing", None, None),
        (CSV, "手续费", '"手续费', "import.broken_row", None, None),
    ],
)
def test_a_broken_file_is_refused_whole_and_its_row_named(name, old, new, code, reason, row):
    text = sample(name)
    assert old in text
    broken = text.replace(old, new)
    if code is None:
        read(broken, JILIN)
        return
    with pytest.raises(Refused) as caught:
        read(broken, JILIN)
    assert (caught.value.code, caught.value.facts.get("reason")) == (code, reason)
    assert sentence(caught.value)
    assert caught.value.facts.get("row") == row


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bank.nothing"),
        (b"\xff\xd8\xff\xe0", "import.not_a_table"),
        (b"PK\x03\x04broken", "import.not_a_table"),
        (b"%PDF-1.7", "import.not_a_table"),
        (b"<html><body/></html>", "bank.form"),
        (b":20:X\n:60F:C261124CNY1,\n", "bank.row"),
        ("日期,金额,收支\n".encode(), None),
    ],
)
def test_what_is_no_statement_is_refused(data, code):
    if code is None:
        assert read(data, SIDED)[0].entries == ()
        return
    with pytest.raises(Refused) as caught:
        read(data, SIDED)
    assert caught.value.code == code


def test_the_headings_of_a_new_bank_are_guessed():
    rows = reading.open_file("x", sample(CSV).encode()).rows
    headings, told = guess(rows)
    assert headings[0] == "交易日期"
    assert {field: heading.partition("(")[0] for field, heading in told.items()} == dict(JILIN.columns)
    check_map(ColumnMap(told))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"amount": "金额"}, "day"),
        ({"booked_on": "日期"}, "amount"),
        ({"booked_on": "日期", "credit": "收入"}, "amount"),
        ({"booked_on": "日期", "credit": "收入", "debit": "支出", "amount": "金额"}, "amount"),
        ({"booked_on": "日期", "amount": "日期"}, "twice"),
    ],
)
def test_a_map_says_the_day_and_the_money_once(columns, reason):
    with pytest.raises(Refused) as caught:
        check_map(ColumnMap(columns))
    assert caught.value.facts["reason"] == reason


@settings(max_examples=40)
@given(st.binary(max_size=400), st.sampled_from([CAMT, STA, CSV]), st.integers(0, 3000), st.integers(0, 40))
def test_any_damage_is_read_or_refused_and_never_a_fault(noise, name, at, cut):
    data = sample(name).encode()
    with contextlib.suppress(Refused):
        read(data[:at] + noise + data[at + cut :], JILIN)
