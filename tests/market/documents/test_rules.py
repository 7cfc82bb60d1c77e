"""What may be stored: the content decides, not the name and not what the browser says."""

import pytest

from market.documents.rules import MAX_BYTES, check_upload, clean_name
from market.kernel.errors import Refused
from tests.market.documents.files import CSV, JPG, PDF, PNG, XML, archive, workbook

OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("name", "content", "served"),
    [
        ("合同.pdf", PDF, "application/pdf"),
        ("scan.PNG", PNG, "image/png"),
        ("photo.jpg", JPG, "image/jpeg"),
        ("photo.jpeg", JPG, "image/jpeg"),
        ("table.csv", CSV, "text/csv; charset=utf-8"),
        ("table.csv", b"\xef\xbb\xbf" + CSV, "text/csv; charset=utf-8"),
        ("table.csv", "编号,名称".encode("gb18030"), "text/csv; charset=utf-8"),
        ("patent.xml", XML, "application/xml"),
        ("book.xlsx", workbook(), f"{OFFICE}spreadsheetml.sheet"),
        ("letter.docx", archive("word/document.xml"), f"{OFFICE}wordprocessingml.document"),
        ("pack.zip", archive(), "application/zip"),
    ],
)
def test_a_known_file_is_served_as_what_it_is(name: str, content: bytes, served: str) -> None:
    assert check_upload(name, "text/html", content[:8192], len(content)) == served


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("page.pdf", b"<html><script>alert(1)</script>"),
        ("page.csv", b"  <script>alert(1)</script>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("picture.xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("page.xml", b"<!DOCTYPE html><html></html>"),
        ("photo.png", JPG),
        ("program.exe", b"MZ\x90\0"),
        ("program.pdf", b"MZ\x90\0"),
        ("table.csv", b"MZ\x90\0"),
        ("table.csv", PDF),
        ("noname", PDF),
        ("pdf", PDF),
    ],
)
def test_anything_else_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match=r"file\.type"):
        check_upload(name, "application/pdf", content, len(content))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refused, match=r"file\.empty"):
        check_upload("a.pdf", "application/pdf", b"", 0)


def test_twenty_megabytes_pass_and_one_byte_more_does_not() -> None:
    assert check_upload("a.pdf", "application/pdf", PDF, MAX_BYTES)
    with pytest.raises(Refused, match=r"file\.size") as refused:
        check_upload("a.pdf", "application/pdf", PDF, MAX_BYTES + 1)
    assert refused.value.facts["limit"] == MAX_BYTES


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\合同\终稿.pdf", "终稿.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202egpj.exe.pdf", "gpj.exe.pdf"),
        ("", "file"),
        ("..", "file"),
        ("长" * 300 + ".pdf", "长" * 156 + ".pdf"),
    ],
)
def test_a_file_keeps_its_own_name_only(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept
