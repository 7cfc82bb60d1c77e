"""The doors of this room."""

from django.urls import path

from market.deals import views
from market.deals.crosses import views as crosses
from market.deals.open_licences import views as open_licences
from market.deals.terms import views as terms

urlpatterns = [
    path("open-licences/", open_licences.open_licences, name="open-licences"),
    path("open-licences/declare/", open_licences.declare, name="open-licence-declare"),
    path("open-licences/<str:code>/", open_licences.open_licence, name="open-licence"),
    path("cross-licences/", crosses.crosses, name="crosses"),
    path("cross-licences/new/", crosses.propose, name="cross-propose"),
    path("cross-licences/<str:code>/", crosses.cross, name="cross"),
    path("deals/", views.deals, name="deals"),
    path("deals/<str:code>/", views.deal, name="deal"),
    path("deals/<str:code>/draft/", views.draft, name="deal-draft"),
    path("deals/<str:code>/terms/", terms.terms, name="deal-terms"),
    path("deals/<str:code>/terms/preview/", terms.preview, name="deal-terms-preview"),
    path("deals/<str:code>/undo/", views.undo, name="deal-undo"),
    path("deals/<str:code>/sign/<str:kind>/", views.sign, name="deal-sign"),
]
