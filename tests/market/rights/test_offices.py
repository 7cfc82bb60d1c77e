"""What offices send, written otherwise than in the samples: the same right each time, or a reason that names the place."""
# ruff: noqa: E501 (a line is a case, however long)

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from market.rights.importers.delivery import read_again, read_delivery
from market.rights.importers.drafts import Line, RightDraft
from tests.market.rights.test_us_grant import GRANT

TODAY = date(2026, 11, 23)
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

ST96 = """<?xml version="1.0" encoding="UTF-8"?>
<tmk:TrademarkTransaction xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common"
 xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a http://127.0.0.1:9/a.xsd">
<tmk:TrademarkTransactionBody><tmk:TransactionContentBag><tmk:TransactionData><tmk:TrademarkBag><tmk:Trademark>
<com:RegistrationOfficeCode>US</com:RegistrationOfficeCode>
<com:ApplicationNumber><com:IPOfficeCode>US</com:IPOfficeCode>
<com:ApplicationNumberText>74631225</com:ApplicationNumberText></com:ApplicationNumber>
<com:RegistrationNumber>2178784</com:RegistrationNumber>
<tmk:ApplicationDate>1995-02-07-05:00</tmk:ApplicationDate><com:RegistrationDate>1998-08-04</com:RegistrationDate>
<tmk:AssociatedMarkBag><tmk:AssociatedMark><com:RegistrationNumber>1111111</com:RegistrationNumber></tmk:AssociatedMark>
</tmk:AssociatedMarkBag>
<tmk:MarkRepresentation><tmk:MarkReproduction><tmk:WordMarkSpecification>
<tmk:MarkVerbalElementText>JAVA</tmk:MarkVerbalElementText></tmk:WordMarkSpecification></tmk:MarkReproduction>
</tmk:MarkRepresentation>
<tmk:GoodsServicesBag><tmk:GoodsServices><tmk:ClassDescriptionBag><tmk:ClassDescription>
<tmk:ClassNumber>009</tmk:ClassNumber>
<tmk:GoodsServicesDescriptionText com:sequenceNumber="1">computer programs</tmk:GoodsServicesDescriptionText>
</tmk:ClassDescription></tmk:ClassDescriptionBag></tmk:GoodsServices></tmk:GoodsServicesBag>
<tmk:ApplicantBag><tmk:Applicant com:sequenceNumber="31"><com:Contact><com:Name>
<com:EntityName>Oracle America, Inc.</com:EntityName></com:Name></com:Contact></tmk:Applicant>
<tmk:Applicant com:sequenceNumber="30"><com:Contact><com:Name><com:OrganizationName>
<com:OrganizationStandardName>Sun Microsystems, Inc.</com:OrganizationStandardName></com:OrganizationName></com:Name>
</com:Contact></tmk:Applicant></tmk:ApplicantBag>
</tmk:Trademark></tmk:TrademarkBag></tmk:TransactionData></tmk:TransactionContentBag></tmk:TrademarkTransactionBody>
</tmk:TrademarkTransaction>"""

ST66_MARK = """<TransactionData><TradeMarkDetails><TradeMark operationCode="Insert">
<RegistrationOfficeCode>US</RegistrationOfficeCode><ApplicationNumber>74631225</ApplicationNumber>
<ApplicationDate>19950207</ApplicationDate><RegistrationNumber>2178784</RegistrationNumber>
<RegistrationDate>1998-08-04-05:00</RegistrationDate>
<WordMarkSpecification><MarkVerbalElementText>JAVA</MarkVerbalElementText></WordMarkSpecification>
<GoodsServicesDetails><GoodsServices><ClassDescriptionDetails><ClassDescription><ClassNumber>9</ClassNumber>
<GoodsServicesDescription>computer programs</GoodsServicesDescription></ClassDescription></ClassDescriptionDetails>
</GoodsServices></GoodsServicesDetails></TradeMark></TradeMarkDetails>
<ApplicantDetails><Applicant><ApplicantAddressBook><FormattedNameAddress><Name><FreeFormatName><FreeFormatNameDetails>
<FreeFormatNameLine>Oracle America,</FreeFormatNameLine><FreeFormatNameLine>Inc.</FreeFormatNameLine>
</FreeFormatNameDetails></FreeFormatName></Name></FormattedNameAddress></ApplicantAddressBook>
<ApplicantExt><PartyTypeCode>31</PartyTypeCode></ApplicantExt></Applicant></ApplicantDetails></TransactionData>"""
ST66 = f"""<Transaction xmlns="http://www.wipo.int/standards/XMLSchema/trademarks"><TradeMarkTransactionBody>
<TransactionContentDetails>{ST66_MARK}</TransactionContentDetails></TradeMarkTransactionBody></Transaction>"""

