"""Every sentence a user can read is in the one catalogue, in both languages, and no translation is stale or doubtful."""

import re
import shutil
from functools import cache
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

LOCALES = ("zh_Hans", "en")
KEPT = Path(settings.ROOT) / "market" / "locale"
HAN = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}")
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """What gettext finds in a copy of the source today, merged into a copy of the kept catalogues."""
    copy = tmp_path_factory.mktemp("source")
    for room in ("market", "auctions", "valuation", "deploy", "templates"):
        shutil.copytree(Path(settings.ROOT) / room, copy / room, ignore=shutil.ignore_patterns("fonts", "__pycache__"))
    with override_settings(LOCALE_PATHS=[str(copy / "market" / "locale")]), pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        call_command(
            "makemessages",
            locale=list(LOCALES),
            extensions=["html", "txt", "py"],
            no_wrap=True,
            no_location=True,
            no_obsolete=True,
            verbosity=0,
        )
    return copy / "market" / "locale"


@cache
def entries(folder: Path, locale: str) -> polib.POFile:
    return polib.pofile(str(folder / locale / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_is_translated(extracted, locale):
    found = entries(extracted, locale)
    assert [entry.msgid for entry in found.untranslated_entries()] == []
    assert [entry.msgid for entry in found.fuzzy_entries()] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogue_holds_what_the_source_says_and_nothing_else(extracted, locale):
    assert {entry.msgid for entry in entries(extracted, locale)} == {entry.msgid for entry in entries(KEPT, locale)}


def test_a_chinese_sentence_names_the_same_facts():
    for entry in entries(KEPT, "zh_Hans"):
        said = entry.msgstr or entry.msgstr_plural.get(0, "")
        asked = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural or ""))
        assert set(PLACES.findall(said)) <= asked, entry.msgid
        if not entry.msgid_plural:
            assert set(PLACES.findall(said)) == asked, entry.msgid


def test_templates_hold_no_chinese_of_their_own():
    """Words in templates are English in gettext; the papers (pdf/*.typ) are bilingual by themselves."""
    # The language's own name, the bilingual page without a database, and the bilingual papers shown as text.
    allowed = {"language.html", "500.html", "_paper.html"}
    stray = [
        f"{path.relative_to(settings.ROOT)}:{number}"
        for path in (Path(settings.ROOT) / "templates").rglob("*")
        if path.suffix in {".html", ".txt"} and path.name not in allowed and "styleguide" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if HAN.search(COMMENT.sub("", line))
    ]
    assert stray == []
