"""The 45 ways in which auctions elsewhere failed (auction peers, section 3), and what shows that this one does not.

Each has the tests that prove it ("file::test" below tests/; a file without a test is a drill). A test may prove less than
the number's whole test: `short_of` then says what nobody has tried.
"""

from typing import NamedTuple

ENGINE, ROOM, TRUST, RULES = "auctions/engine", "auctions/room", "auctions/trust", "auctions/rules"
RACES, CLOSING, SOCKET = f"{ENGINE}/test_races.py", f"{ENGINE}/test_closing.py", f"{ROOM}/test_socket.py"
RACING, CATALOGUE, BOOKS = f"{ENGINE}/test_closing_races.py", f"{ROOM}/test_catalogue.py", "market/ledger/test_races.py"
FAILING, QUEUE = f"{ENGINE}/test_failures.py", f"{ENGINE}/test_writer_thread.py"
PAGE, ENGLISH, BID = "browser/test_room.py", f"{ENGINE}/test_english_rules.py", f"{ENGINE}/test_engine.py"


class Mode(NamedTuple):
    """One failure mode."""

    number: int
    name: str
    proofs: tuple[str, ...]
    short_of: str = ""


MODES = (
    Mode(1, "Two equal bids both accepted", (f"{RACES}::test_sixteen_equal_bids_give_one_leader",)),
    Mode(
        2,
        "Close uses a stale row",
        (
            f"{RACES}::test_a_lot_that_was_extended_after_it_was_picked_does_not_close",
            f"{RACING}::test_a_lot_that_is_being_bid_on_is_left_and_its_extension_respected",
        ),
    ),
    Mode(
        3,
        "Close and bid at the same instant",
        (
            f"{RACES}::test_bids_racing_the_close_count_if_and_only_if_they_are_in_the_log",
            "drills/at_the_bell.py",
        ),
    ),
    Mode(
        4,
        "Closed twice",
        (
            f"{RACES}::test_two_closers_make_one_closing",
            f"{CLOSING}::test_closing_twice_closes_once",
            "drills/kill_worker.py",
        ),
    ),
    Mode(
        5,
        "A retry is a second bid",
        (
            f"{RACES}::test_one_key_from_two_threads_is_one_bid",
            f"{BID}::test_the_same_key_gets_the_same_answer",
            f"{BID}::test_the_same_key_for_another_amount_is_refused_and_not_kept",
            f"{PAGE}::test_a_lost_answer_is_asked_for_with_the_same_key",
            f"{FAILING}::test_a_database_that_goes_away_under_a_bid_never_loses_it_or_makes_it_two",
            f"{QUEUE}::test_a_thread_whose_answer_is_late_learns_it_under_the_same_key",
        ),
    ),
    Mode(
        6,
        "A bid vanishes with its socket",
        (
            f"{PAGE}::test_a_page_that_was_reloaded_before_the_answer_asks_with_the_kept_key",
            f"{PAGE}::test_where_sockets_are_blocked_the_room_polls_and_bids_over_http",
            f"{QUEUE}::test_a_full_queue_says_busy_and_stores_nothing",
            "drills/kill_web.py",
        ),
    ),
    Mode(
        7,
        "Updates missed after a reconnection",
        (
            f"{SOCKET}::test_resuming_gives_the_missed_events_then_the_state",
            f"{CATALOGUE}::test_a_resume_from_anywhere_ends_in_the_state_or_is_named",
            f"{PAGE}::test_a_lost_line_is_said_and_healed",
        ),
    ),
    Mode(8, "Events out of order", (f"{PAGE}::test_shuffled_and_doubled_states_never_turn_the_price_back",)),
    Mode(
        9,
        "Reconnection storm",
        (f"{SOCKET}::test_a_thousand_watchers_cost_one_read",),
        short_of="5,000 sockets at once are counted by the fan-out bench, not by a test",
    ),
    Mode(
        10,
        "The layer kills idle sockets",
        (
            f"{ROOM}/test_redis.py::test_many_sockets_are_one_line_to_redis_which_is_opened_again",
            "drills/break_redis.py",
        ),
    ),
    Mode(
        11,
        "The layer drops messages over capacity",
        (
            f"{SOCKET}::test_many_bids_in_a_row_reach_watchers_coalesced_and_in_order",
            f"{SOCKET}::test_a_lost_wake_up_is_healed_by_the_poll",
            f"{ROOM}/test_redis.py::test_a_redis_that_swallows_everything_delays_no_bid",
            "drills/break_redis.py",
        ),
    ),
    Mode(
        12,
        "A slow watcher blocks the others",
        (
            f"{ROOM}/test_hub.py::test_who_is_stuck_too_long_is_closed",
            f"{ROOM}/test_hub.py::test_a_reader_who_takes_nothing_is_cut_off_since_no_close_reaches_him",
            f"{ROOM}/test_wire.py::test_w_36_a_reader_who_stops_is_cut_off_and_costs_little",
        ),
    ),
    Mode(
        13,
        "The client's clock is wrong",
        (
            f"{SOCKET}::test_a_heartbeat_tells_the_seq_and_the_time",
            f"{PAGE}::test_a_clock_that_is_ten_minutes_wrong_shows_the_servers_time_and_bids",
        ),
        short_of="a clock that steps while the page is open, a sleeping laptop and a throttled tab are not tried",
    ),
    Mode(
        14,
        "Skew correction clamped or biased",
        (f"{SOCKET}::test_a_heartbeat_tells_the_seq_and_the_time",),
        short_of="an asymmetric delay is not tried; the end is decided by the server whatever the page shows",
    ),
    Mode(
        15,
        "Endless extension, or by a bid that changes nothing",
        (
            f"{ENGLISH}::test_a_late_bid_moves_the_end_to_bid_time_plus_window",
            f"{ENGLISH}::test_a_refused_bid_never_extends",
            f"{ENGINE}/test_english_oracle.py::test_every_script_ends_as_the_oracle_says",
        ),
    ),
    Mode(
        16,
        "Another code path ignores the extension",
        (
            f"{RACING}::test_a_lot_that_is_being_bid_on_is_left_and_its_extension_respected",
            "drills/test_failure_modes.py::test_only_the_engine_moves_an_end",
        ),
    ),
    Mode(
        17,
        "Closing late after a restart",
        (
            f"{RACING}::test_killed_before_any_statement_of_a_closing_it_closes_once_when_it_comes_back",
            f"{FAILING}::test_a_worker_that_was_dead_at_the_bell_closes_as_of_the_end",
            f"{ENGINE}/test_expired.py::test_a_bid_that_comes_late_closes_the_lot_it_was_too_late_for",
            "drills/kill_worker.py",
        ),
    ),
    Mode(
        18,
        "An outage near the end favours whoever got in",
        (
            f"{ENGINE}/test_gate.py::test_a_gap_in_the_last_minutes_moves_the_end_and_tells_everybody",
            f"{ENGINE}/test_gate.py::test_after_a_long_outage_the_lot_is_held_until_two_people_re_open_it_with_a_days_notice",
        ),
    ),
    Mode(
        19,
        "A paused holder of a lease writes",
        (
            f"{BID}::test_a_moved_row_is_a_conflict_and_nothing_is_written",
            f"{RACING}::test_without_the_locks_they_close_the_same_lots_and_the_swap_refuses_the_second",
        ),
    ),
    Mode(
        20,
        "Acknowledged before durable",
        (
            f"{FAILING}::test_a_database_that_goes_away_under_a_bid_never_loses_it_or_makes_it_two",
            "drills/kill_postgres.py",
            "drills/kill_web.py",
        ),
    ),
    Mode(
        21,
        "A lock is never released after an exception",
        (
            f"{QUEUE}::test_a_fault_at_any_step_keeps_no_later_bid_waiting",
            f"{QUEUE}::test_where_no_thread_could_be_had_the_next_bid_asks_for_one_again",
            f"{CLOSING}::test_a_fault_at_any_step_leaves_everything_as_it_was",
        ),
    ),
    Mode(
        22,
        "A swallowed exception commits half a bid",
        (
            f"{CLOSING}::test_a_fault_at_any_step_leaves_everything_as_it_was",
            "drills/kill_worker.py",
            "drills/kill_web.py",
        ),
    ),
    Mode(
        23,
        "Deadlock between two lots",
        (f"{RACES}::test_who_bids_on_several_lots_waits_for_nobody_in_a_circle",),
        short_of="no deposit moves with a bid, and the worker's closing skips a lot that somebody holds",
    ),
    Mode(
        24,
        "Over-commitment across lots",
        (
            f"{BOOKS}::test_many_payouts_from_one_account_never_overdraw_it",
            f"{BOOKS}::test_without_the_lock_they_race_and_the_database_still_refuses",
        ),
        short_of="a deposit is paid for one lot and held by it, so no bid draws on a common balance",
    ),
    Mode(
        25,
        "A proxy bids against itself",
        (f"{RULES}/test_proxy_oracle.py",),
    ),
    Mode(
        26,
        "A maximum lowered by its owner",
        (
            f"{RULES}/test_english_proxy.py::test_what_is_refused_changes_nothing",
            f"{ENGINE}/test_kinds_of_bids.py::test_a_maximum_stands_beside_lower_bids_and_its_raise_needs_no_event",
        ),
    ),
    Mode(
        27,
        "A hidden amount leaks",
        (
            f"{RULES}/test_two_worlds.py",
            f"{ROOM}/test_pages.py::test_the_reserve_is_on_no_page",
            f"{TRUST}/test_sealed.py::test_nobody_opens_early_with_one_share_with_a_wrong_one_or_twice",
            f"{TRUST}/test_sealed_machine.py::test_sealed_bids_go_as_a_list_of_envelopes_would",
            "drills/carry_off.py",
        ),
    ),
    Mode(
        28,
        "Dutch: the price moved under the click",
        (
            f"{RULES}/test_dutch.py::test_who_saw_a_higher_price_pays_the_lower_and_who_saw_a_lower_one_is_told",
            f"{RULES}/test_dutch.py::test_two_at_the_same_price_the_first_has_it",
        ),
    ),
    Mode(
        29,
        "The minimum moved while the form was open",
        (
            f"{CATALOGUE}::test_w_43_who_is_too_low_is_told_the_least",
            f"{ROOM}/test_pages.py::test_a_refused_bid_keeps_what_was_typed_and_names_the_minimum",
        ),
    ),
    Mode(
        30,
        "Several tabs, a stolen session",
        (
            f"{SOCKET}::test_the_same_key_on_two_sockets_is_one_bid",
            f"{SOCKET}::test_who_signed_out_elsewhere_cannot_bid_here",
            f"{CATALOGUE}::test_w_28_who_signs_out_elsewhere_is_signed_out_here",
        ),
    ),
    Mode(
        31,
        "A ban not seen by an open socket",
        (
            f"{SOCKET}::test_a_suspended_bidder_is_refused_by_the_transaction",
            f"{CATALOGUE}::test_w_29_a_suspended_bidder_is_refused_at_the_next_bid",
            "auctions/fairplay/test_ties.py::test_a_tie_made_after_registration_stops_the_next_bid",
        ),
    ),
    Mode(32, "Notification flood", (f"{BID}::test_the_outbid_are_told_once_in_five_minutes",)),
    Mode(
        33,
        "A failing mail delays or undoes a bid",
        (
            "deploy/test_worker.py::test_a_mail_server_that_hangs_keeps_no_lot_waiting",
            "market/notices/test_mail.py::test_a_server_that_does_not_answer_keeps_nothing_waiting_and_loses_nothing",
        ),
    ),
    Mode(
        34,
        "A payment told twice, late or out of order",
        (
            "market/payments/test_charges.py::test_confirming_again_is_the_same_answer_and_no_second_entry",
            "market/payments/test_races.py::test_a_payment_confirmed_by_many_counts_once",
        ),
    ),
    Mode(
        35,
        "A card hold expires before settlement",
        (
            "auctions/deposits/test_eligibility.py::"
            "test_eligibility_ends_before_the_hold_and_a_renewed_one_outlasts_the_lot",
            "auctions/deposits/test_eligibility.py::test_the_hammer_falls_for_a_leader_whose_deposit_lapsed_meanwhile",
            "auctions/deposits/test_machine.py::test_no_bid_counts_that_no_deposit_backs",
        ),
    ),
    Mode(
        36,
        "A deposit counts in the next round; a refund is lost",
        (
            "market/payments/test_deposits.py::test_it_is_held_once",
            "market/payments/test_deposits.py::test_the_losers_goes_back_within_a_day_once",
            "market/trail/test_delivery.py::test_each_wait_is_longer_until_the_delivery_is_dead",
        ),
    ),
    Mode(
        37,
        "Operator error: undone bid, wrong end, reopening",
        (
            f"{BID}::test_the_database_keeps_bids_and_events_as_they_are",
            f"{RULES}/test_control.py::test_every_format_can_be_held_resumed_extended_and_annulled",
        ),
    ),
    Mode(
        38,
        "Time zone and summer time",
        ("house/test_tidy.py::test_the_time_comes_from_the_kernel_clock",),
        short_of="lots live in one zone, Asia/Shanghai, which has no summer time; moments are stored in UTC",
    ),
    Mode(
        39,
        "The wall clock steps",
        (
            f"{FAILING}::test_the_clock_of_a_process_decides_nothing",
            f"{FAILING}::test_a_database_clock_that_steps_back_changes_no_order_and_takes_no_end_back",
            "drills/step_clock.py",
        ),
    ),
    Mode(
        40,
        "A runaway query starves bids",
        (
            f"{FAILING}::test_a_query_that_runs_away_keeps_no_bid_and_no_closing_waiting",
            f"{RACES}::test_a_row_that_refers_to_the_lot_does_not_wait_for_a_bid",
        ),
        short_of="that bids are as fast beside it is not measured, only that they wait for nothing",
    ),
    Mode(
        41,
        "The runtime crashes",
        (
            f"{ENGINE}/test_kill_drill.py::test_killed_at_any_point_the_same_key_finds_the_same_bid",
            "drills/kill_web.py",
        ),
    ),
    Mode(42, "Money as floating point", ("house/test_tidy.py::test_money_is_never_a_float_or_a_bare_decimal",)),
    Mode(
        43,
        "Tampered history",
        (
            f"{ENGINE}/test_verify_lot.py::test_a_row_forged_by_the_databases_owner_is_found",
            f"{TRUST}/test_verifier.py::test_without_the_chain_made_again_no_changed_value_passes",
            f"{TRUST}/test_verified_formats.py::test_a_lot_won_in_any_way_is_decided_again_and_no_forgery_passes",
        ),
    ),
    Mode(
        44,
        "Self-dealing",
        (
            f"{BID}::test_seller_and_agency_may_not_bid_even_with_a_paddle",
            "auctions/fairplay/test_ties.py::test_the_registration_and_the_bid_see_the_same_ties",
            "auctions/fairplay/test_signals.py::test_what_a_bidder_has_in_common_with_the_other_side_is_a_stronger_one",
        ),
    ),
    Mode(
        45,
        "The clock is read before the lock",
        (f"{RACES}::test_a_bid_that_waited_for_the_lock_across_the_end_is_late",),
    ),
)
