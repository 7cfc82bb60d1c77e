"""What people hand in to hurt: each refused with a reason before it is parsed or unpacked, soon, and nothing is fetched."""
# ruff: noqa: E501 (a line is a case, however long)

import io
import socket
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.utils import translation
from lxml import etree

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.rights.importers import archive, cells, markup
from market.rights.importers.delivery import form_of, read_delivery
from tests.market.rights.test_offices import ST66, ST96
from tests.market.rights.test_us_grant import GRANT

TODAY = date(2026, 11, 23)
Made = Callable[[], bytes]


def packed(*files: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    """A ZIP archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return out.getvalue()


def member(name: str, mode: int = stat.S_IFREG, flag: int = 0) -> zipfile.ZipInfo:
    """A file of an archive with the mode (link, device) its maker claims."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o644) << 16
    info.flag_bits = flag
    return info


def locked() -> bytes:
    """An archive whose one file says that it has a password."""
    data = bytearray(packed(("a.xml", ST66)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying() -> bytes:
    """An archive whose one file says that it is smaller than it is."""
    size = len(GRANT.encode())
    return packed(("a.xml", GRANT)).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def overlapping() -> bytes:
    """An archive whose two files are said to begin at the same place."""
    data = bytearray(packed(("a.xml", ST66), ("b.xml", ST66)))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
QUADRATIC = f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 50_000}</a>'
HOSTILE: list[tuple[str, Made, str, str]] = [
    ("C-19 a thousand million laughs", lambda: GRANT.replace("[ ]", f'[<!ENTITY l0 "ha">{BOMB}]').replace("An anode", "&l11;").encode(), "import.unsafe_markup", "entities"),
    ("C-19 quadratic", QUADRATIC.encode, "import.unsafe_markup", "entities"),
    ("C-20 a file of ours", GRANT.replace("[ ]", '[<!ENTITY a SYSTEM "file:///etc/passwd">]').replace("An anode", "&a;").encode, "import.unsafe_markup", "entities"),
    ("C-20 a parameter entity", GRANT.replace("[ ]", '[<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]').encode, "import.unsafe_markup", "entities"),
    ("C-20 an entity behind the pictures", GRANT.replace("[ ]", '[<!ENTITY p SYSTEM "p" NDATA TIF><!ENTITY a "b">]').encode, "import.unsafe_markup", "entities"),
    ("C-20 two document types", GRANT.replace("<us-patent-grant ", '<!DOCTYPE a [<!ENTITY b "c">]><us-patent-grant ', 1).encode, "import.unsafe_markup", "entities"),
    ("C-19 elements of its own", GRANT.replace("[ ]", "[<!ELEMENT a ANY>]").encode, "import.unsafe_markup", "entities"),
    ("C-19 a document type without end", lambda: b"<!DOCTYPE a [" + b"<!--x-->" * 100_000, "import.unsafe_markup", "entities"),
    ("C-22 a hundred thousand deep", lambda: b"<a>" * 100_000 + b"</a>" * 100_000, "import.unsafe_markup", "deep"),
    ("C-22 an attribute of 10 MB", lambda: b'<a b="' + b"x" * 10_000_000 + b'"/>', "import.unsafe_markup", "tag"),
    ("C-22 a million name spaces", lambda: b"<a" + b"".join(b' xmlns:n%d="u"' % n for n in range(100_000)) + b"/>", "import.unsafe_markup", "tag"),
    ("C-22 larger than any office's", lambda: b"<" + b" " * markup.LARGEST, "import.unreadable", "too_large"),
    ("C-23 ST.36 that says it is ST.96", ST96.replace("<tmk:Trademark>", "<tmk:exchange-document>").replace("</tmk:Trademark>", "</tmk:exchange-document>").encode, "import.unreadable", "unknown_format"),
    ("C-24 UTF-8 that is not", lambda: GRANT.encode().replace(b"An anode", b"An \xff\xfe anode"), "import.wrong_encoding", ""),
    ("C-24 UTF-7", GRANT.replace('"UTF-8"', '"UTF-7"').encode, "import.wrong_encoding", ""),
    ("C-24 UTF-16 in name only", GRANT.replace('"UTF-8"', '"UTF-16"').encode, "import.wrong_encoding", ""),
    ("C-24 UTF-8 in name only", lambda: GRANT.encode("utf-16"), "import.wrong_encoding", ""),
    ("C-24 a letter code from anywhere", GRANT.replace('"UTF-8"', '"rot13"').encode, "import.wrong_encoding", ""),
    ("C-25 a comment inside a number", GRANT.replace("09123456", "0912<!-- 1 -->3456").encode, "import.unreadable", "incomplete"),
    ("C-25 an instruction inside a day", GRANT.replace("20150901", "2015<?a?>0901").encode, "import.unreadable", "incomplete"),
    ("F-05 a path that climbs", lambda: packed(("../../x.xml", ST66)), "import.unsafe_archive", "path"),
    ("F-05 a path that climbs the other way", lambda: packed(("a\\..\\..\\x.xml", ST66)), "import.unsafe_archive", "path"),
    ("F-05 a path from the root", lambda: packed(("/etc/x.xml", ST66)), "import.unsafe_archive", "path"),
    ("F-05 a drive", lambda: packed(("C:x.xml", ST66)), "import.unsafe_archive", "path"),
    ("F-05 a link", lambda: packed((member("a.xml", stat.S_IFLNK), "/etc/passwd")), "import.unsafe_archive", "link"),
    ("F-05 a device", lambda: packed((member("a.xml", stat.S_IFCHR), b"")), "import.unsafe_archive", "link"),
    ("F-05 a password", locked, "import.unsafe_archive", "password"),
    ("F-05 more files than anybody has", lambda: packed(*((f"{n}.xml", "") for n in range(archive.MEMBERS + 1))), "import.unsafe_archive", "many"),
    ("F-05 an archive in an archive", lambda: packed(("a.zip", packed(("b.xml", ST66)))), "import.unsafe_archive", "nested"),
    ("F-05 an archive under another name", lambda: packed(("a.xml", packed(("b.xml", ST66)))), "import.unsafe_archive", "nested"),
    ("F-05 a tape in an archive", lambda: packed(("a.xml", b"\x1f\x8b\x08" + bytes(20))), "import.unsafe_archive", "nested"),
    ("C-14 zeros, squeezed", lambda: packed(("a.xml", bytes(8_000_000))), "import.unsafe_archive", "bomb"),
    ("C-15 a size that lies", lying, "import.unsafe_archive", "damaged"),
    ("C-15 files that overlap", overlapping, "import.unsafe_archive", "bomb"),
    ("F-05 an archive cut short", lambda: packed(("a.xml", GRANT))[:-30], "import.not_a_table", ""),
    ("F-05 nothing in it", lambda: packed(("a/", b"")), "import.no_rows", ""),
    ("C-18 a PDF", lambda: b"%PDF-1.7\n" + bytes(50), "import.not_a_table", ""),
    ("C-18 a workbook of the old kind, or locked", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "import.not_a_table", ""),
    ("C-18 a document of words", lambda: packed(("[Content_Types].xml", "<a/>"), ("word/document.xml", "<a/>")), "import.not_a_table", ""),
    ("F-02 a program", lambda: b"MZ\x90\x00" + bytes(50), "import.not_a_table", ""),
    ("F-02 a page", lambda: b"<html><script>alert(1)</script></html>", "import.unreadable", "unknown_format"),
    ("F-01 a drawing with a script", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "import.unreadable", "unknown_format"),
    ("F-08 nothing", lambda: b"", "import.no_rows", ""),
    ("C-01 a mark and nothing else", lambda: b"\xef\xbb\xbf", "import.no_rows", ""),
    ("C-03 a quote without end", lambda: '类型,号码,名称\n发明,"1,甲\n'.encode(), "import.broken_row", ""),
    ("C-03 a cell of 10 MB", lambda: b"Kind,Number,Title\nx,1," + b"x" * 10_000_000, "import.broken_row", ""),
    ("C-04 a column twice", lambda: "类型,号码,名称,Kind\n发明,1,甲,发明\n".encode(), "import.duplicate_column", ""),
    ("C-04 a column not there", lambda: "类型,名称\n发明,甲\n".encode(), "import.missing_column", ""),
    ("C-05 a million rows", lambda: b"Kind,Number,Title\n" + b"x,1,y\n" * 1_000_001, "import.too_many_rows", ""),
    ("C-05 more than anybody uploads", lambda: b"x" * (cells.LARGEST + 1), "import.too_large", ""),
]  # fmt: skip


@pytest.mark.parametrize(("how", "made", "code", "reason"), HOSTILE, ids=[how for how, *_rest in HOSTILE])
def test_it_is_refused_and_told_how_to_go_on(how: str, made: Made, code: str, reason: str) -> None:
    (line,) = read_delivery("handed-in.xml", made(), today=TODAY)
    ((_column, refused),) = line.faults
    assert line.draft is None
    assert (refused.code, refused.facts.get("reason", "")) == (code, reason)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said = sentence(refused)
        assert said.endswith((".", "。"))
        assert "  " not in said


def test_nothing_is_parsed_that_declares_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etree, "fromstring", None)
    for how, made, code, reason in HOSTILE:
        if code == "import.unsafe_markup" and reason != "deep":
            (line,) = read_delivery(how, made(), today=TODAY)
            assert line.faults[0][1].code == code


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A door on this machine that tells whether anybody knocked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_no_request_leaves_whatever_a_file_names(listener: socket.socket) -> None:
    there = f"http://127.0.0.1:{listener.getsockname()[1]}/a"
    names = [
        ST66.replace("<Transaction ", f'<!DOCTYPE Transaction SYSTEM "{there}"><Transaction ', 1),
        ST66.replace("<Transaction ", f'<!DOCTYPE Transaction PUBLIC "-//x" "{there}"><Transaction ', 1),
        ST66.replace("<Transaction ", f'<?xml-stylesheet href="{there}"?><Transaction ', 1),
        ST96.replace("http://127.0.0.1:9/a.xsd", there),
        ST66.replace(
            "</TradeMark>", f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{there}"/></TradeMark>'
        ),
    ]
    for text in names:
        (line,) = read_delivery("a.xml", text.encode(), today=TODAY)
        assert line.draft
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_an_archive_gives_its_files_and_leaves_the_system_s_own_out() -> None:
    table = "类型,号码,名称\n发明,201310699744.2,甲\n特许,1,乙\n"
    data = packed(
        ("b/grant.XML", GRANT),
        ("a.xml", ST66),
        ("t.csv", table),
        ("broken.xml", "<"),
        ("__MACOSX/._a.xml", b"\0\5\x16\7"),
        ("b/.DS_Store", b"\0"),
    )
    read = list(read_delivery("all.zip", data, today=TODAY))
    assert [(line.file, line.row, bool(line.draft)) for line in read] == [
        ("a.xml", 0, True),
        ("b/grant.XML", 0, True),
        ("broken.xml", 0, False),
        ("t.csv", 2, True),
        ("t.csv", 3, False),
    ]


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (GRANT.encode(), "xml"),
        (ST66.encode("utf-16"), "xml"),
        (b"\xef\xbb\xbf \n<a/>", "xml"),
        (packed(("a.xml", "<a/>")), "zip"),
        (packed(("xl/workbook.xml", "<a/>")), "xlsx"),
        (b"id\ttitle\n", "tsv"),
        ("类型;号码\n".encode("gb18030"), "csv"),
        ("类型,号码\n".encode("utf-16"), "csv"),
    ],
)
def test_a_file_is_told_by_its_content(data: bytes, form: str) -> None:
    assert form_of("named.exe", data) == form


def test_what_is_nothing_has_no_form() -> None:
    with pytest.raises(Refused, match=r"import\.not_a_table"):
        form_of("a.csv", b"\x89PNG\r\n\x1a\n")
