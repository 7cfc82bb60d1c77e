"""The doors of this room."""

from django.urls import path

from market.equity import views
from market.equity.dividends import views as dividends
from market.equity.rewards import views as rewards

urlpatterns = [
    path("equity/", views.contributions, name="contributions"),
    path("equity/new/", views.propose, name="contribution-new"),
    path("dividends/", dividends.plans, name="dividend-plans"),
    path("dividends/new/", dividends.new, name="dividend-plan-new"),
    path("dividends/<str:code>/", dividends.plan, name="dividend-plan"),
    path("dividends/declarations/<str:code>/", dividends.declaration, name="dividend"),
    path("rewards/", rewards.plans, name="reward-plans"),
    path("rewards/new/", rewards.new, name="reward-plan-new"),
    path("rewards/report/<int:year>/", rewards.report, name="results-report"),
    path("rewards/<str:code>/", rewards.plan, name="reward-plan"),
    path("equity/<str:code>/", views.contribution, name="contribution"),
]
