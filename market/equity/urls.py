"""The doors of this room."""

from django.urls import path

from market.equity import views

urlpatterns = [
    path("equity/", views.contributions, name="contributions"),
    path("equity/new/", views.propose, name="contribution-new"),
    path("equity/<str:code>/", views.contribution, name="contribution"),
]
