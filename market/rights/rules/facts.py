"""What the rules look at: plain values about a right and, where one is meant, the sale, licence or contract about it.

Amounts are integers in minor units of one currency, rates basis points (1/10,000), moments aware. A part that is None
was not asked about: its rules have nothing to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Owner:
    """A live link of the chain of title; `consented` since it became one."""

    code: str
    name: str
    share: Fraction = Fraction(1)
    consented: bool = False


@dataclass(frozen=True, slots=True)
class Burden:
    """An encumbrance nobody has released. `consented` is the pledgee's yes; `grade` a licence's (exclusive, sole,
    ordinary), "" where its contract is silent; `number` under which the office has it on file."""

    kind: str
    in_favour_of: str
    number: str = ""
    since: date = date.min
    until: date | None = None
    consented: bool = False
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Another mark of the same registrant that would be left behind: `alike` if the law ties it to the one that goes,
    else it only shares a similarity group and a person compares the two."""

    number: str
    words: str
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """The session a lot is sold in. `regime` names its rule set; the days it wants are the rule set's data."""

    mode: str
    regime: str
    notice_on: date
    display_from: datetime
    opens_at: datetime
    notice_days: int
    display_days: int
    licensed_to: date | None = None
    auctioneer_to: date | None = None
    documents_open: bool = True
    withdrawn_at: datetime | None = None
    start_minor: int = 0
    previous_start_minor: int | None = None
    cut_bp: int = 10_000


@dataclass(frozen=True, slots=True)
class Claim:
    """A holder of a pre-emptive right who said yes to the highest price; 1 is the first rank."""

    name: str
    rank: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """How the bidding over a lot ended. `retracted` counts accepted bids that were not allowed to stand; `refunds` are
    the moments the losers' deposits were released, None where one is still held."""

    winner: str
    price_minor: int
    highest_minor: int
    ended_at: datetime
    reserve_minor: int | None = None
    reserve_shown: bool = False
    retracted: int = 0
    last_bid_at: datetime | None = None
    window_s: int = 0
    claims: tuple[Claim, ...] = ()
    refunds: tuple[datetime | None, ...] = ()
    refund_within_h: int = 24
    confirmed: bool = True
    minuted: bool = True


@dataclass(frozen=True, slots=True)
class Commission:
    """What one side pays the house: (from this price, basis points) in rising order; `agreed` in the contract."""

    side: str
    agreed: bool
    tiers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Default:
    """The claim on a buyer who did not pay: both sides' commission of the first sale, and both prices."""

    commissions_minor: int
    first_minor: int
    second_minor: int
    claimed_minor: int


@dataclass(frozen=True, slots=True)
class Grant:
    """The licence, pledge or assignment that is meant. `grade` as the contract says it, "" if silent; `rights` the
    economic rights of a work it names; `clashes` whoever holds an exclusive grant over part of the same."""

    grade: str = ""
    rights: tuple[str, ...] = ()
    until: date | None = None
    effective_on: date | None = None
    filed_on: date | None = None
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publicity:
    """The notice of a state institute's intended price inside the unit, and the objections still open."""

    since: date | None
    objections: int = 0


@dataclass(frozen=True, slots=True)
class Reward:
    """What the contributors get of the net income (or of the shares); `agreed` by contract or published rules."""

    net_minor: int
    given_minor: int
    agreed: bool = False
    state_unit: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """A right contributed for equity; `votes_for` of `votes_all`, `waiting` the holders who have not waived."""

    established_on: date
    pay_by: date
    appraised_minor: int | None
    credited_minor: int
    title_transferred: bool = False
    votes_for: int | None = None
    votes_all: int = 1
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """A foreign or foreign-controlled party is at the table; the technology's class, whether a licence is held, and
    whether the authority approved that a plant variety goes abroad."""

    classified: str = ""
    licensed: bool = False
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """What a contract leaves out of what it must state, and which void terms it has."""

    missing: tuple[str, ...] = ()
    void_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateAsset:
    """A right the state owns: its appraisal, with its base date where that matters, or the floor set instead where three
    institutions could not value it."""

    price_minor: int
    appraised_minor: int | None = None
    floor_minor: int | None = None
    consultations: int = 0
    approved_below: bool = False
    appraised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Earnest:
    """定金: what was given on the contract price; `returned_minor` where the receiver broke the contract."""

    minor: int
    price_minor: int
    returned_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """When the consignment contract ended and until when its records are kept."""

    ended_on: date
    kept_until: date


@dataclass(frozen=True, slots=True)
class TitleDay:
    """The day title is said to have passed, and the two days the law may name."""

    entered_on: date
    contract_on: date
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at; `seller` is the code of the party that would transfer, license or pledge.

    `type` is the patent's type or the kind of work. `inventors_answered`: whoever made a service result was told and
    waived; `inventors_claim`: they want to buy. `award_minor` is what was paid on the grant, None where something was agreed
    instead. `ties` names whom of consignor, house and staff the buyer belongs to.
    """

    kind: str
    state: str
    number: str
    seller: str
    owners: tuple[Owner, ...]
    type: str = ""
    burdens: tuple[Burden, ...] = ()
    siblings: tuple[Mark, ...] = ()
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    annuity_paid_to: date | None = None
    checked_on: date | None = None
    service_result: bool = False
    inventors_answered: bool = False
    inventors_claim: bool = False
    award_minor: int | None = None
    evaluation_report: bool = False
    ties: tuple[str, ...] = ()
    sale: Sale | None = None
    result: Result | None = None
    commissions: tuple[Commission, ...] = ()
    default: Default | None = None
    archive: Archive | None = None
    title_day: TitleDay | None = None
    grant: Grant | None = None
    publicity: Publicity | None = None
    reward: Reward | None = None
    contribution: Contribution | None = None
    export: Export | None = None
    contract: Contract | None = None
    state_asset: StateAsset | None = None
    earnest: Earnest | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A defect a check saw: its `code`, and the values that fill its sentence. `severity` where not the defect's own;
    `variant` chooses the provision where the kind of right does not."""

    code: str
    facts: Mapping[str, object]
    severity: str = ""
    variant: str = ""


def found(code: str, /, *, severity: str = "", variant: str = "", **facts: object) -> Found:
    """A defect with the values its sentence needs."""
    return Found(code, facts, severity, variant)
