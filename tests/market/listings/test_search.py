"""The search finds what a search for the substring finds, in Chinese and in English, on both databases."""

import random
import re
import unicodedata
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from market.listings import search
from market.listings.models import Entry, Listing
from market.parties.models import Party, User
from market.rights.models import Right
from tests import assets
from tests.effort import tries
from tests.market.listings import shelf

# What the truth below takes for a word: letters and figures that are no Han.
LETTER = rf"(?:(?!{search.HAN})[^\W_])"
TITLES = (
    "一种锂离子电池正极材料及其制备方法",
    "锂电池离子交换膜",
    "锂离，离子束与电 池",
    "基于深度学习的图像识别方法及装置 AI",
    "Method and apparatus for wireless charging of electric vehicles",
    "A battery-electrode with graphene coating",
    "Batteries and their makers",
    "商标：茅台春 酒类 第33类酒",
    "第 33 类",
    "类第33",
    "软件著作权 智能仓储管理系统 V2.0",
    '100% d\'or "quoted" a_b NEAR OR AND NOT :* & | ! <-> ( )',
    "电",
    "蓄电池电解液池",
    "ＡＢＣ全角１２３",
    "カーボン材料 탄소 소재",
    "𠮷野家の商標",
    "İstanbul Straße ﬁlm",
    "",
)
ASKED = (
    *("电池", "锂离子", "锂离", "离子", "电", "池", "battery", "BATTERY", "batteries", "electrode battery"),
    *("第33类", "33类", "第33", "33", "类 第33", "图像识别方法及装置", "AI", "ai 图像", "V2.0", "v2", "v2 0"),
    *("茅台春酒", "茅台春 酒类", "%", "'", '"', "\\", "100%", "d'or", "a_b", "a b", "ab", "NEAR", "OR", "AND", "NOT"),
    *("电池*", "电池 OR 锂", "NEAR(电池 锂)", '"电池', "电池'--", ":*", "& | !", "<->", "!电池", "abc全角123"),
    *(
        "カーボン",
        "탄소",
        "𠮷野家",
        "𠮷",
        "STRASSE",
        "film",
        "i̇stanbul",
        "  ",
        "",
        "\0",
        "电\0池",
        "电，池",
        "x" * 3000,
    ),
)
PIECES = [
    "电",
    "池",
    "锂",
    "离",
    "子",
    "第",
    "类",
    "33",
    "3",
    "a",
    "B",
    "ab",
    " ",
    " ",
    "，",
    "-",
    "_",
    "%",
    "'",
    '"',
    "*",
    "(",
]


def occurs(asked: str, text: str) -> bool:
    """The truth: every part of the question stands in the text, words whole, signs and blanks of no account."""
    folded, said = (unicodedata.normalize("NFKC", one).casefold() for one in (asked[: search.ASKED], text))
    parts = [part for part in folded.split() if re.search(r"[^\W_]", part)]
    return bool(parts) and all(re.search(pattern(part), said) for part in parts)


def pattern(part: str) -> str:
    """A regular expression for one part of a question: its runs in their order, nothing but signs between them."""
    runs = re.findall(rf"{search.HAN}+|{LETTER}+", part)
    made = ""
    for before, run in zip(["", *runs], runs, strict=False):
        han = bool(re.match(search.HAN, run))
        alike = before and han == bool(re.match(search.HAN, before))
        made += (r"[\W_]+" if alike else r"[\W_]*") if before else ""
        made += re.escape(run) if han else rf"(?<!{LETTER}){re.escape(run)}(?!{LETTER})"
    return made


def found(asked: str) -> set[int]:
    """The keys of the listings the search finds, by the index of words and in passing alike."""
    by_index, in_passing = (
        set(Entry.objects.filter(matches(asked)).values_list("pk", flat=True))
        for matches in (search.match, search.match_in_order)
    )
    assert by_index == in_passing
    return by_index


@pytest.fixture
def rows(jida: Party, li_wei: User) -> dict[int, str]:
    """The titles above and three hundred texts made of few pieces, so that near misses abound."""
    dice = random.Random(7)
    noise = ["".join(dice.choices(PIECES, k=dice.randint(1, 14))) for _ in range(300)]
    return shelf.texts(jida, li_wei, [*TITLES, *noise])


