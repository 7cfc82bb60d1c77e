"""The doors of this room."""

from django.urls import path

from market.deals import views
from market.deals.terms import views as terms

urlpatterns = [
    path("deals/", views.deals, name="deals"),
    path("deals/<str:code>/", views.deal, name="deal"),
    path("deals/<str:code>/draft/", views.draft, name="deal-draft"),
    path("deals/<str:code>/terms/", terms.terms, name="deal-terms"),
    path("deals/<str:code>/terms/preview/", terms.preview, name="deal-terms-preview"),
    path("deals/<str:code>/undo/", views.undo, name="deal-undo"),
    path("deals/<str:code>/sign/<str:kind>/", views.sign, name="deal-sign"),
]