RENEWALS = "entry_id\tauthor\ttitle\toreg\todat\tid\trdat\tclaimants\tfull_text\n"
RENEWAL = (
    "1\tW. H. Auden.\tThe age of anxiety.\tA18888\t1947-07-11\tR567890\t1974-07-12\tW. H. Auden|A||Random House|PWH\t"
    "R567890. The age of anxiety. By W. H. Auden. © 11Jul47; A18888. W. H. Auden (A); 12Jul74; R567890.\n"
)


def lines(text: str | bytes, name: str = "x.dat") -> list[Line]:
    return list(read_delivery(name, text if isinstance(text, bytes) else text.encode(), today=TODAY))


def drafts(text: str | bytes) -> list[RightDraft]:
    read = lines(text)
    assert all(line.draft for line in read), [line.faults for line in read]
    return [line.draft for line in read if line.draft]


def without(text: str, begin: str, end: str) -> str:
    """The text less everything from `begin` to the `end` after it."""
    head, _begin, rest = text.partition(begin)
    return head + rest.partition(end)[2]


BARE = ST96.partition("<tmk:Trademark>")[2].partition("</tmk:Trademark>")[0].replace("tmk:", "").replace("com:", "")
JAVA = ("trademark", "US 2,178,784", "US 74/631,225", "JAVA", 9, "computer programs", ("Oracle America, Inc.",))
SAME_MARK: list[tuple[str, str | bytes]] = [
    ("ST.96 as it is now", ST96),
    ("the name spaces of its first version", ST96.replace("XMLSchema/ST96/Trademark", "XMLSchema/Trademark/1")),
    ("other prefixes", ST96.replace("tmk:", "ns2:").replace(":tmk", ":ns2")),
    ("no name space at all", without(ST96.replace("tmk:", "").replace("com:", "").replace("xsi:", ""), " xmlns:com=", ".xsd\"")),
    ("no declaration", without(ST96, "<?xml", "?>")),
    ("a mark before it", "\ufeff" + ST96),
    ("UTF-16", ST96.replace("UTF-8", "UTF-16").encode("utf-16")),
    ("UTF-16 without its mark", ST96.replace("UTF-8", "UTF-16LE").encode("utf-16-le")),
    ("Latin-1", ST96.replace("UTF-8", "ISO-8859-1").encode("latin-1")),
    ("GB 18030", ST96.replace("UTF-8", "GB18030").encode("gb18030")),
    ("a bare mark without its wrappers", f"<Trademark>{BARE}</Trademark>"),
    ("dates without hyphens", ST96.replace("1995-02-07-05:00", "19950207").replace("1998-08-04", "19980804")),
    ("dates with a time", ST96.replace("1998-08-04", "1998-08-04T00:00:00Z")),
    ("the number in one element", without(ST96, "<com:IPOfficeCode>", "</com:IPOfficeCode>").replace("<com:ApplicationNumberText>", "").replace("</com:ApplicationNumberText>", "")),
    ("the number of ST.13", ST96.replace("<com:ApplicationNumberText>74631225</com:ApplicationNumberText>", "<com:ST13ApplicationNumber>US500000074631225</com:ST13ApplicationNumber>")),
    ("the class by its classification", ST96.replace("<tmk:ClassDescription>", "<tmk:GoodsServicesClassification><tmk:ClassificationKindCode>Nice</tmk:ClassificationKindCode>").replace("</tmk:ClassDescription>", "</tmk:GoodsServicesClassification>")),
    ("national classes beside it", ST96.replace("<tmk:ClassDescription>", "<tmk:GoodsServicesClassification><tmk:ClassificationKindCode>National</tmk:ClassificationKindCode><tmk:ClassNumber>100</tmk:ClassNumber></tmk:GoodsServicesClassification><tmk:ClassDescription>", 1)),
    ("goods in two languages", ST96.replace("<tmk:GoodsServicesDescriptionText com", '<tmk:GoodsServicesDescriptionText com:languageCode="fr">logiciels</tmk:GoodsServicesDescriptionText><tmk:GoodsServicesDescriptionText com:languageCode="en" com')),
    ("ST.66", ST66),
    ("ST.66 with a declaration and its extension's name space", '<?xml version="1.0"?>' + ST66.replace("<Transaction ", '<Transaction xmlns:ns2="urn:us:gov:doc:uspto" ').replace("PartyTypeCode", "ns2:PartyTypeCode")),
    ("ST.66 in another wrapper", ST66.replace("Transaction", "Delivery").replace("DeliveryData", "TransactionData")),
    ("a DOCTYPE that names the DTD", '<!DOCTYPE Transaction SYSTEM "http://127.0.0.1:9/a.dtd">' + ST66),
]  # fmt: skip


