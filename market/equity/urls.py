"""The doors of this room."""

from django.urls import path

from market.equity import views
from market.equity.dividends import views as dividends

urlpatterns = [
    path("equity/", views.contributions, name="contributions"),
    path("equity/new/", views.propose, name="contribution-new"),
    path("dividends/", dividends.plans, name="dividend-plans"),
    path("dividends/new/", dividends.new, name="dividend-plan-new"),
    path("dividends/<str:code>/", dividends.plan, name="dividend-plan"),
    path("dividends/declarations/<str:code>/", dividends.declaration, name="dividend"),
    path("equity/<str:code>/", views.contribution, name="contribution"),
]
