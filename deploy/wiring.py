"""Which handler wakes on which fact: the only map that points upward."""

UNDONE = [
    "market.deals.handlers.on_deal_undone",
    "market.royalties.handlers.on_deal_undone",
    "market.payments.handlers.on_deal_undone",
    "market.listings.handlers.on_deal_undone",
    "market.deals.bundles.on_deal_moved",
    "market.rights.conditions.handlers.on_need_ended",
]
HANDLERS: dict[str, list[str]] = {
    "charge.confirmed": [
        "auctions.handlers.on_charge_confirmed",
        "market.payments.handlers.on_charge_confirmed",
        "market.payments.invoices.handlers.on_charge_confirmed",
        "market.royalties.handlers.on_charge_confirmed",
        "market.equity.dividends.handlers.on_charge_confirmed",
    ],
    "hold.expired": ["auctions.handlers.on_hold_expired"],
    "royalty.billed": ["market.payments.handlers.on_royalty_billed"],
    "royalty.paid": [
        "market.equity.rewards.handlers.on_royalty_paid",
        "market.payments.invoices.handlers.on_royalty_paid",
    ],
    "royalty.shared": ["market.payments.handlers.on_royalty_shared"],
    "reward.of_deal": ["market.payments.handlers.on_reward_of_deal"],
    "contribution.certified": ["market.equity.rewards.handlers.on_contribution_certified"],
    "dividend.declared": ["market.payments.handlers.on_dividend_declared"],
    "dividend.paid": ["market.payments.handlers.on_dividend_paid"],
    "payout.sent": ["market.payments.invoices.handlers.on_payout_sent"],
    "settlement.posted": [
        "market.payments.invoices.handlers.on_settlement_posted",
        "market.equity.rewards.handlers.on_settlement_posted",
    ],
    "lot.sold": ["auctions.handlers.on_lot_sold", "auctions.handlers.on_lot_over"],
    "lot.passed_in": ["auctions.handlers.on_lot_over", "auctions.handlers.on_lot_passed_in"],
    "deal.defaulted": [
        "market.deals.handlers.on_deal_undone",
        "auctions.handlers.on_deal_defaulted",
        "market.deals.bundles.on_deal_moved",
        "market.rights.conditions.handlers.on_need_ended",
    ],
    "deal.formed": ["market.deals.handlers.on_deal_formed", "market.deals.bundles.on_deal_formed"],
    "deal.confirmed": ["market.deals.handlers.on_deal_confirmed"],
    "deal.terms_agreed": ["market.deals.handlers.on_terms_agreed"],
    "deal.signed": ["market.deals.handlers.on_deal_signed", "market.payments.handlers.on_deal_signed"],
    "deal.paid": [
        "market.filings.handlers.on_deal_paid",
        "market.payments.handlers.on_deal_paid",
        "market.royalties.handlers.on_deal_paid",
    ],
    "right.consented": ["market.rights.conditions.handlers.on_consented", "market.deals.handlers.on_right_changed"],
    "bidder.applied": ["auctions.export.on_bidder_applied"],
    "listing.withdrawn": [
        "market.rights.conditions.handlers.on_need_ended",
        "market.listings.offers.handlers.on_listing_gone",
    ],
    "listing.entered_sale": ["market.listings.offers.handlers.on_listing_gone"],
    "offer.accepted": ["market.deals.negotiation.handlers.on_offer_accepted"],
    "condition.answered": ["market.deals.handlers.on_condition_answered"],
    "right.encumbered": ["market.deals.handlers.on_right_changed"],
    "right.released": ["market.deals.handlers.on_right_changed"],
    "right.state_changed": ["market.deals.handlers.on_right_changed", "market.listings.handlers.on_state_changed"],
    "right.amended": ["market.deals.handlers.on_right_changed"],
    "right.falls_due": ["market.listings.handlers.on_falls_due"],
    "right.verified": ["market.deals.handlers.on_right_changed"],
    "right.title_passed": ["market.rights.portfolios.handlers.on_title_passed"],
    "open_licence.declared": ["market.filings.handlers.on_open_licence_declared"],
    "open_licence.withdrawing": ["market.filings.handlers.on_open_licence_withdrawing"],
    "deal.returning": ["market.filings.handlers.on_deal_returning"],
    "deal.rescinded": UNDONE,
    "deal.annulled": UNDONE,
    "deal.recorded": [
        "market.payments.handlers.on_deal_title_passed",
        "market.equity.rewards.handlers.on_deal_title_passed",
        "market.rights.conditions.handlers.on_need_ended",
    ],
    "deal.title_passed": [
        "market.payments.handlers.on_deal_title_passed",
        "market.equity.rewards.handlers.on_deal_title_passed",
        "market.deals.bundles.on_deal_moved",
        "market.rights.conditions.handlers.on_need_ended",
    ],
}

# Told to the audience each fact names, in the words of templates/notices/<fact>.txt.
TELL = "market.notices.handlers.tell"
