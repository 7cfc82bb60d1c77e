"""The other kinds of American patents, and the grants of 2001-2004, in the words the office's own files use."""

from datetime import date

import pytest

from market.rights.importers.delivery import read_delivery
from market.rights.importers.drafts import RightDraft
from tests.market.rights.test_us_grant import GRANT

TODAY = date(2026, 11, 23)
PARENT = "<B632><PARENT-US><PDOC><DOC><DNUM><PDAT>08/299107</PDAT></DNUM><DATE><PDAT>{}</PDAT></DATE></DOC></PDOC></PARENT-US></B632>"  # fmt: skip # noqa: E501
ST32 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE PATDOC SYSTEM "ST32-US-Grant-025xml.dtd" [
<!ENTITY US06589136-20030708-D00000.TIF SYSTEM "US06589136-20030708-D00000.TIF" NDATA TIF>
]>
<PATDOC DTD="2.5" STATUS="BUILD 20011218"><SDOBI>
<B100><B110><DNUM><PDAT>06589136</PDAT></DNUM></B110><B130><PDAT>B2</PDAT></B130>
<B140><DATE><PDAT>20030708</PDAT></DATE></B140><B190><PDAT>US</PDAT></B190></B100>
<B200><B210><DNUM><PDAT>09867421</PDAT></DNUM></B210><B211US><PDAT>09</PDAT></B211US>
<B220><DATE><PDAT>20010531</PDAT></DATE></B220></B200>
<B400><B472><B474US><PDAT>12</PDAT></B474US><B473US/></B472></B400>
<B500><B510><B511><PDAT>H01M 1040</PDAT></B511><B512><PDAT>C07D40112</PDAT></B512><B516><PDAT>7</PDAT></B516></B510>
<B540><STEXT><PDAT>Cell with a </PDAT><HIL><ITALIC><PDAT>coated</PDAT></ITALIC></HIL><PDAT> anode</PDAT></STEXT></B540>
<B570><B577><PDAT>2</PDAT></B577></B570></B500>
<B600><B630/></B600>
<B700><B720><B721><PARTY-US><NAM><FNM><PDAT>Wei</PDAT></FNM><SNM><STEXT><PDAT>Song</PDAT></STEXT></SNM></NAM></PARTY-US>
</B721></B720><B730><B731><PARTY-US><NAM><ONM><STEXT><PDAT>Changbai Battery &amp; Co.</PDAT></STEXT></ONM></NAM></PARTY-US>
</B731></B730></B700></SDOBI>
<SDOAB><BTEXT><PARA ID="P-00001" LVL="0"><PTEXT><PDAT>An anode.</PDAT></PTEXT></PARA></BTEXT></SDOAB>
<SDOCL><CL><CLM ID="CLM-00001"><PARA><PTEXT><PDAT>1. A cell.</PDAT></PTEXT></PARA></CLM>
<CLM ID="CLM-00002"><PARA><PTEXT><PDAT>2. The cell of claim 1.</PDAT></PTEXT></PARA></CLM></CL></SDOCL>
</PATDOC>"""


def read(text: str) -> RightDraft:
    """The one right of a file."""
    (line,) = read_delivery("grant.xml", text.encode(), today=TODAY)
    assert line.draft, line.faults
    return line.draft


def test_a_grant_of_st32_becomes_a_draft() -> None:
    draft = read(ST32)
    assert (draft.number, draft.application_no, draft.type) == ("US 6,589,136 B2", "US 09/867,421", "invention")
    assert (draft.title, draft.abstract) == ("Cell with a coated anode", "An anode.")
    assert (draft.first_claim, draft.claims) == ("A cell.", 2)
    assert (draft.inventors, draft.assignees) == (("Wei Song",), ("Changbai Battery & Co.",))
    assert draft.ipc == ("H01M 10/40", "C07D 401/12")
    assert (draft.filed_on, draft.granted_on) == (date(2001, 5, 31), date(2003, 7, 8))
    assert (draft.terminal_disclaimer, draft.term_extension_days) == (True, 12)
    assert draft.expires_on == date(2021, 6, 12)


@pytest.mark.parametrize(("parent", "last"), [("19990415", date(2019, 4, 27)), ("19940831", date(2014, 9, 12))])
def test_its_term_runs_from_its_parent_and_never_from_its_grant(parent: str, last: date) -> None:
    """A parent filed before 8 June 1995 does not bring back the seventeen years from grant (35 USC 154(c)(1))."""
    assert read(ST32.replace("<B630/>", f"<B630>{PARENT.format(parent)}</B630>")).expires_on == last


@pytest.mark.parametrize(
    ("number", "mark", "key", "of_type"),
    [
        ("D0512345", "S1", "D512345", "design"),
        ("PP015432", "P2", "PP15432", "invention"),
        ("RE038912", "E1", "RE38912", "invention"),
        ("RE45678", "E", "RE45678", "invention"),
        ("12000001", "B1", "12000001", "invention"),
    ],
)
def test_designs_plants_and_reissues(number: str, mark: str, key: str, of_type: str) -> None:
    draft = read(ST32.replace("06589136", number).replace(">B2<", f">{mark}<"))
    assert (draft.key.number, draft.publication_kind, draft.type) == (key, mark, of_type)


@pytest.mark.parametrize(("mark", "of_type"), [("A1", "invention"), ("A2", "invention"), ("A9", "invention"), ("P1", "invention"), ("P4", "invention")])  # fmt: skip # noqa: E501
def test_applications_of_every_kind(mark: str, of_type: str) -> None:
    text = GRANT.replace("us-patent-grant", "us-patent-application").replace("data-grant", "data-application")
    draft = read(text.replace("09123456", "20150123456").replace(">B2<", f">{mark}<"))
    assert (draft.number, draft.type, draft.grant_no) == (f"US 2015/0123456 {mark}", of_type, "")
    assert draft.expires_on is None


def test_an_inventor_who_died_is_one_still() -> None:
    died = GRANT.replace("<inventor>", "<deceased-inventor>").replace("</inventor>", "</deceased-inventor>")
    assert read(died).inventors == ("Song Wei",)


def test_a_sequence_listing_alone_is_no_right() -> None:
    (line,) = read_delivery("listing.xml", b'<sequence-cwu id="S-00001"/>', today=TODAY)
    assert line.faults[0][1].code == "import.no_rows"


def test_what_nothing_in_the_register_comes_from_is_told_by_its_path() -> None:
    """C-23: an element nobody here knows loses nothing else."""
    strange = GRANT.replace("<abstract id", "<strange><deep/></strange><abstract id").replace(
        "<number-of-claims>", "<examiners/><number-of-claims>"
    )
    (line,) = read_delivery("grant.xml", strange.encode(), today=TODAY)
    assert line.draft == read(GRANT)
    assert line.unmapped == ("us-patent-grant/us-bibliographic-data-grant/examiners", "us-patent-grant/strange")
