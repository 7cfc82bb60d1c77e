"""The doors of this room."""

from django.urls import path

from market.listings.views import asset, catalogue, imports, register, reviews, sell

urlpatterns = [
    path("assets/", catalogue.catalogue, name="catalogue"),
    path("assets.csv", catalogue.catalogue_csv, name="catalogue-csv"),
    path("assets/watched/", asset.watched, name="watched"),
    path("assets/<str:code>/", asset.asset, name="asset"),
    path("assets/<str:code>/register/", asset.as_of, name="asset-register"),
    path("assets/<str:code>/watch/", asset.watch, name="asset-watch"),
    path("sell/", sell.sell, name="sell"),
    path("sell/new/", sell.new, name="sell-new"),
    path("sell/import/", imports.imports, name="sell-import"),
    path("sell/import/template.<str:form>", imports.template, name="sell-template"),
    path("sell/<str:code>/", sell.listing, name="sell-listing"),
    path("sell/<str:code>/done/", sell.done, name="sell-done"),
    path("sell/<str:code>/withdraw/", sell.withdraw, name="sell-withdraw"),
    path("sell/<str:code>/<str:step>/", sell.step, name="sell-step"),
    path("desk/reviews/", reviews.reviews, name="desk-reviews"),
    path("desk/reviews/<str:code>/", reviews.review, name="desk-review"),
    path("desk/reviews/<str:code>/register/", register.register, name="desk-register"),
]
