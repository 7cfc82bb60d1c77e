"""The doors of this room."""

from django.urls import path

from market.listings.fees import views as fees
from market.listings.views import asset, bundles, catalogue, imports, portfolio, register, reviews, sell, upkeep

urlpatterns = [
    path("assets/", catalogue.catalogue, name="catalogue"),
    path("assets.csv", catalogue.catalogue_csv, name="catalogue-csv"),
    path("assets/watched/", asset.watched, name="watched"),
    path("assets/<str:code>/", asset.asset, name="asset"),
    path("assets/<str:code>/register/", asset.as_of, name="asset-register"),
    path("assets/<str:code>/ask/", asset.ask, name="asset-ask"),
    path("assets/<str:code>/watch/", asset.watch, name="asset-watch"),
    path("sell/", sell.sell, name="sell"),
    path("sell/new/", sell.new, name="sell-new"),
    path("sell/import/", imports.imports, name="sell-import"),
    path("sell/import/template.<str:form>", imports.template, name="sell-template"),
    path("sell/import/<str:code>/", imports.rows, name="sell-import-rows"),
    path("sell/import/<str:code>/state/", imports.state, name="sell-import-state"),
    path("sell/import/<str:code>/mistakes.csv", imports.report, name="sell-import-report"),
    path("sell/<str:code>/", sell.listing, name="sell-listing"),
    path("sell/<str:code>/done/", sell.done, name="sell-done"),
    path("sell/<str:code>/withdraw/", sell.withdraw, name="sell-withdraw"),
    path("sell/<str:code>/<str:step>/", sell.step, name="sell-step"),
    path("rights/calendar/", upkeep.upkeep, name="rights-calendar"),
    path("rights/calendar.ics", upkeep.upkeep_file, name="rights-calendar-file"),
    path("portfolios/", portfolio.portfolios, name="portfolios"),
    path("portfolios/new/", portfolio.new, name="portfolio-new"),
    path("portfolios/<str:code>/", portfolio.portfolio, name="portfolio"),
    path("portfolios/<str:code>/edit/", portfolio.edit, name="portfolio-edit"),
    path("portfolios/<str:code>/complete/", portfolio.complete, name="portfolio-complete"),
    path("portfolios/<str:code>/map/", portfolio.coverage, name="portfolio-map"),
    path("portfolios/<str:code>/lines/new/", portfolio.line, name="portfolio-line-new"),
    path("portfolios/<str:code>/lines/<int:number>/", portfolio.line, name="portfolio-line"),
    path("portfolios/<str:code>/offer/", bundles.offer, name="portfolio-offer"),
    path("bundles/", bundles.bundles, name="bundles"),
    path("bundles/<str:code>/", bundles.bundle, name="bundle"),
    path("bundles/<str:code>/hand-over/", bundles.hand_over, name="bundle-hand-over"),
    path("bundles/<str:code>/withdraw/", bundles.withdraw, name="bundle-withdraw"),
    path("desk/bundles/<str:code>/", bundles.review, name="desk-bundle"),
    path("desk/fees/", fees.schedules, name="desk-fees"),
    path("desk/fees/<str:code>/withdraw/", fees.withdraw, name="desk-fees-withdraw"),
    path("desk/reviews/", reviews.reviews, name="desk-reviews"),
    path("desk/reviews/<str:code>/", reviews.review, name="desk-review"),
    path("desk/reviews/<str:code>/register/", register.register, name="desk-register"),
]
