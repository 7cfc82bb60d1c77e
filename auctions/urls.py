"""The doors of the auctions: the sales, the desk, the room."""

from django.urls import path

from auctions.views import desk, fairplay, feed, papers, room, sales, verify

urlpatterns = [
    path("api/v1/asyncapi.json", feed.asyncapi, name="asyncapi"),
    path("auctions/", sales.calendar, name="calendar"),
    path("auctions/<str:code>.ics", sales.ics, name="sale-ics"),
    path("auctions/<str:code>/", sales.sale, name="sale"),
    path("lots/<str:code>/", room.lot, name="lot"),
    path("lots/<str:code>/bid/", room.bid, name="lot-bid"),
    path("lots/<str:code>/state/", feed.state, name="lot-state"),
    path("lots/<str:code>/stream/", feed.stream, name="lot-stream"),
    path("lots/<str:code>/bids/<uuid:key>/", feed.own_bid, name="lot-own-bid"),
    path("lots/<str:code>/bids/", room.bids, name="lot-bids"),
    path("lots/<str:code>/bids.csv", room.bids_csv, name="lot-bids-csv"),
    path("lots/<str:code>/events.json", room.events, name="lot-events"),
    path("lots/<str:code>/audit.json", verify.audit, name="lot-audit"),
    path("lots/<str:code>/receipts/<int:seq>.json", verify.receipt, name="lot-receipt"),
    path("lots/<str:code>/replay/", verify.replay, name="lot-replay"),
    path("verify/", verify.how, name="verify"),
    path("verify/keys.json", verify.keys, name="verify-keys"),
    path("verify/luochui_verify.py", verify.verifier, name="verify-script"),
    path("lots/<str:code>/record/", papers.record, name="lot-record"),
    path("lots/<str:code>/register/", sales.register, name="lot-register"),
    path("desk/sales/", desk.sales, name="desk-sales"),
    path("desk/sales/new/", desk.sale_new, name="desk-sale-new"),
    path("desk/sales/<str:code>/", desk.sale, name="desk-sale"),
    path("desk/sales/<str:code>/edit/", desk.sale_edit, name="desk-sale-edit"),
    path("desk/sales/<str:code>/notice/", desk.sale_notice, name="desk-sale-notice"),
    path("desk/sales/<str:code>/bidders/", desk.bidders, name="desk-bidders"),
    path("desk/lots/<str:code>/remove/", desk.lot_remove, name="desk-lot-remove"),
    path("desk/lots/<str:code>/withdraw/", desk.lot_withdraw, name="desk-lot-withdraw"),
    path("desk/bidders/<str:code>/qualify/", desk.bidder_qualify, name="desk-bidder-qualify"),
    path("desk/bidders/<str:code>/reject/", desk.bidder_reject, name="desk-bidder-reject"),
    path("desk/fairplay/", fairplay.desk, name="desk-fairplay"),
    path("desk/fairplay/<str:code>/", fairplay.review, name="desk-fairplay-review"),
    path("desk/fairplay/bars/<int:pk>/lift/", fairplay.lift, name="desk-fairplay-lift"),
]
