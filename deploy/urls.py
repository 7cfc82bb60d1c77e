"""Every address: the roof's own pages, then each room's."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from deploy import styleguide, views
from market.kernel.display import set_display

urlpatterns = [
    path("", views.home, name="home"),
    path("me/", views.me, name="me"),
    path("desk/", views.desk, name="desk"),
    path("healthz", views.healthz, name="healthz"),
    path("display/", set_display, name="set_display"),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("market.parties.urls")),
    path("", include("market.documents.urls")),
    path("", include("market.notices.urls")),
    path("", include("market.rights.urls")),
    path("", include("market.deals.negotiation.urls")),  # before the wizard, whose steps have any name
    path("", include("market.listings.urls")),
    path("", include("market.deals.urls")),
    path("", include("market.payments.urls")),
    path("", include("market.royalties.urls")),
    path("", include("market.equity.urls")),
    path("", include("market.filings.urls")),
    path("", include("auctions.urls")),
    path("", include("valuation.urls")),
]

if settings.STYLEGUIDE:
    urlpatterns += [
        path("styleguide/", styleguide.index, name="styleguide"),
        path("styleguide/<slug:name>/", styleguide.page, name="styleguide_page"),
    ]
