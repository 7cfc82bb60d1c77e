"""The table template goes out, comes back filled in, and every wrong cell is named; nothing harmful is opened."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from market.kernel.errors import Refused
from market.rights.importers import cells
from market.rights.importers.columns import EXAMPLE, TEMPLATE_COLUMNS
from market.rights.importers.delivery import open_delivery
from market.rights.importers.drafts import Line, RightDraft
from market.rights.importers.template import write_template

TODAY = date(2026, 11, 23)
HEADINGS = "类型,号码,名称,权利人统一社会信用代码,申请日,授权或注册登记日,尼斯分类,类似群,IPC or Locarno"
GOOD = "发明专利,201310699744.2,一种电池,91110000600037341L,2013-12-18,2015-06-03,,,H01M 10/0525"


class Reading:
    """What a table holds, read to its end."""

    def __init__(self, name: str, data: bytes) -> None:
        delivery = open_delivery(name, data, today=TODAY)
        self.unknown, self.encoding = delivery.unknown, delivery.encoding
        self.lines: list[Line] = list(delivery.lines)
        self.drafts: list[RightDraft] = [line.draft for line in self.lines if line.draft]
        self.faults = [(line.row, column, refused) for line in self.lines for column, refused in line.faults]


def read_table(name: str, data: bytes) -> Reading:
    return Reading(name, data)


def read(text: str, name: str = "t.csv") -> Reading:
    return read_table(name, text.encode())


def told(reading: Reading) -> list[tuple[int, str, str]]:
    return [(row, column.split()[0], refused.code) for row, column, refused in reading.faults]


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, **changes: bytes) -> bytes:
    """The workbook with members replaced or added (`xl__workbook_xml` is xl/workbook.xml)."""
    new = {key.replace("__", "/").replace("_", "."): value for key, value in changes.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in old.namelist():
            packed.writestr(name, new.pop(name, None) or old.read(name))
        for name, content in new.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_as_downloaded_holds_only_examples(form: str) -> None:
    with pytest.raises(Refused, match=r"import\.no_rows"):
        read_table(f"t.{form}", write_template(form))


def test_every_example_is_a_right_once_its_mark_is_gone() -> None:
    reading = read_table("t.csv", write_template("csv").replace(EXAMPLE.encode(), b""))
    assert reading.faults == []
    assert reading.unknown == ()
    assert [(draft.kind, draft.type) for draft in reading.drafts] == [
        ("patent", "invention"),
        ("patent", "utility"),
        ("patent", "design"),
        ("trademark", ""),
        ("copyright", "software"),
        ("copyright", "artistic"),
    ]
    invention = reading.drafts[0]
    assert (invention.application_no, invention.grant_no) == ("202210000001.0", "ZL202210000001.0")
    assert (invention.publication_no, invention.publication_kind) == ("CN114000001B", "B")
    assert (invention.ipc, invention.inventors) == (("H01M 4/36", "H01M 10/0525"), ("宋薇", "郑凯"))
    assert [draft.expires_on for draft in reading.drafts] == [
        date(2042, 1, 3),
        date(2032, 1, 3),
        date(2037, 1, 3),
        date(2024, 9, 6),
        date(2071, 12, 31),
        None,
    ]


def test_both_forms_say_the_same() -> None:
    book = load_workbook(io.BytesIO(write_template("xlsx")))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        row[3].value = str(row[3].value or "").replace(EXAMPLE, "") or None
    out = io.BytesIO()
    book.save(out)
    by_book = read_table("t", out.getvalue())
    by_text = read_table("t", write_template("csv").replace(EXAMPLE.encode(), b""))
    assert by_book.drafts == by_text.drafts
    assert (by_book.encoding, by_text.encoding) == ("xlsx", "utf-8")
    assert next(cell.value for cell in sheet[1]) == f"{TEMPLATE_COLUMNS[0].heading} *"


def test_there_is_no_other_template() -> None:
    with pytest.raises(Refused, match=r"import\.unknown_form"):
        write_template("ods")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_encoding_and_separator(encoding: str, separator: str) -> None:
    text = f"{HEADINGS}\r\n{GOOD}\r\n".replace(",", separator)
    reading = read_table("t.csv", text.encode(encoding))
    assert [draft.title for draft in reading.drafts] == ["一种电池"]
    assert reading.encoding == encoding.removesuffix("-sig")


def test_headings_may_be_in_either_language_and_any_order() -> None:
    reading = read(" Title ,KIND,编号,Number　号码 *\n一种电池,invention,x,201310699744.2\n")
    assert [draft.number for draft in reading.drafts] == ["201310699744.2"]
    assert reading.unknown == ("编号",)


def test_a_good_row_stays_when_others_fail_and_every_fault_is_told() -> None:
    reading = read(
        f"{HEADINGS}\n{GOOD}\n"
        "发明专利,201310699744.3,甲,91110000600037341M,2013/12/18,2012-06-03,,,H01M10\n"
        "特许,1,,,,,,,\n"
        "\n"
        "注册商标,1590557,乙,,01/02/03,43831,9,2501;901,\n"
        "注册商标,1590558,丙,,20270101,2015年13月1日,,,\n"
    )
    assert [draft.row for draft in reading.drafts] == [2]
    assert told(reading) == [
        (3, "号码", "right.check_digit"),
        (3, "授权或注册登记日", "import.dates_crossed"),
        (3, "权利人统一社会信用代码", "uscc.check_digit"),
        (3, "国际专利分类或洛迦诺分类", "right.symbol_format"),
        (4, "类型", "import.cell_unknown"),
        (4, "名称", "import.cell_missing"),
        (6, "申请日", "import.date"),
        (6, "授权或注册登记日", "import.date"),
        (6, "类似群", "right.group_class"),
        (7, "申请日", "import.date_ahead"),
        (7, "授权或注册登记日", "import.date"),
        (7, "尼斯分类", "import.cell_missing"),
    ]


@pytest.mark.parametrize(
    "written", ["2013-12-18", "2013/12/18", "2013.12.18", "2013年12月18日", "20131218", "2013-12-8"]
)
def test_dates_year_first(written: str) -> None:
    reading = read(f"类型,号码,名称,申请日\n发明,2013106997442,甲,{written}\n")
    assert reading.drafts[0].filed_on in (date(2013, 12, 18), date(2013, 12, 8))


def test_the_same_right_twice_is_a_fault_of_the_second_row() -> None:
    reading = read(
        f"{HEADINGS}\n{GOOD}\n发明专利,ZL 2013 1 0699744.2,又一个,,,,,,\n注册商标,1590557,甲,,,,9,,\n注册商标,1590557,甲,,,,35,,\n"
    )
    assert told(reading) == [(3, "号码", "import.duplicate_row")]
    assert reading.faults[0][2].facts == {"first": 2}
    assert len(reading.drafts) == 3  # one mark in two classes is two registrations


def test_a_title_is_as_long_as_the_register_keeps() -> None:
    reading = read(f"类型,号码,名称,尼斯分类\n商标,1590557,{'甲' * 601},9\n商标,1590558,{'甲' * 600},9\n")
    assert told(reading) == [(2, "名称", "import.cell_too_long")]


def test_foreign_numbers_go_where_they_belong() -> None:
    reading = read(
        "类型,国家或机构,号码,名称,授权或注册登记日\n"
        'invention,,"US8145555B2",A,2012-03-27\n'
        'invention,US,"12/059,685",B,\n'
        "invention,XX,123456,C,\n"
        "invention,JP,特願2008-101068,D,\n"
    )
    assert [(d.office, d.application_no, d.grant_no) for d in reading.drafts] == [
        ("US", "", "US 8,145,555 B2"),
        ("US", "US 12/059,685", ""),
        ("JP", "JP 2008-101068", ""),
    ]
    assert told(reading) == [(4, "号码", "right.office_unknown")]


def test_formulas_stay_words() -> None:
    reading = read('类型,号码,名称\n发明,201310699744.2,"=HYPERLINK(""http://evil"")"\n')
    assert reading.drafts[0].title == '=HYPERLINK("http://evil")'
    assert read("类型,号码,名称\n发明,201310699744.2,'=1+1\n").drafts[0].title == "=1+1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.no_rows"),
        (b"\xef\xbb\xbf", "import.no_rows"),
        (HEADINGS.encode(), "import.no_rows"),
        (f"{HEADINGS}\n,,,\n".encode(), "import.no_rows"),
        ("类型,名称\n发明,甲\n".encode(), "import.missing_column"),
        ("类型,号码,名称,Kind\n发明,1,甲,发明\n".encode(), "import.duplicate_column"),
        (f'{HEADINGS}\n发明,"1,甲\n'.encode(), "import.broken_row"),
        (b"\x80\xff\xff\x00", "import.not_a_table"),
        (b"a\0b,c\nd,e\n", "import.not_a_table"),
        (b"%PDF-1.7", "import.not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "import.not_a_table"),
        (b"PK\x03\x04" + b"\0" * 40, "import.not_a_table"),
        (b" " * (20 * 1024 * 1024 + 1), "import.too_large"),
        (("类型,号码,名称\n" + "发明,1,甲\n" * 20_001).encode(), "import.too_many_rows"),
        (("类型,号码,名称\n发明,1," + "甲" * 140_000).encode(), "import.broken_row"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_table("t", data)
    assert refused.value.code == code


def test_every_row_of_many_is_read_with_its_own_fault() -> None:
    text = "类型,号码,名称,尼斯分类\n" + "".join(f"商标,{n},甲{n},{9 if n % 1000 else ''}\n" for n in range(1, 3001))
    reading = read(text)
    assert [row for row, _column, _refused in reading.faults] == [1001, 2001, 3001]
    assert len(reading.drafts) == 2997


def test_a_workbook_keeps_dates_and_whole_numbers() -> None:
    data = workbook(
        [
            ["类型", "号码", "名称", "申请日", "尼斯分类"],
            ["注册商标", 1590557, "甲", datetime(2000, 5, 9), 9.0],  # noqa: DTZ001 (as a spreadsheet stores it)
            ["发明专利", 201310699744.2, "乙", date(2013, 12, 18), None],
        ]
    )
    reading = read_table("t.xlsx", data)
    assert reading.faults == []
    assert [(d.number, d.filed_on, d.nice_class) for d in reading.drafts] == [
        ("1590557", date(2000, 5, 9), 9),
        ("201310699744.2", date(2013, 12, 18), None),
    ]


def test_the_first_visible_sheet_is_read() -> None:
    book = Workbook()
    book.worksheets[0].append(["类型", "号码", "名称"])
    book.worksheets[0].sheet_state = "hidden"
    sheet = book.create_sheet("shown")
    sheet.append(["类型", "号码", "名称"])
    sheet.append(["发明", "201310699744.2", "甲"])
    out = io.BytesIO()
    book.save(out)
    assert len(read_table("t.xlsx", out.getvalue()).drafts) == 1


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s<sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>类型</t></is></c></row>%s</sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"xl__vbaProject_bin": b"x"}, "active"),
        ({"xl__embeddings__a_bin": b"x"}, "active"),
        ({"xl__externalLinks__a_xml": b"<a/>"}, "active"),
        ({"xl__worksheets__sheet1_xml": b"<a>" + b" " * 3_000_000 + b"</a>"}, "bomb"),
        ({f"xl__a{n}_xml": b"<a/>" for n in range(200)}, "bomb"),
        (
            {
                "xl__worksheets__sheet1_xml": (
                    SHEET % ("", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
                ).encode()
            },
            "extent",
        ),
        ({"xl__worksheets__sheet1_xml": b"<!DOCTYPE a []>" + (SHEET % ("", "")).encode()}, "active"),
    ],
)
def test_a_workbook_that_could_hurt_is_refused_before_it_is_parsed(
    changes: dict[str, bytes], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "CalamineWorkbook", None)
    with pytest.raises(Refused) as refused:
        read_table("t.xlsx", repacked(workbook([["类型"]]), **changes))
    assert refused.value.code == "import.unsafe_workbook"
    assert refused.value.facts["reason"] == reason


def test_a_claimed_dimension_alone_costs_nothing() -> None:
    sheet = SHEET % ('<dimension ref="A1:XFD1048576"/>', "")
    with pytest.raises(Refused, match=r"import\.no_rows"):
        read_table("t.xlsx", repacked(workbook([["x"]]), xl__worksheets__sheet1_xml=sheet.encode()))


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    content = (SHEET % ("", "<row/>" * 3000)).encode()
    data = bytearray(repacked(workbook([["x"]]), xl__worksheets__sheet1_xml=content))
    size = len(content).to_bytes(4, "little")
    assert data.count(size) >= 2
    data = bytearray(bytes(data).replace(size, (200).to_bytes(4, "little")))
    with pytest.raises(Refused, match=r"import\.(unsafe_workbook|not_a_table)"):
        read_table("t.xlsx", bytes(data))


def test_a_damaged_part_is_refused() -> None:
    data = repacked(workbook([["x"]]), xl__worksheets__sheet1_xml=b"<worksheet><sheetData>")
    with pytest.raises(Refused, match=r"import\.not_a_table"):
        read_table("t.xlsx", data)