def is_exact(rows: dict[int, str], asked: str) -> None:
    """The search and the truth name the same rows."""
    spellings = [asked, *filter(None, [search.number_asked(asked)])]
    truth = {key for key, text in rows.items() if any(occurs(spelling, text) for spelling in spellings)}
    got = found(asked)
    wrong = [rows[key] for key in truth ^ got]
    assert got == truth, f"{asked!r}: {wrong}"


def asks_anything(rows: dict[int, str]) -> None:
    """Every question of the table, and many that chance makes of the same pieces."""
    for asked in ASKED:
        is_exact(rows, asked)

    @settings(max_examples=tries(300), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @example("电池电")
    @given(st.one_of(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), st.text(max_size=12)))
    def of_chance(asked: str) -> None:
        is_exact(rows, asked)

    of_chance()


@pytest.mark.proof
@pytest.mark.django_db
def test_the_search_finds_what_the_substring_finds(rows: dict[int, str]) -> None:
    asks_anything(rows)


@pytest.mark.proof
@pytest.mark.postgres
@pytest.mark.django_db
def test_the_search_finds_what_the_substring_finds_on_postgresql(rows: dict[int, str]) -> None:
    asks_anything(rows)


@pytest.fixture
def number_listing(jida: Party) -> Listing:
    """A patent of 吉林大学 on offer."""
    return shelf.offer(assets.draft_right(jida))


NUMBER = assets.cn_number(1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"ZL{NUMBER}",
        f"zl {NUMBER}",
        NUMBER.replace(".", ""),
        f"CN{NUMBER}",
        f"ZL {NUMBER[:4]} {NUMBER[4]} {NUMBER[5:12]}.{NUMBER[-1]}",
        "".join(chr(ord(sign) + 0xFEE0) for sign in f"ZL{NUMBER}"),
        f" {NUMBER[:12]}。{NUMBER[-1]} ",
        NUMBER[:12],
    ],
)
def test_a_number_is_found_however_it_is_typed(number_listing: Listing, jida: Party, typed: str) -> None:
    shelf.offer(assets.draft_right(jida, draft=assets.patent_draft(2)))
    assert found(typed) == {number_listing.pk}


@pytest.mark.django_db
def test_a_mark_is_found_by_its_number_its_words_and_its_goods(jida: Party) -> None:
    mark = shelf.offer(assets.draft_right(jida, draft=assets.trademark_draft()))
    program = shelf.offer(assets.draft_right(jida, draft=assets.software_draft()))
    assert (
        found("1590557") == found("第1590557号".strip("第号")) == found("长白雪") == found("电池 计算机") == {mark.pk}
    )
    assert found("2014SR001852") == found("2014 SR 001852") == found("仓储管理") == {program.pk}
    assert found("吉林大学") == found("jilin university") == {mark.pk, program.pk}


@pytest.mark.django_db
def test_a_symbol_is_found_with_and_without_its_blank(number_listing: Listing) -> None:
    for typed in ("H01M 10/0562", "H01M10/0562", "h01m"):
        assert found(typed) == {number_listing.pk}


@pytest.mark.django_db
def test_a_rounded_number_is_only_words(number_listing: Listing) -> None:
    assert search.number_asked("2.01911E+11") == ""
    assert found("2.01911E+11") == set()


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(Listing.State) - search.ON_OFFER))
def test_what_is_not_on_offer_is_not_found(number_listing: Listing, state: str) -> None:
    Listing.objects.filter(pk=number_listing.pk).update(state=state)
    number_listing.refresh_from_db()
    search.index(number_listing)
    assert found("固态电解质") == set()
    search.drop(number_listing)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_what_changes_is_found_by_its_new_words_only(number_listing: Listing) -> None:
    Right.objects.filter(pk=number_listing.right_id).update(title="石墨烯涂层")
    search.index(Listing.objects.get(pk=number_listing.pk))
    assert found("石墨烯") == {number_listing.pk}
    assert found("固态电解质制备方法") == set()


@pytest.mark.django_db
def test_an_empty_market_invites_to_offer_a_right(client_of: Callable[[User | None], Client]) -> None:
    assert "Nothing is on offer yet." in client_of(None).get("/assets/").content.decode()