@pytest.mark.parametrize(("how", "text"), SAME_MARK, ids=[how for how, _text in SAME_MARK])
def test_a_mark_is_the_same_however_it_is_written(how: str, text: str | bytes) -> None:
    (draft,) = drafts(text)
    told = (draft.kind, draft.number, draft.application_no, draft.title, draft.nice_class, draft.goods, draft.owners)
    assert told == JAVA
    assert (draft.office, draft.key) == ("US", ("US", "2178784"))
    assert (draft.filed_on, draft.granted_on) == (date(1995, 2, 7), date(1998, 8, 4))


CLASS = '<tmk:ClassDescription><tmk:ClassNumber>{0}</tmk:ClassNumber><tmk:GoodsServicesDescriptionText>g{0}</tmk:GoodsServicesDescriptionText></tmk:ClassDescription>'  # fmt: skip


def test_every_class_of_every_mark_is_a_right_of_its_own() -> None:
    several = ST96.replace(
        "</tmk:ClassDescription>", "</tmk:ClassDescription>" + CLASS.format(42) + CLASS.format("9"), 1
    )
    assert [(draft.nice_class, draft.goods) for draft in drafts(several)] == [(9, "computer programs; g9"), (42, "g42")]
    two = ST66.replace(
        ST66_MARK, ST66_MARK + ST66_MARK.replace("2178784", "2178785").replace("Oracle America", "Other")
    )
    assert [(draft.number, draft.owners) for draft in drafts(two)] == [
        ("US 2,178,784", ("Oracle America, Inc.",)),
        ("US 2,178,785", ("Other, Inc.",)),
    ]
    assert [line.row for line in lines(two)] == [1, 2]
    assert [line.row for line in lines(ST66)] == [0]


def test_owners_are_those_of_today_and_each_once() -> None:
    co_owner = ST96.replace("</tmk:ApplicantBag>", '<tmk:Applicant com:sequenceNumber="31"><com:Contact><com:Name><com:PersonName><com:PersonStructuredName><com:FirstName>Ada</com:FirstName><com:LastName>Lovelace</com:LastName></com:PersonStructuredName></com:PersonName></com:Name></com:Contact></tmk:Applicant></tmk:ApplicantBag>')  # fmt: skip
    assert drafts(co_owner)[0].owners == ("Oracle America, Inc.", "Ada Lovelace")
    counted = ST96.replace('sequenceNumber="31"', 'sequenceNumber="1"').replace(
        'sequenceNumber="30"', 'sequenceNumber="2"'
    )
    assert drafts(counted)[0].owners == ("Oracle America, Inc.", "Sun Microsystems, Inc.")


