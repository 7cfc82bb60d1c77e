"""What the law and the house say about bidding: pure functions, no database, no clock.

`lot.decide(state, commands, now)` decides for every format; `replay.verify` decides a public log again. Amounts are minor
units, moments in JSON are `chain.stamp`. Every format takes Open, Close and the controls; the answer to a command that took
effect without an event has neither number nor code, but its state must be written.

Format (`Terms.format`)         module        Bid.kind, other commands        params
english                         english       exact, proxy                    -
free_then_timed                 timed         exact, proxy                    free_until, cycle_s
auctioneer                      auctioneer    exact, proxy, floor             -
                                              Warn, Hammer, PassIn
sealed_first, sealed_second     sealed        sealed; Seal, Unseal            -
dutch                           dutch         accept (the price seen)         step, every_s, floor
hybrid                          hybrid        accept, then sealed or Seal,    step, every_s, floor, sealed_s, best_s
                                              Unseal, then best
uniform                         uniform       units (amount each, units)      supply
package                         package       none (see `packages`); Award    -

Controls: Notice, HandOver, Suspend, Resume, ExtendForOutage, ExtendTogether, Withdraw, Annul.

Event                 payload
opened                the terms; format, params, priority_match and priority_window_s where they are not the plain ones
bid                   paddle, amount; proxy, floor or auto (a standing maximum's row) if true; priority where rank decides
reserve_met           -
extended              ends_at, count
sealed                paddle; commitment, where the envelope cannot be read here
stage                 stage, ends_at (hybrid: sealed, best; free_then_timed: priority, the window to match in)
unsealed              bids: paddle, amount or null (uniform: paddle, units, amount), in order of submission
warning, hammer       count; paddle, price
stopped               -
closed                ends_at, bids, bidders; package: allocation, the hash of the published file
sold                  paddle, price; uniform: price, allotments of paddle, units
passed_in             reason: no_bids, below_reserve, one_bidder; package: allocation
held, annulled        reason ("opened_too_late" and "timeout" are the rules' own)
withdrawn             as opened, and reason
resumed               ends_at; hard_ends_at if there is one
extended_for_outage   gap_s, count, ends_at; hard_ends_at if there is one
extended_with_group   lot (whose bid moved the end), ends_at, count
notice, handover      text; operator

LotState.public       held_at, paused_us, hard_ends_at after pauses and outages; fallen once the hammer fell or a price was
                      taken (the closing is due the next microsecond); priority, the leader's rank; auctioneer: warnings,
                      bid_seq; sealed: the paddles; hybrid: stage, taker, sealed; free_then_timed: stage; uniform:
                      allotments, [paddle, units]
LotState.secret       reserve, from the notice or Open; max, the leader's, while above the price; sealed: [paddle, amount or
                      null]; offers: [paddle, units, amount]

Three things a caller must know. A Close may leave the lot unsold and not passed in: held (an auctioneer's time ran out), or in
its next stage (hybrid, free_then_timed). A hammer or an acceptance only moves the end to the next microsecond: the closing
sells. A uniform sale has no leader.
"""
