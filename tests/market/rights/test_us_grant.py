"""American patents arrive as the office's XML; what cannot be read is told by name and reason, nothing else is lost."""

import json
from datetime import date
from pathlib import Path

import pytest

from market.rights.importers.delivery import read_delivery
from market.rights.importers.drafts import RightDraft
from market.rights.importers.markup import LARGEST

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
real = pytest.mark.skipif(not (DATA / "patents").is_dir(), reason="needs the shared patent records")

GRANT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE us-patent-grant SYSTEM "us-patent-grant-v45-2014-04-03.dtd" [ ]>
<us-patent-grant lang="EN" dtd-version="v4.5 2014-04-03" country="US">
<us-bibliographic-data-grant>
<publication-reference><document-id><country>US</country><doc-number>09123456</doc-number><kind>B2</kind>
<date>20150901</date></document-id></publication-reference>
<application-reference appl-type="utility"><document-id><country>US</country><doc-number>13999888</doc-number>
<date>20140301</date></document-id></application-reference>
<us-term-of-grant><us-term-extension>10</us-term-extension></us-term-of-grant>
<classifications-ipcr>
<classification-ipcr><section>G</section><class>06</class><subclass>Q</subclass><main-group>30</main-group>
<subgroup>08</subgroup><symbol-position>L</symbol-position></classification-ipcr>
<classification-ipcr><section>H</section><class>01</class><subclass>M</subclass><main-group>10</main-group>
<subgroup>0525</subgroup><symbol-position>F</symbol-position></classification-ipcr>
<classification-ipcr><section>D</section><class>14</class><subclass/><main-group/><subgroup/></classification-ipcr>
</classifications-ipcr>
<invention-title>Cell<?pi x?> with a <i>coated</i>
 anode</invention-title>
<number-of-claims>2</number-of-claims>
<us-related-documents><continuation><relation><parent-doc><document-id><doc-number>12000111</doc-number>
<date>20080229</date></document-id></parent-doc></relation></continuation></us-related-documents>
<us-parties><us-applicants><us-applicant app-type="applicant"><addressbook><orgname>Changbai Battery Ltd</orgname>
</addressbook></us-applicant></us-applicants>
<inventors><inventor><addressbook><last-name>Wei</last-name><first-name>Song</first-name></addressbook></inventor>
</inventors></us-parties>
<assignees><assignee><addressbook><orgname>Changbai Battery Ltd</orgname></addressbook></assignee></assignees>
</us-bibliographic-data-grant>
<abstract id="abstract"><p>An anode.</p><p>Coated.</p></abstract>
<claims><claim num="00001"><claim-text><b>1</b>. A cell, comprising:<claim-text>an anode.</claim-text></claim-text>
</claim><claim num="00002"><claim-text>2. The cell of claim 1.</claim-text></claim></claims>
</us-patent-grant>"""

TODAY = date(2026, 11, 23)


def read(name: str, data: bytes) -> RightDraft:
    """The one right of a file."""
    (line,) = read_delivery(name, data, today=TODAY)
    assert line.draft, line.faults
    return line.draft


def test_a_grant_becomes_a_draft() -> None:
    draft = read("grant.xml", GRANT.encode())
    assert (draft.kind, draft.type, draft.office, draft.key) == ("patent", "invention", "US", ("US", "9123456"))
    assert (draft.number, draft.application_no, draft.publication_kind) == ("US 9,123,456 B2", "US 13/999,888", "B2")
    assert draft.title == "Cell with a coated anode"
    assert draft.abstract == "An anode. Coated."
    assert draft.first_claim == "A cell, comprising: an anode."
    assert (draft.claims, draft.inventors, draft.assignees) == (2, ("Song Wei",), ("Changbai Battery Ltd",))
    assert (draft.filed_on, draft.granted_on) == (date(2014, 3, 1), date(2015, 9, 1))
    assert draft.ipc == ("H01M 10/0525", "G06Q 30/08")
    assert draft.industry == "energy"


def test_the_term_runs_from_the_first_application_it_continues() -> None:
    draft = read("grant.xml", GRANT.encode())
    assert draft.expires_on == date(2028, 3, 10)  # twenty years from 29 February 2008, and ten days
    alone = GRANT.replace("<date>20080229</date>", "<date>00000000</date>")
    assert read("grant.xml", alone.encode()).expires_on == date(2034, 3, 11)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (GRANT[:-30], "not_well_formed"),
        ("<", "not_well_formed"),
        ("<html/>", "unknown_format"),
        (GRANT.replace("<date>20150901</date>", "<date>20151301</date>"), "incomplete"),
        (GRANT.replace("<date>20150901</date>", ""), "incomplete"),
        (GRANT.replace("<kind>B2</kind>", "<kind>B<!-- -->2</kind>"), "incomplete"),
        (GRANT.replace("invention-title", "other-title"), "incomplete"),
        (GRANT.replace("09123456", "ABC"), "wrong_number"),
        (GRANT.replace("13999888", "139"), "wrong_number"),
        (" " * (LARGEST + 1) + GRANT, "too_large"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_name_and_reason(document: str, reason: str) -> None:
    (line,) = read_delivery("some.xml", document.encode(), today=TODAY)
    ((_column, refused),) = line.faults
    assert line.draft is None
    assert refused.code == "import.unreadable"
    assert (refused.facts["name"], refused.facts["reason"]) == ("some.xml", reason)


@real
def test_real_records_agree_with_their_listing() -> None:
    listing = {
        row["source_file"]: row
        for row in map(json.loads, (DATA / "patents.jsonl").open(encoding="utf-8"))
        if "source_file" in row
    }
    files = sorted((DATA / "patents").glob("*.xml"))
    lines = [line for path in files for line in read_delivery(path.name, path.read_bytes(), today=TODAY)]
    drafts = [line.draft for line in lines if line.draft]
    assert [line.draft for line in lines] == drafts
    assert len(drafts) == 7
    for draft in drafts:
        if draft.source == "USD435854S1.xml":  # whoever made the listing could not read it
            continue
        row = listing[draft.source]
        assert draft.key.number == row["number"].lstrip("0")
        assert draft.title == row["title"]
        assert (draft.claims, draft.term_extension_days) == (row["claims_count"], row.get("term_extension_days", 0))
        assert str(draft.filed_on) == row["filing_date"]
        assert (str(draft.granted_on) if draft.granted_on else None) == row["grant_date"]
        if draft.source != "US20010000044A1.xml":  # the listing garbles its one inventor
            assert list(draft.inventors) == row["inventors"]
        if draft.granted_on:
            assert list(draft.assignees) == row["applicants"]
        assert draft.abstract
        assert draft.first_claim
        assert len(draft.ipc) >= len(row["ipc"])


@real
def test_a_real_division_ends_with_its_parent() -> None:
    draft = read("US07272630B2.xml", (DATA / "patents" / "US07272630B2.xml").read_bytes())
    assert draft.expires_on == date(2021, 7, 12)  # filed 2004, parent filed 2001-06-06, 36 days of adjustment
