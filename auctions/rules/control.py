"""What any lot can be told, however one bids for it: pauses, outages, withdrawal, annulment, words for the room."""

from dataclasses import replace
from datetime import datetime, timedelta

from auctions.rules.chain import Json, stamp, unstamp
from auctions.rules.frame import opening
from auctions.rules.lot import (
    ANNULLED,
    BIDDING,
    EXTENDED,
    LIVE,
    NOTICED,
    SOLD,
    SUSPENDED,
    WITHDRAWN,
    Annul,
    Command,
    ExtendForOutage,
    ExtendTogether,
    HandOver,
    LotState,
    Notice,
    Outcome,
    Resume,
    Suspend,
    Withdraw,
)

ANNULLABLE = frozenset({*BIDDING, SUSPENDED, SOLD})
LONGEST = 500  # characters of a reason or a notice


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one control command makes of the state; the refusals are `lot.*`."""
    if isinstance(command, Suspend):
        return suspended(state, command.reason, now)
    if isinstance(command, Resume):
        return _resumed(state, command, now)
    if isinstance(command, ExtendForOutage):
        return _extended(state, command)
    if isinstance(command, ExtendTogether):
        return _together(state, command, now)
    if isinstance(command, Annul):
        return _annulled(state, command)
    if isinstance(command, Withdraw):
        return _withdrawn(state, command, now)
    if isinstance(command, Notice | HandOver):
        return _said(state, command)
    raise TypeError(f"not a control: {command!r}")


def suspended(state: LotState, reason: str, now: datetime) -> Outcome:
    """Hold the lot: its time stands still until it is resumed."""
    if state.phase not in BIDDING or state.fallen:
        return [("", {"phase": state.phase})], "lot.not_bidding"
    if not _words(reason):
        return [("", {"longest": LONGEST})], "lot.words"
    held = {**state.public, "held_at": stamp(now)}
    return [("held", {"reason": reason})], replace(state, phase=SUSPENDED, public=held)


def _resumed(state: LotState, command: Resume, now: datetime) -> Outcome:
    """Go on; what bounds all extensions moves as far as the end does."""
    if state.phase != SUSPENDED:
        return [("", {"phase": state.phase})], "lot.not_held"
    if command.ends_at <= now or command.ends_at < state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "lot.ends_early"
    public = {key: known for key, known in state.public.items() if key != "held_at"}
    if "held_at" in state.public:
        paused = state.paused + (now - unstamp(state.public["held_at"]))
        public["paused_us"] = paused // timedelta(microseconds=1)
    phase = EXTENDED if state.extensions else LIVE
    return _moved(replace(state, phase=phase, public=public), "resumed", {}, command.ends_at)


def _extended(state: LotState, command: ExtendForOutage) -> Outcome:
    if state.phase not in BIDDING or state.fallen:
        return [("", {"phase": state.phase})], "lot.not_bidding"
    if command.ends_at <= state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "lot.ends_early"
    after = replace(state, phase=EXTENDED, extensions=state.extensions + 1)
    facts = {"gap_s": command.gap_s, "count": after.extensions}
    return _moved(after, "extended_for_outage", facts, command.ends_at)


def _together(state: LotState, command: ExtendTogether, now: datetime) -> Outcome:
    """A soft close by the group: what a bid does to the lot it is on, done to one that is not over yet."""
    if state.phase not in BIDDING or state.fallen or now >= state.ends_at:
        return [("", {"phase": state.phase})], "lot.not_bidding"
    hard = state.hard_ends_at
    ends_at = command.ends_at if hard is None else min(command.ends_at, hard)
    if ends_at <= state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "lot.ends_early"
    after = replace(state, phase=EXTENDED, extensions=state.extensions + 1, ends_at=ends_at)
    payload = {"lot": command.lot, "ends_at": stamp(ends_at), "count": after.extensions}
    return [("extended_with_group", payload)], after


def _moved(state: LotState, kind: str, facts: Json, ends_at: datetime) -> Outcome:
    """The end moved to `ends_at`, and with it the hard end, if there is one."""
    payload = {**facts, "ends_at": stamp(ends_at)}
    if state.hard_ends_at is not None:
        payload["hard_ends_at"] = stamp(state.hard_ends_at + (ends_at - state.ends_at))
        state = replace(state, public={**state.public, "hard_ends_at": payload["hard_ends_at"]})
    return [(kind, payload)], replace(state, ends_at=ends_at)


def _annulled(state: LotState, command: Annul) -> Outcome:
    if state.phase not in ANNULLABLE:
        return [("", {"phase": state.phase})], "lot.not_annullable"
    if not _words(command.reason):
        return [("", {"longest": LONGEST})], "lot.words"
    return [("annulled", {"reason": command.reason})], replace(state, phase=ANNULLED)


def _withdrawn(state: LotState, command: Withdraw, now: datetime) -> Outcome:
    """Only before the opening; the log then consists of this one event, which says what was on offer."""
    if state.phase != NOTICED or now >= state.terms.opens_at:
        return [("", {})], "lot.started"
    if not _words(command.reason):
        return [("", {"longest": LONGEST})], "lot.words"
    payload = {**opening(state), "reason": command.reason}
    return [("withdrawn", payload)], replace(state, phase=WITHDRAWN)


def _said(state: LotState, command: Notice | HandOver) -> Outcome:
    """Words change nothing but the log; they may come while the lot is bid on or held."""
    if state.phase not in {*BIDDING, SUSPENDED}:
        return [("", {"phase": state.phase})], "lot.not_bidding"
    text = command.text if isinstance(command, Notice) else command.operator
    if not _words(text):
        return [("", {"longest": LONGEST})], "lot.words"
    if isinstance(command, Notice):
        return [("notice", {"text": text})], state
    return [("handover", {"operator": text})], state


def _words(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST
