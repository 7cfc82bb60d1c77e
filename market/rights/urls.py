"""The doors of this room."""

from django.urls import path

from market.rights.conditions import views

urlpatterns = [
    path("consents/", views.consents, name="consents"),
    path("consents/<str:code>/", views.consent, name="consent"),
]