def test_an_application_a_picture_and_another_office() -> None:
    applied = without(ST96, "<com:RegistrationNumber>", "</com:RegistrationNumber>").replace("1998-08-04", "")
    (draft,) = drafts(applied)
    assert (draft.number, draft.application_no, draft.granted_on) == ("US 74/631,225", "", None)
    (draft,) = drafts(ST96.replace("<tmk:MarkVerbalElementText>JAVA<", "<tmk:MarkVerbalElementText><"))
    assert draft.title == "图形商标 Figurative mark US 2,178,784"
    european = ST66.replace(">US<", ">EM<").replace("74631225", "018123456").replace("2178784", "018123456")
    (draft,) = drafts(european)
    assert (draft.office, draft.key) == ("EM", ("EM", "018123456"))
    assert [warning.code for warning in draft.warnings] == ["right.office_unchecked"]


ASSIGNED = "<Assignment><AssignmentIdentifier>28490875</AssignmentIdentifier><AssignmentConveyanceCategory>{0}</AssignmentConveyanceCategory><AssignmentRecordedDate>2003-10-21-04:00</AssignmentRecordedDate><Assignor><Contact><Name><EntityName>CNRI</EntityName></Name></Contact><AssignmentExecutionDate>{1}</AssignmentExecutionDate></Assignor><Assignee><Contact><Name><EntityName>PSF</EntityName></Name></Contact></Assignee></Assignment></TradeMark>"  # fmt: skip


@pytest.mark.parametrize(
    ("said", "executed", "kind", "on"),
    [
        ("ASSIGNS THE ENTIRE INTEREST", "2003-08-06-04:00", "transfer", date(2003, 8, 6)),
        ("ASSIGNS THE ENTIRE INTEREST", "", "transfer", date(2003, 10, 21)),
        ("CHANGE OF NAME", "2003-08-06", "change", date(2003, 8, 6)),
        ("MERGER", "2003-08-06", "transfer", date(2003, 8, 6)),
    ],
)
def test_an_assignment_on_file_comes_along(said: str, executed: str, kind: str, on: date) -> None:
    (draft,) = drafts(ST66.replace("</TradeMark>", ASSIGNED.format(said, executed)))
    (entry,) = draft.conveyances
    assert (entry.kind, entry.on, entry.recorded_on) == (kind, on, date(2003, 10, 21))
    assert (entry.given_by, entry.given_to, entry.number) == (("CNRI",), ("PSF",), "2849/0875")
    assert draft.warnings == ()


def test_a_security_and_an_end_are_told_to_whoever_would_sell() -> None:
    status = (
        "<MarkCurrentStatusExternalDescriptionText>Registration cancelled.</MarkCurrentStatusExternalDescriptionText>"
    )
    secured = ASSIGNED.format("SECURITY INTEREST", "2003-08-06")
    (draft,) = drafts(ST66.replace("</TradeMark>", status + secured))
    assert draft.conveyances == ()
    assert [warning.code for warning in draft.warnings] == ["import.status_ended", "import.security_named"]


NOT_THESE: list[tuple[str, str | bytes, str, str]] = [
    ("no class", without(ST96, "<tmk:ClassNumber>", "</tmk:ClassNumber>"), "import.unreadable", "ClassNumber"),
    ("a class there is not", ST96.replace("009", "200"), "right.nice_class", "200"),
    ("no number", ST66.replace("ApplicationNumber", "X").replace("RegistrationNumber>", "Y>"), "import.unreadable", "Transaction"),
    ("a number with a comment inside", ST96.replace("2178784", "21<!-- -->78784"), "import.unreadable", "RegistrationNumber"),
    ("a number of another form", ST66.replace("2178784", "21787841122"), "import.unreadable", "21787841122"),
    ("registered on no day", ST66.replace("1998-08-04-05:00", "19980000"), "import.unreadable", "RegistrationDate"),
    ("an office nobody knows", ST66.replace(">US<", ">XQ<"), "import.unreadable", "RegistrationOfficeCode XQ"),
    ("words without end", ST96.replace(">JAVA<", f">{'J' * 601}<"), "import.cell_too_long", "MarkVerbalElementText"),
    ("a patent of ST.96", '<pat:PatentGrant xmlns:pat="http://www.wipo.int/standards/XMLSchema/ST96/Patent"/>', "import.unreadable", "PatentGrant"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "text", "code", "named"), NOT_THESE, ids=[how for how, *_rest in NOT_THESE])
