"""Tables for spreadsheets: numbers stay numbers, and no text becomes a formula."""

from decimal import Decimal

from market.kernel.tables import csv_file


def test_a_table_is_read_by_excel_and_holds_no_formula() -> None:
    written = csv_file([["=1+1", -5, Decimal("-1.50")], ["-5", "甲", '"']])
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode("utf-8-sig") == '\'=1+1,-5,-1.50\r\n\'-5,甲,""""\r\n'
