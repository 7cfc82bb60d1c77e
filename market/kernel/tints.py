"""How each state looks: one of six tints with its mark, and the word for it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Tint -> mark. The mark and the word carry the meaning; the colour only helps.
MARKS = {"lead": "▲", "out": "▼", "ok": "✓", "err": "✕", "now": "●", "end": "—", "": ""}


class Look(NamedTuple):
    """A state's tint and its word."""

    tint: str
    word: str | Promise


# "room.state" is looked up before "state": the same word may mean different things in two rooms.
LOOKS: dict[str, Look] = {
    "draft": Look("end", _("Draft")),
    "open": Look("now", _("Open")),
    "pending": Look("now", _("Pending")),
    "active": Look("ok", _("Active")),
    "verified": Look("ok", _("Verified")),
    "accepted": Look("ok", _("Accepted")),
    "approved": Look("ok", _("Approved")),
    "refused": Look("err", _("Refused")),
    "rejected": Look("err", _("Rejected")),
    "failed": Look("err", _("Failed")),
    "expired": Look("end", _("Expired")),
    "withdrawn": Look("end", _("Withdrawn")),
    "suspended": Look("out", _("Suspended")),
    "annulled": Look("err", _("Annulled")),
    "closed": Look("end", _("Closed")),
    "cancelled": Look("end", _("Cancelled")),
    "done": Look("ok", _("Done")),
    "due": Look("out", _("Due")),
    "overdue": Look("out", _("Overdue")),
    "paid": Look("ok", _("Paid")),
    "signed": Look("ok", _("Signed")),
    # rights
    "packagerun.queued": Look("now", _("Waiting")),
    "packagerun.running": Look("now", _("Being calculated")),
    "paymentfile.released": Look("now", _("Released to the bank")),
    "paymentfile.void": Look("end", _("Withdrawn")),
    "import.reading": Look("now", _("Being read")),
    "run.working": Look("now", _("Under way")),
    "import.read": Look("out", _("Read")),
    "import.entering": Look("now", _("Being entered")),
    "right.pending": Look("now", _("Application pending")),
    "granted": Look("ok", _("Granted")),
    "registered": Look("ok", _("Registered")),
    "lapsed": Look("end", _("Lapsed")),
    "invalidated": Look("err", _("Invalidated")),
    "revoked": Look("err", _("Revoked")),
    "assigned": Look("end", _("Assigned")),
    "released": Look("end", _("Released")),
    # listings and offers
    "checked": Look("ok", _("Checked")),
    "negotiation.void": Look("err", _("No deal")),
    "published": Look("now", _("Published")),
    "in_sale": Look("now", _("In a sale")),
    "under_offer": Look("now", _("Under offer")),
    "dealt": Look("ok", _("Dealt")),
    "countered": Look("out", _("Countered")),
    "declined": Look("end", _("Declined")),
    "negotiation.open": Look("now", _("Being negotiated")),
    "proposed": Look("out", _("Waits for the consignor")),
    "privateround.open": Look("now", _("Under way")),
    "privateround.refused": Look("end", _("Not agreed to")),
    "over": Look("end", _("Over")),
    "sent_back": Look("out", _("Sent back")),
    # sales, lots and bids
    "noticed": Look("now", _("Notice published")),
    "displaying": Look("now", _("On display")),
    "registering": Look("now", _("Registration open")),
    "live": Look("now", _("Bidding now")),
    "extended": Look("now", _("Extended bidding")),
    "sold": Look("ok", _("Sold")),
    "passed_in": Look("end", _("Passed in")),
    "leading": Look("lead", _("Leading")),
    "outbid": Look("out", _("Outbid")),
    "superseded": Look("out", _("Outbid")),
    # bidders and deposits
    "applied": Look("now", _("Applied")),
    "qualified": Look("ok", _("Qualified")),
    "deposit_held": Look("ok", _("Deposit held")),
    "ended": Look("end", _("Ended")),
    "deposit.due": Look("out", _("Deposit due")),
    "deposit.received": Look("now", _("Received")),
    "deposit.held": Look("ok", _("Held")),
    "deposit.released": Look("ok", _("Returned")),
    "deposit.applied": Look("ok", _("Set off against the price")),
    "deposit.forfeited": Look("err", _("Forfeited")),
    # fair play
    "review.open": Look("out", _("Under review")),
    "cleared": Look("ok", _("Cleared")),
    "upheld": Look("err", _("Upheld")),
    # conditions of a transfer
    "condition.open": Look("out", _("Not answered yet")),
    "condition.running": Look("now", _("Under way")),
    "objected": Look("out", _("Objection to be settled")),
    "met": Look("ok", _("Given")),
    "dropped": Look("end", _("No longer needed")),
    "condition.refused": Look("err", _("Not given")),
    # deals
    "formed": Look("now", _("Formed")),
    "confirmed": Look("now", _("Confirmed")),
    "contract_signed": Look("now", _("Contract signed")),
    "conditions_met": Look("now", _("Conditions met")),
    "deal.paid": Look("now", _("Paid into escrow")),
    "filed": Look("now", _("Filed at the office")),
    "title_passed": Look("ok", _("Title passed")),
    "recorded": Look("ok", _("Licence recorded")),
    "contribution.proposed": Look("now", _("Proposed")),
    "rewardplan.public": Look("now", _("Being publicised")),
    "rewardplan.objected": Look("out", _("Objection to be settled")),
    "rewardplan.in_force": Look("ok", _("In force")),
    "declaration.declared": Look("now", _("Dividend declared")),
    "valued": Look("now", _("Valued")),
    "resolved": Look("now", _("Resolved")),
    "title_transferred": Look("ok", _("Title transferred")),
    "certified": Look("ok", _("Certified")),
    "forfeited": Look("err", _("Forfeited")),
    "disposed": Look("end", _("Forfeited shares dealt with")),
    "returning": Look("out", _("Title on its way back")),
    "settled": Look("ok", _("Settled")),
    "deal.closed": Look("ok", _("Completed")),
    "defaulted": Look("err", _("In default")),
    "reauction": Look("out", _("Waits for the re-auction")),
    "final": Look("ok", _("Final")),
    "rescinded": Look("err", _("Rescinded")),
    "refused_by_office": Look("err", _("Refused by the office")),
    # money, and facts on their way
    "reported": Look("now", _("Payment reported")),
    "charge.due": Look("out", _("To be paid")),
    "charge.confirmed": Look("ok", _("Received")),
    "payout.due": Look("now", _("To be approved")),
    "payout.approved": Look("now", _("To be sent")),
    "asked": Look("now", _("Being prepared")),
    "processing": Look("now", _("Being processed")),
    "succeeded": Look("ok", _("Arrived")),
    "payout.released": Look("now", _("On its way")),
    "payout.back": Look("err", _("Came back")),
    "dispute.inquiry": Look("out", _("The bank asks")),
    "dispute.opened": Look("err", _("Disputed")),
    "dispute.closed": Look("end", _("Closed without a dispute")),
    "dispute.lost": Look("err", _("Lost")),
    "dispute.won": Look("ok", _("Won")),
    "sent": Look("ok", _("Sent")),
    "posted": Look("ok", _("Posted")),
    "invoice.due": Look("out", _("To be issued")),
    "issued": Look("ok", _("Issued")),
    "reversed": Look("end", _("Reversed")),
    "dead": Look("err", _("Given up")),
    # royalties
    "reportingperiod.open": Look("out", _("To be reported")),
    "reportingperiod.reported": Look("now", _("Reported")),
    "billed": Look("out", _("Billed")),
    "cross.proposed": Look("out", _("Waits for an answer")),
    "agreed": Look("ok", _("Agreed")),
    "amendment.proposed": Look("now", _("Proposed, not agreed yet")),
    "amendment.drafted": Look("out", _("To be signed")),
    "sublicence.asked": Look("out", _("Waits for the licensor's consent")),
    "sublicence.refused": Look("err", _("Not consented to")),
    "opened": Look("now", _("Deal opened")),
    "opening": Look("now", _("Opening periods")),
    "billing": Look("now", _("Billing")),
    # filings
    "prepared": Look("now", _("Prepared")),
    "submitted": Look("now", _("Submitted")),
    "correction": Look("out", _("Correction asked for")),
}


def look(state: str, kind: str = "") -> Look:
    """The look of `state`, of `kind` ("lot") first; an unknown state shows as itself, in the neutral tint."""
    return LOOKS.get(f"{kind}.{state}") or LOOKS.get(state) or Look("end", state.replace("_", " "))
