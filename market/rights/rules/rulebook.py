"""The rulebook: thirty-six rules as data, and what stands in the way of an act with a right, on a day.

A rule names the acts it is asked about, the function that looks at the facts and the defects it may find; a defect
names its ground in the law (`law.GROUNDS`), the paper or act that cures it and who can give it. Words live with the
templates: templates/rights/rules/R01.txt says what a rule demands, templates/rights/blockers/<code>.txt what is wrong,
a blank line, and how it is cured.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from market.rights.rules import bidding, dealing, granting, holding
from market.rights.rules.facts import Facts, Found
from market.rights.rules.intents import (
    ASSIGN,
    AUCTION,
    BEFORE,
    CLOSE,
    CONTRIBUTE,
    EVERY,
    LICENCES,
    PLEDGE,
    SALES,
    Intent,
)
from market.rights.rules.law import Provision, cite

RED, AMBER, GREEN = "red", "amber", "green"  # red: may not go on; amber: may, and everybody is told
Check = Callable[[Facts, Intent, date], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Defect:
    """One way to break a rule: its code, its ground in the law, the paper or act that cures it, and who gives that."""

    code: str
    ground: str
    cure: str
    by: str
    severity: str = RED

    @property
    def template(self) -> str:
        """Where its words are: what is wrong, a blank line, how it is cured."""
        return f"rights/blockers/{self.code}.txt"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the checklist, asked about the acts in `intents`."""

    id: str
    intents: Collection[Intent]
    check: Check
    defects: tuple[Defect, ...]

    @property
    def template(self) -> str:
        """Where the sentence is that says what it demands."""
        return f"rights/rules/{self.id}.txt"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing in the way: the rule and defect it comes from, the provision in force that day, the values of its words."""

    rule: str
    severity: str
    code: str
    provision: Provision = field(compare=False)
    cure: str
    by: str
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def red(self) -> bool:
        """Whether it bars the act."""
        return self.severity == RED

    @property
    def article(self) -> str:
        """The provision as it is cited: "专利法 14"."""
        return str(self.provision)

    @property
    def template(self) -> str:
        """Where its words are; `facts` fills them."""
        return f"rights/blockers/{self.code}.txt"


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer: everything in the way, what bars first."""

    blockers: tuple[Blocker, ...]

    @property
    def bars(self) -> tuple[Blocker, ...]:
        """What keeps the act from going on."""
        return tuple(blocker for blocker in self.blockers if blocker.red)

    @property
    def colour(self) -> str:
        """Red if something bars, amber if something is to be told, else green."""
        return RED if self.bars else AMBER if self.blockers else GREEN


def readiness(facts: Facts, intent: Intent | str, on: date) -> Readiness:
    """Whether the right may be listed, auctioned, assigned, licensed, pledged, contributed or passed on (`intent`) on the
    day `on`, by the law in force that day. ValueError for an intent nobody knows."""
    act = Intent(intent)
    seen = [
        _blocker(rule, one, facts, on) for rule in RULES if act in rule.intents for one in rule.check(facts, act, on)
    ]
    return Readiness(tuple(sorted(seen, key=lambda blocker: not blocker.red)))


def _blocker(rule: Rule, one: Found, facts: Facts, on: date) -> Blocker:
    defect = next(known for known in rule.defects if known.code == one.code)
    provision = cite(defect.ground, one.variant or facts.kind, on)
    return Blocker(rule.id, one.severity or defect.severity, one.code, provision, defect.cure, defect.by, one.facts)


def rule(number: str) -> Rule:
    """The rule of that number ("R16"). KeyError else."""
    return _BY_ID[number]


_D = Defect
_DONE = frozenset({CLOSE})  # what is only known once the bidding is over
_SOLD = frozenset({AUCTION, CLOSE})
_AGREED = frozenset({ASSIGN, CONTRIBUTE, CLOSE}) | LICENCES
_GRANTS = LICENCES | {ASSIGN, CONTRIBUTE, PLEDGE, CLOSE}