def test_what_makes_no_mark_is_told_with_its_place(how: str, text: str | bytes, code: str, named: str) -> None:
    (line,) = lines(text)
    ((_column, refused),) = line.faults
    assert refused.code == code
    assert named in map(str, refused.facts.values())


def test_one_bad_mark_or_class_loses_nothing_else() -> None:
    two = ST66.replace(ST66_MARK, ST66_MARK.replace("2178784", "ABC") + ST66_MARK)
    assert [bool(line.draft) for line in lines(two)] == [False, True]
    strange = ST96.replace("</tmk:ClassDescription>", "</tmk:ClassDescription>" + CLASS.format("A"), 1)
    assert [bool(line.draft) for line in lines(strange)] == [False, True]


PAP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE patent-application-publication SYSTEM "pap-v15-2001-01-31.dtd" [
<!ENTITY US20010000044A1-20010315-D00000.TIF SYSTEM "US20010000044A1-20010315-D00000.TIF" NDATA TIF>
<!-- a picture --> <!NOTATION TIF SYSTEM "">
]>
<patent-application-publication><subdoc-bibliographic-information><document-id><doc-number>20010000044</doc-number>
<kind-code>A1</kind-code><document-date>20010315</document-date></document-id>
<domestic-filing-data><application-number><doc-number>09342866</doc-number></application-number>
<filing-date>19990629</filing-date></domestic-filing-data>
<technical-information><title-of-invention>Trade &mdash; by net &bogus;</title-of-invention></technical-information>
</subdoc-bibliographic-information></patent-application-publication>"""


def test_a_publication_with_its_pictures_and_named_characters() -> None:
    (draft,) = drafts(PAP)
    assert (draft.number, draft.title) == ("US 2001/0000044 A1", "Trade — by net &bogus;")
    assert (draft.inventors, draft.claims, draft.ipc) == ((), 0, ())


CHANGED: list[tuple[str, Callable[[str], str], dict[str, object]]] = [
    ("no abstract, claims or classes", lambda text: without(without(text, "<abstract", "</abstract>"), "<claims>", "</claims>"), {"abstract": "", "claims": 2}),
    ("no people", lambda text: without(without(text, "<us-parties>", "</us-parties>"), "<assignees>", "</assignees>"), {"inventors": (), "assignees": ()}),
    ("people as in 2005", lambda text: text.replace("us-parties", "parties").replace("us-applicant", "applicant"), {"inventors": ("Song Wei",)}),
    ("a name space", lambda text: text.replace("<us-patent-grant ", '<us-patent-grant xmlns="urn:x" '), {"title": "Cell with a coated anode"}),
    ("a wrapper", lambda text: "<bulk>" + without(text, "<?xml", "[ ]>") + "</bulk>", {"number": "US 9,123,456 B2"}),
    ("a design", lambda text: text.replace("09123456", "D0435854").replace(">B2<", ">S1<").replace("13999888", "29116510").replace("<invention-title>", "<classification-locarno><main-classification>1402</main-classification></classification-locarno><invention-title>"), {"type": "design", "ipc": ("14-02",), "key": ("US", "D435854")}),
    ("a plant", lambda text: text.replace("09123456", "PP015463").replace(">B2<", ">P2<"), {"type": "invention", "number": "US PP15,463 P2"}),
    ("a reissue", lambda text: text.replace("09123456", "RE038950").replace(">B2<", ">E1<"), {"number": "US RE38,950 E1"}),
    ("an adjustment that is no number", lambda text: text.replace(">10<", ">ten<"), {"term_extension_days": 0}),
    ("a title longer than English ones", lambda text: text.replace("Cell<?pi x?>", "C" * 450), {"title_en": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("how", "change", "told"), CHANGED, ids=[how for how, *_rest in CHANGED])
def test_a_grant_says_what_it_says(how: str, change: Callable[[str], str], told: dict[str, object]) -> None:
    (draft,) = drafts(change(GRANT))
    assert {name: getattr(draft, name) for name in told} == told


def test_documents_strung_together_are_read_one_by_one() -> None:
    weekly = "\n".join([GRANT, GRANT.replace("09123456", "ABC"), '<?xml version="1.0"?><sequence-cwu/>', PAP, ST66])
    read = lines(weekly.replace("<Transaction", '<?xml version="1.0"?><Transaction', 1))
    assert [(line.row, line.draft.number if line.draft else "") for line in read] == [
        (1, "US 9,123,456 B2"),
        (2, ""),
        (3, "US 2001/0000044 A1"),
        (4, "US 2,178,784"),
    ]


def test_a_renewal_and_what_its_entry_says_where_cells_are_empty() -> None:
    (draft,) = drafts(RENEWALS + RENEWAL)
    assert (draft.kind, draft.type, draft.number) == ("copyright", "literary", "US R567890")
    assert (draft.title, draft.inventors) == ("The age of anxiety", ("W. H. Auden",))
    assert (draft.owners, draft.published_on) == (("W. H. Auden", "Random House"), date(1947, 7, 11))
    cells = RENEWAL.split("\t")
    bare = "\t".join([*([""] * 8), cells[8]])
    (from_words,) = drafts(RENEWALS + bare)
    assert (from_words.number, from_words.title, from_words.inventors) == (draft.number, draft.title, draft.inventors)
    assert (from_words.published_on, from_words.granted_on) == (date(1947, 7, 11), date(1974, 7, 12))


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        (("R567890", "567890"), "id", "right.number_format"),
        (("1947-07-11", "1947-13-11"), "odat", "import.date"),
        (("1974-07-12", "2174-07-12"), "rdat", "import.date_ahead"),
        (("The age of anxiety", ""), "title", "import.cell_missing"),
    ],
)
def test_a_renewal_that_is_wrong_is_mended_in_its_cell(change: tuple[str, str], column: str, code: str) -> None:
    cells = RENEWAL.replace(*change).split("\t")
    cells[8] = ""
    (line,) = lines(RENEWALS + "\t".join(cells))
    assert [(where, refused.code) for where, refused in line.faults] == [(column, code)]
    good = dict(zip(RENEWALS.strip().split("\t"), RENEWAL.strip().split("\t"), strict=True))
    mended = Line(line.file, line.row, form=line.form, cells={**line.cells, column: good[column]})
    assert read_again(mended, today=TODAY).draft


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the shared records")
def test_every_shared_record_is_read() -> None:
    told = {
        path.name: lines(path.read_bytes(), path.name)
        for folder in ("patents", "trademarks", "copyrights")
        for path in sorted((DATA / folder).iterdir())
        if path.suffix in (".xml", ".tsv")
    }
    lost = {name: [line.faults for line in read if not line.draft] for name, read in told.items()}
    assert not any(lost.values()), lost
    assert len(told["1977-1.head600.tsv"]) == 600
    (java,) = told["rn2178784_ST96_v1_D3.xml"]
    assert java.draft
    assert java.draft.owners == ("Oracle America, Inc.",)
    assert [(one.kind, one.on) for one in java.draft.conveyances] == [("change", date(2010, 2, 15))]
    python = [line.draft for line in told["sn76044902_ST66.xml"] if line.draft]
    assert [draft.nice_class for draft in python] == [9, 42]
    assert [(one.kind, one.on, one.number) for one in python[0].conveyances] == [
        ("transfer", date(2003, 8, 6), "2849/0875")
    ]
