"""The rulebook: for each of the thirty-six rules a right that fails for just this reason, and passes once cured."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.clock import BEIJING
from market.kernel.words import text
from market.rights.rules import facts as f
from market.rights.rules.intents import EVERY, Intent, license_as
from market.rights.rules.law import GROUNDS, award_due, cite
from market.rights.rules.rulebook import RULES, readiness, rule
from market.rights.templatetags.rights_tags import CURERS, article

TODAY = date(2026, 11, 23)
JIDA, FAW = f.Owner("P-JIDA", "吉林大学"), f.Owner("P-FAW", "一汽")
PATENT = f.Facts(
    kind="patent",
    type="invention",
    state="granted",
    number="ZL201310699744.2",
    seller="P-JIDA",
    owners=(JIDA,),
    filed_on=date(2013, 12, 18),
    granted_on=date(2016, 3, 2),
    expires_on=date(2033, 12, 17),
    annuity_paid_to=date(2026, 12, 18),
    checked_on=date(2026, 11, 20),
)
MODEL = replace(PATENT, type="utility")
MARK = replace(PATENT, kind="trademark", type="", state="registered", number="1590557", annuity_paid_to=None)
LAYOUT = replace(MARK, kind="ic_layout", number="BS.205001234")
VARIETY = replace(PATENT, kind="plant_variety", type="", number="CNA20191234.5", annuity_paid_to=None)
WORK = replace(MARK, kind="copyright", type="literary", number="国作登字-2021-A-01233328")
OPENS = datetime(2026, 12, 10, 9, 30, tzinfo=BEIJING)
SALE = f.Sale(
    "auction",
    "commercial",
    notice_on=date(2026, 12, 1),
    display_from=OPENS - timedelta(days=3),
    opens_at=OPENS,
    notice_days=7,
    display_days=2,
    licensed_to=date(2030, 1, 1),
    auctioneer_to=date(2026, 12, 10),
    start_minor=80_000_00,
    previous_start_minor=100_000_00,
    cut_bp=2000,
)
ENDED = datetime(2026, 11, 20, 10, 5, tzinfo=BEIJING)
RESULT = f.Result(
    winner="安妮",
    price_minor=1_000_000,
    highest_minor=1_000_000,
    ended_at=ENDED,
    reserve_minor=1_000_000,
    last_bid_at=ENDED - timedelta(seconds=300),
    window_s=300,
    claims=(f.Claim("安妮", 1, ENDED), f.Claim("包博", 1, ENDED + timedelta(seconds=1)), f.Claim("卡罗", 2, ENDED)),
    refunds=(ENDED + timedelta(hours=24),),
)
TIERS = f.Commission("seller", False, ((0, 500), (1_000_000_00, 300)))
DEFAULT = f.Default(commissions_minor=100_000, first_minor=1_000_000, second_minor=800_000, claimed_minor=300_000)
KEPT = f.Archive(date(2026, 11, 23), date(2031, 11, 23))
GRANT = f.Grant("exclusive", ("reproduction", "other"), until=date(2033, 12, 17))
PLEDGE = f.Burden("pledge", "吉林银行", "Y2024220000001", date(2024, 1, 1))
LICENCE = f.Burden("licence", "一汽", "2026220000007", date(2026, 5, 1), grade="exclusive")
EQUITY = f.Contribution(
    date(2026, 11, 1), date(2031, 11, 1), 500_000_00, 500_000_00, title_transferred=True, votes_for=2, votes_all=3
)
STATE = f.StateAsset(900_000_00, appraised_minor=1_000_000_00)
FLOOR = f.StateAsset(900_000_00, floor_minor=900_000_00, consultations=3)
TITLE = f.TitleDay(date(2027, 1, 15), date(2026, 12, 2), date(2027, 1, 15))
EXCLUSIVE, ORDINARY, OPEN = license_as("exclusive"), license_as("ordinary"), license_as("open")
DAY = timedelta(days=1)


class Case(NamedTuple):
    """The rule and defect, the act, a right with none, what breaks it, and the article and cure that are to be named."""

    rule: str
    code: str
    intent: Intent | str
    sound: f.Facts
    broken: dict[str, Any]
    article: str
    cure: str


Pair = tuple[f.Facts, dict[str, Any]]


def spoilt(base: f.Facts, part: str, **change: Any) -> Pair:
    """A sound right, and the one part of its facts that is to be wrong."""
    return base, {part: replace(getattr(base, part), **change)}


def sale(**change: Any) -> Pair:
    return spoilt(replace(PATENT, sale=SALE), "sale", **change)


def ended(**change: Any) -> Pair:
    return spoilt(replace(PATENT, result=RESULT), "result", **change)


def granted(base: f.Facts = PATENT, **change: Any) -> Pair:
    return spoilt(replace(base, grant=GRANT), "grant", **change)


def company(**change: Any) -> Pair:
    return spoilt(replace(PATENT, contribution=EQUITY), "contribution", **change)


def with_part(part: str, sound: object, broken: object, base: f.Facts = PATENT) -> Pair:
    return replace(base, **{part: sound}), {part: broken}  # type: ignore[arg-type]


def burdened(burden: f.Burden, base: f.Facts = PATENT) -> Pair:
    return base, {"burdens": (burden,)}


def shared(base: f.Facts = PATENT) -> Pair:
    return replace(base, owners=AGREED), {"owners": HALVES}


HALVES = (replace(JIDA, share=Fraction(1, 2)), replace(FAW, share=Fraction(1, 2)))
AGREED = (HALVES[0], replace(HALVES[1], consented=True))
FREEZE = replace(PLEDGE, kind="preservation")
OPENED, UNFILED = replace(LICENCE, kind="open_licence"), replace(LICENCE, since=date(2026, 8, 20), number="")
PROGRAM = replace(WORK, type="software")
ALIKE, NEAR = f.Mark("1682310", "长白雪", alike=True), f.Mark("626155", "松花江")
EVE, SHOWN = OPENS - 2 * DAY + timedelta(seconds=1), f.Publicity(date(2026, 11, 7))
TERMS = ("grant_back", "no_competition", "limits", "tying", "sources", "no_challenge")
JUDICIAL, SOE = "法释〔2016〕18号", "企业国有资产交易监督管理办法"


WILLING = replace(JIDA, consented=True)
YESTERDAY = TODAY - DAY
OVER, RISING = replace(TIERS, tiers=((0, 501),)), replace(TIERS, tiers=((0, 300), (1, 400)))
HASTY = replace(TITLE, entered_on=TITLE.contract_on)
LATER, OBJECTED = f.Publicity(date(2026, 11, 8)), replace(SHOWN, objections=1)
LITTLE = f.Reward(100, 10, agreed=True)
STATE_LITTLE = replace(LITTLE, state_unit=True)
HOME, VARIETIES = f.Export("free", approved=True), "植物新品种保护条例（2025）"
FREE, HELD, EXPORT = f.Export("free"), f.Export("restricted", licensed=True), "技术进出口管理条例 28-38"
REPORTED = replace(MODEL, evaluation_report=True)
PAID_BACK, SHORT = f.Earnest(20, 100, 40), f.Earnest(20, 100, 39)
IN_TIME = replace(PATENT, burdens=(replace(UNFILED, since=date(2026, 8, 24)),))
TOLD = replace(PATENT, service_result=True, inventors_answered=True)
CLAIM = {"inventors_answered": False, "inventors_claim": True}
AWARD, EARLY = "专利法实施细则 93", date(2031, 11, 22)


def contract(base: f.Facts = PATENT, **change: Any) -> Pair:
    return spoilt(replace(base, contract=f.Contract()), "contract", **change)


def state(asset: f.StateAsset, **change: Any) -> Pair:
    return spoilt(replace(PATENT, state_asset=asset), "state_asset", **change)


def case(numbered: str, code: str, intent: str, pair: Pair, article: str, cure: str) -> Case:
    return Case(numbered, code, intent, *pair, article, cure)


BARRED = [
    case("R01", "no_licence", "auction", sale(licensed_to=date(2026, 12, 9)), "拍卖法 10-16", "licence"),
    case("R01", "no_auctioneer", "auction", sale(auctioneer_to=None), "拍卖法 10-16", "appointment"),
    case("R02", "notice_short", "auction", sale(notice_on=date(2026, 12, 3)), "拍卖法 45", "later_day"),
    case("R02", "notice_short", "auction", sale(regime="judicial_online", notice_days=30), f"{JUDICIAL} 12", "later_day"),
    case("R03", "display_short", "auction", sale(display_from=EVE), "拍卖法 48", "later_day"),
    case("R03", "documents_shut", "auction", sale(documents_open=False), "拍卖法 48", "documents"),
    case("R04", "below_reserve", "close", ended(reserve_minor=1_000_001), "拍卖法 50", "pass_in"),
    case("R04", "reserve_shown", "close", ended(reserve_shown=True), "拍卖法 28", "annulment"),
    case("R05", "related_buyer", "auction", (PATENT, {"ties": ("吉林大学",)}), "拍卖法 22, 30", "exclusion"),
    case("R06", "bid_retracted", "close", ended(retracted=1), "拍卖法 36", "correction"),
    case("R06", "bid_retracted", "close", ended(highest_minor=1_000_001), "拍卖法 36", "correction"),
    case("R07", "withdrawn_late", "auction", sale(withdrawn_at=OPENS), "拍卖法 29", "reinstatement"),
    case("R08", "no_confirmation", "assign", ended(confirmed=False), "拍卖法 52-53", "confirmation"),
    case("R08", "no_minutes", "assign", ended(minuted=False), "拍卖法 52-53", "minutes"),
    case("R09", "kept_short", "close", with_part("archive", KEPT, replace(KEPT, kept_until=EARLY)), "拍卖法 54", "retention"),
    case("R10", "commission_cap", "list", with_part("commissions", (TIERS,), (OVER,)), "拍卖法 56", "commission_terms"),
    case("R10", "commission_tiers", "list", with_part("commissions", (TIERS,), (RISING,)), "拍卖法 56", "commission_terms"),
    case("R11", "default_sum", "close", with_part("default", DEFAULT, replace(DEFAULT, claimed_minor=1)), "拍卖法 39", "claim"),
    case("R12", "priority_passed_over", "close", ended(winner="包博"), f"{JUDICIAL} 19-21", "award_to_holder"),
    case("R13", "ended_early", "close", ended(last_bid_at=ENDED - timedelta(seconds=299)), f"{JUDICIAL} 20", "reopening"),
    case("R14", "deposit_late", "close", ended(refunds=(ENDED + timedelta(hours=25),)), f"{JUDICIAL} 23", "refund"),
    case("R14", "deposit_late", "close", ended(refunds=(None,)), f"{JUDICIAL} 23", "refund"),
    case("R15", "cut_too_deep", "auction", sale(start_minor=79_999_99), f"{JUDICIAL} 26", "higher_start"),
    case("R16", "co_owner", "assign", shared(), "专利法 14", "consent"),
    case("R16", "co_owner", EXCLUSIVE, shared(), "专利法 14", "consent"),
    case("R16", "co_owner", "pledge", shared(WORK), "著作权法 14", "consent"),
    case("R16", "co_owner", ORDINARY, shared(MARK), "商标法 5", "consent"),
    case("R16", "shares", "assign", (PATENT, {"owners": HALVES[:1]}), "专利法 14", "correction"),
    case("R17", "pledge", "assign", burdened(PLEDGE), "民法典 444", "consent"),
    case("R17", "pledge", ORDINARY, burdened(PLEDGE, MARK), "民法典 444", "consent"),
    case("R17", "pledged_already", "pledge", burdened(PLEDGE), "专利权质押登记办法", "release"),
    case("R18", "preservation", "list", burdened(FREEZE), "专利法实施细则 103-105", "release"),
    case("R18", "suspension", "list", burdened(replace(FREEZE, kind="suspension"), MARK), "民事诉讼法 106", "release"),
    case("R18", "dispute", ORDINARY, burdened(replace(FREEZE, kind="dispute")), "专利法实施细则 103", "release"),
    case("R19", "not_owner", "list", (replace(PATENT, owners=(WILLING,)), {"seller": "P-MALLORY"}), "专利法 10", "extract"),
    case("R19", "wrong_title_day", "close", with_part("title_day", TITLE, HASTY), "专利法 10", "correction"),
    case("R19", "lapsed", ORDINARY, (PATENT, {"state": "lapsed"}), "专利法 44", "extract"),
    case("R19", "invalidated", "list", (PATENT, {"state": "invalidated"}), "专利法 47", "withdrawal"),
    case("R19", "expired", "list", (MARK, {"expires_on": YESTERDAY}), "商标法 39-40", "extract"),
    case("R19", "not_granted", "pledge", (PATENT, {"state": "pending"}), "专利权质押登记办法", "grant"),
    case("R19", "unverified", "assign", (PATENT, {"state": "draft"}), "专利法 10", "extract"),
    case("R19", "annuity", "assign", (PATENT, {"annuity_paid_to": YESTERDAY}), "专利法 44", "receipt"),
    case("R19", "annuity_lapsed", "list", (PATENT, {"annuity_paid_to": date(2026, 5, 22)}), "专利法 44", "receipt"),
    case("R20", "marks_left", "assign", (MARK, {"siblings": (ALIKE,)}), "商标法 42", "bundle"),
    case("R21", "moral_rights", "assign", granted(WORK, rights=("translation", "integrity")), "著作权法 10", "terms"),
    case("R21", "moral_rights", "assign", granted(PROGRAM, rights=("performance",)), "著作权法 10", "terms"),
    case("R21", "grant_unlisted", "assign", granted(WORK, rights=()), "著作权法 29", "terms"),
    case("R23", "licence_outlives", EXCLUSIVE, granted(until=date(2033, 12, 18)), "民法典 865", "terms"),
    case("R24", "grade_silent", EXCLUSIVE, granted(grade=""), "技术合同解释 25", "terms"),
    case("R24", "grade_silent", EXCLUSIVE, granted(PROGRAM, grade=""), "计算机软件保护条例 19", "terms"),
    case("R24", "grant_overlap", ORDINARY, granted(clashes=("包博",)), "技术合同解释 25", "terms"),
    case("R25", "inventors_claim", "assign", (TOLD, CLAIM), "民法典 847", "waiver"),
    case("R26", "publicity_short", "assign", with_part("publicity", SHOWN, LATER), "国发〔2016〕16号", "publicity"),
    case("R26", "publicity_objection", "assign", with_part("publicity", SHOWN, OBJECTED), "促进科技成果转化法 18", "decision"),
    case("R27", "reward_low", "close", with_part("reward", f.Reward(101, 51), f.Reward(101, 50)), "促进科技成果转化法 45", "plan"),
    case("R27", "reward_low", "close", with_part("reward", LITTLE, STATE_LITTLE), "促进科技成果转化法 45", "plan"),
    case("R29", "contribution_unvalued", "contribute", company(appraised_minor=None), "公司法 48", "appraisal"),
    case("R29", "contribution_value", "contribute", company(credited_minor=500_000_01), "公司法 48", "appraisal"),
    case("R29", "contribution_untitled", "close", company(title_transferred=False), "公司法 49", "title"),
    case("R29", "contribution_late", "contribute", company(pay_by=date(2031, 11, 2)), "公司法 47", "terms"),
    case("R30", "votes_short", "contribute", company(votes_for=1), "公司法 66", "resolution"),
    case("R30", "preemption_open", "contribute", company(waiting=("卡罗",)), "公司法 227", "waiver"),
    case("R31", "export_unclassified", "assign", with_part("export", FREE, f.Export()), EXPORT, "classification"),
    case("R31", "export_unlicensed", "assign", with_part("export", HELD, f.Export("restricted")), EXPORT, "export_licence"),
    case("R31", "export_prohibited", "auction", with_part("export", FREE, f.Export("prohibited")), EXPORT, "exclusion"),
    case("R31", "variety_abroad", "assign", with_part("export", HOME, f.Export("free"), VARIETY), VARIETIES, "approval"),
    case("R32", "open_no_report", OPEN, (REPORTED, {"evaluation_report": False}), "专利法 50-51", "report"),
    case("R32", "open_barred", OPEN, burdened(LICENCE), "专利法实施细则 86", "release"),
    case("R32", "open_running", EXCLUSIVE, burdened(OPENED), "专利法 50-51", "withdrawal"),
    *(case("R33", "void_term", "assign", contract(void_terms=(term,)), "技术合同解释 10", "terms") for term in TERMS),
    case("R34", "field_missing", "assign", contract(missing=("专利号",)), "民法典 845", "terms"),
    case("R34", "field_missing", ORDINARY, contract(WORK, missing=("期间",)), "著作权法 26-27", "terms"),
    case("R35", "no_appraisal", "list", state(STATE, appraised_minor=None), "企业国有资产法 47, 55", "appraisal"),
    case("R35", "no_appraisal", "assign", state(STATE, appraised_on=date(2025, 11, 22)), "企业国有资产法 47, 55", "appraisal"),
    case("R35", "below_ninety", "assign", state(STATE, price_minor=899_999_99), SOE, "approval"),
    case("R35", "few_consultations", "assign", state(FLOOR, consultations=2), "国资发产权规〔2024〕8号", "consultation"),
    case("R35", "below_floor", "assign", state(FLOOR, price_minor=1), "国资发产权规〔2024〕8号", "approval"),
    case("R36", "earnest_over", "assign", with_part("earnest", f.Earnest(20, 100), f.Earnest(21, 100)), "民法典 586", "terms"),
    case("R36", "earnest_return", "close", with_part("earnest", PAID_BACK, SHORT), "民法典 587", "payment"),
]  # fmt: skip
NOTED = [
    case("R16", "fee_shared", ORDINARY, (PATENT, {"owners": HALVES}), "专利法 14", "split"),
    case("R17", "pledge_prepays", "assign", burdened(replace(PLEDGE, consented=True)), "民法典 444", "release"),
    case("R19", "pending", "list", (PATENT, {"state": "pending"}), "专利法 10", "extract"),
    case("R19", "annuity", "list", (PATENT, {"annuity_paid_to": YESTERDAY}), "专利法 44", "receipt"),
    case("R19", "status_old", "assign", (PATENT, {"checked_on": None}), "拍卖法 27", "extract"),
    case("R20", "similar_marks", "assign", (MARK, {"siblings": (NEAR,)}), "商标法 42", "comparison"),
    case("R20", "marks_left", "list", (MARK, {"siblings": (ALIKE,)}), "商标法 42", "bundle"),
    case("R22", "licence_unfiled", EXCLUSIVE, (IN_TIME, {"burdens": (UNFILED,)}), "专利法实施细则 15", "filing"),
    case("R22", "licence_unfiled", ORDINARY, burdened(UNFILED, MARK), "商标法 43", "filing"),
    case("R22", "licence_unfiled", "close", granted(effective_on=date(2026, 6, 1)), "专利法实施细则 15", "filing"),
    case("R23", "licence", "assign", burdened(LICENCE), "技术合同解释 24", "disclosure"),
    case("R25", "inventors", "assign", (TOLD, {"inventors_answered": False}), "民法典 847", "notice"),
    case("R28", "award_missing", "assign", (replace(PATENT, award_minor=300_000), {"award_minor": 299_999}), AWARD, "payment"),
    case("R32", "open_licence", "assign", burdened(OPENED), "专利法 50-51", "disclosure"),
]  # fmt: skip


def name_of(case: Case) -> str:
    return f"{case.rule}-{case.code}-{case.intent}"


@pytest.mark.parametrize("case", BARRED + NOTED, ids=name_of)
def test_a_defect_is_found_alone_with_its_article_and_cure_and_is_gone_once_cured(case: Case) -> None:
    answer = readiness(replace(case.sound, **case.broken), case.intent, TODAY)
    (only,) = answer.blockers
    assert (only.rule, only.code, only.article, only.cure) == (case.rule, case.code, case.article, case.cure)
    assert answer.colour == ("red" if case in BARRED else "amber")
    assert readiness(case.sound, case.intent, TODAY).colour == "green"


def test_every_rule_and_every_defect_has_its_case() -> None:
    assert [each.id for each in RULES] == [f"R{number:02}" for number in range(1, 37)]
    written = {(each.id, defect.code) for each in RULES for defect in each.defects}
    assert written == {(each.rule, each.code) for each in BARRED + NOTED}


@pytest.mark.parametrize("intent", sorted(EVERY))
@pytest.mark.parametrize("facts", [PATENT, MARK, WORK, LAYOUT, VARIETY], ids=lambda facts: facts.kind)
def test_a_right_with_no_defect_has_no_blocker_whatever_is_meant(facts: f.Facts, intent: str) -> None:
    assert readiness(facts, intent, TODAY).blockers == ()


@pytest.mark.parametrize("case", BARRED + NOTED, ids=name_of)
def test_a_defect_says_what_is_wrong_and_how_it_is_cured_in_both_languages(case: Case) -> None:
    (only,) = readiness(replace(case.sound, **case.broken), case.intent, TODAY).blockers
    said = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            what, _gap, cure = text(only.template, {"facts": only.facts}).strip().partition("\n\n")
            said.append((what, cure, text(rule(only.rule).template, {}), article(only.article)))
    assert all(all(words.strip() for words in sentences) for sentences in said)
    assert not set(said[0]) & set(said[1])


def test_every_word_of_the_rulebook_has_its_template_and_its_ground() -> None:
    for each in RULES:
        assert engines["django"].get_template(each.template)
        for defect in each.defects:
            assert engines["django"].get_template(defect.template)
            assert defect.by in CURERS
            assert defect.ground in GROUNDS


def test_no_ground_is_kept_that_no_rule_stands_on() -> None:
    assert set(GROUNDS) == {defect.ground for each in RULES for defect in each.defects}


ON_MARKS = [each for each in BARRED + NOTED if each.sound.kind == "trademark" and "商标法" in each.article]


@pytest.mark.parametrize("case", ON_MARKS, ids=name_of)
def test_the_same_deal_is_judged_by_the_law_of_its_day(case: Case) -> None:
    facts = replace(case.sound, checked_on=date(2026, 12, 31), **case.broken)
    (old,) = readiness(facts, case.intent, date(2026, 12, 31)).blockers
    (new,) = readiness(facts, case.intent, date(2027, 1, 1)).blockers
    assert (old.code, old.provision.law, old.provision.valid_to) == (case.code, "商标法", date(2026, 12, 31))
    assert (new.code, new.provision.law, new.provision.valid_from) == (case.code, "商标法（2026）", date(2027, 1, 1))


@given(st.dates(date(2010, 1, 1), date(2035, 12, 31)))
def test_every_day_has_one_version_of_each_provision_and_versions_never_overlap(on: date) -> None:
    for ground, variants in GROUNDS.items():
        for variant, versions in variants.items():
            first = min(version.valid_from for version in versions)
            valid = [v for v in versions if v.valid_from <= on and (v.valid_to is None or on <= v.valid_to)]
            assert len(valid) == (1 if on >= first else 0), ground
            assert cite(ground, variant, on) == (valid[0] if valid else versions[0])


def test_the_least_award_is_that_of_the_day_of_the_grant() -> None:
    assert [award_due("invention", day) for day in (date(2024, 1, 19), date(2024, 1, 20))] == [300_000, 400_000]
    assert [award_due("design", day) for day in (date(2024, 1, 19), date(2024, 1, 20))] == [100_000, 150_000]


def test_an_act_nobody_knows_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="lend"):
        readiness(PATENT, "lend", TODAY)