RULES: tuple[Rule, ...] = (
    Rule(
        "R01",
        {AUCTION},
        bidding.host,
        (_D("no_licence", "host", "licence", "agency"), _D("no_auctioneer", "host", "appointment", "agency")),
    ),
    Rule("R02", {AUCTION}, bidding.notice, (_D("notice_short", "notice", "later_day", "agency"),)),
    Rule(
        "R03",
        {AUCTION},
        bidding.display,
        (_D("display_short", "display", "later_day", "agency"), _D("documents_shut", "display", "documents", "agency")),
    ),
    Rule(
        "R04",
        _DONE,
        bidding.reserve,
        (
            _D("below_reserve", "reserve", "pass_in", "agency"),
            _D("reserve_shown", "reserve_secret", "annulment", "agency"),
        ),
    ),
    Rule("R05", EVERY, bidding.arm_length, (_D("related_buyer", "arm_length", "exclusion", "agency"),)),
    Rule("R06", _DONE, bidding.bids, (_D("bid_retracted", "bid_stands", "correction", "agency"),)),
    Rule("R07", _SOLD, bidding.withdrawal, (_D("withdrawn_late", "withdrawal", "reinstatement", "agency"),)),
    Rule(
        "R08",
        _AGREED,
        bidding.papers,
        (_D("no_confirmation", "record", "confirmation", "buyer"), _D("no_minutes", "record", "minutes", "agency")),
    ),
    Rule("R09", _DONE, bidding.archive, (_D("kept_short", "archive", "retention", "agency"),)),
    Rule(
        "R10",
        EVERY,
        bidding.commission,
        (
            _D("commission_cap", "commission", "commission_terms", "agency"),
            _D("commission_tiers", "commission", "commission_terms", "agency"),
        ),
    ),
    Rule("R11", _DONE, bidding.default, (_D("default_sum", "default", "claim", "agency"),)),
    Rule("R12", _DONE, bidding.priority, (_D("priority_passed_over", "priority", "award_to_holder", "agency"),)),
    Rule("R13", _DONE, bidding.extension, (_D("ended_early", "extension", "reopening", "agency"),)),
    Rule("R14", _DONE, bidding.refunds, (_D("deposit_late", "deposits", "refund", "agency"),)),
    Rule("R15", {AUCTION}, bidding.second_sale, (_D("cut_too_deep", "second_sale", "higher_start", "agency"),)),
    Rule(
        "R16",
        EVERY,
        holding.owners,
        (
            _D("co_owner", "co_owner", "consent", "co_owner"),
            _D("shares", "co_owner", "correction", "agency"),
            _D("fee_shared", "co_owner", "split", "seller", AMBER),
        ),
    ),
    Rule(
        "R17",
        EVERY,
        holding.pledges,
        (
            _D("pledge", "pledge", "consent", "pledgee"),
            _D("pledge_prepays", "pledge", "release", "pledgee", AMBER),
            _D("pledged_already", "pledge_again", "release", "pledgee"),
        ),
    ),
    Rule(
        "R18",
        EVERY,
        holding.freezes,
        (
            _D("preservation", "freeze", "release", "court"),
            _D("suspension", "freeze", "release", "office"),
            _D("dispute", "dispute", "release", "court"),
        ),
    ),
    Rule(
        "R19",
        EVERY,
        holding.title,
        (
            _D("not_owner", "passes", "extract", "seller"),
            _D("wrong_title_day", "passes", "correction", "agency"),
            _D("lapsed", "lapsed", "extract", "office"),
            _D("invalidated", "invalidated", "withdrawal", "seller"),
            _D("expired", "term", "extract", "office"),
            _D("pending", "passes", "extract", "office", AMBER),
            _D("not_granted", "pledge_again", "grant", "office"),
            _D("unverified", "passes", "extract", "agency"),
            _D("annuity", "annuity", "receipt", "seller"),
            _D("annuity_lapsed", "annuity", "receipt", "office"),
            _D("status_old", "disclosure", "extract", "agency", AMBER),
        ),
    ),
    Rule(
        "R20",
        SALES | {PLEDGE},
        holding.marks,
        (
            _D("marks_left", "closure", "bundle", "seller"),
            _D("similar_marks", "closure", "comparison", "agency", AMBER),
        ),
    ),
    Rule(
        "R21",
        _GRANTS,
        granting.matrix,
        (_D("moral_rights", "matrix", "terms", "seller"), _D("grant_unlisted", "reserved", "terms", "seller")),
    ),
    Rule("R22", EVERY, holding.licences, (_D("licence_unfiled", "licence_filing", "filing", "seller", AMBER),)),
    Rule(
        "R23",
        EVERY - {CLOSE},
        granting.term,
        (
            _D("licence_outlives", "licence_term", "terms", "seller"),
            _D("licence", "licence_survives", "disclosure", "seller", AMBER),
        ),
    ),
    Rule(
        "R24",
        _GRANTS,
        granting.grade,
        (_D("grade_silent", "grade", "terms", "seller"), _D("grant_overlap", "grade", "terms", "seller")),
    ),
    Rule(
        "R25",
        SALES,
        holding.inventors,
        (
            _D("inventors", "inventors", "notice", "inventors", AMBER),
            _D("inventors_claim", "inventors", "waiver", "inventors"),
        ),
    ),
    Rule(
        "R26",
        _AGREED,
        dealing.publicity,
        (
            _D("publicity_short", "publicity", "publicity", "seller"),
            _D("publicity_objection", "objection", "decision", "seller"),
        ),
    ),
    Rule("R27", {CLOSE, CONTRIBUTE}, dealing.reward, (_D("reward_low", "reward", "plan", "seller"),)),
    Rule("R28", BEFORE, holding.award, (_D("award_missing", "award", "payment", "seller", AMBER),)),
    Rule(
        "R29",
        {CONTRIBUTE, CLOSE},
        dealing.contribution,
        (
            _D("contribution_unvalued", "valued", "appraisal", "appraiser"),
            _D("contribution_value", "valued", "appraisal", "appraiser"),
            _D("contribution_untitled", "contributed", "title", "office"),
            _D("contribution_late", "paid_in", "terms", "seller"),
        ),
    ),
    Rule(
        "R30",
        {CONTRIBUTE, CLOSE},
        dealing.increase,
        (_D("votes_short", "votes", "resolution", "holders"), _D("preemption_open", "preemption", "waiver", "holders")),
    ),
    Rule(
        "R31",
        EVERY,
        dealing.export,
        (
            _D("export_unclassified", "export", "classification", "seller"),
            _D("export_unlicensed", "export", "export_licence", "seller"),
            _D("export_prohibited", "export", "exclusion", "seller"),
            _D("variety_abroad", "variety_abroad", "approval", "office"),
        ),
    ),
    Rule(
        "R32",
        BEFORE,
        granting.open_licence,
        (
            _D("open_no_report", "open_licence", "report", "office"),
            _D("open_barred", "open_bars", "release", "seller"),
            _D("open_running", "open_licence", "withdrawal", "seller"),
            _D("open_licence", "open_licence", "disclosure", "seller", AMBER),
        ),
    ),
    Rule("R33", _AGREED, dealing.void_terms, (_D("void_term", "void_terms", "terms", "seller"),)),
    Rule("R34", _AGREED, dealing.contents, (_D("field_missing", "contents", "terms", "agency"),)),
    Rule(
        "R35",
        SALES | LICENCES | {CLOSE},
        dealing.state_asset,
        (
            _D("no_appraisal", "appraisal", "appraisal", "appraiser"),
            _D("few_consultations", "consultations", "consultation", "appraiser"),
            _D("below_ninety", "below_ninety", "approval", "approver"),
            _D("below_floor", "consultations", "approval", "approver"),
        ),
    ),
    Rule(
        "R36",
        _AGREED,
        dealing.earnest,
        (_D("earnest_over", "earnest", "terms", "seller"), _D("earnest_return", "earnest_double", "payment", "seller")),
    ),
)
_BY_ID: Mapping[str, Rule] = {each.id: each for each in RULES}
