"""The doors of the filings desk."""

from django.urls import path

from market.filings import views

urlpatterns = [
    path("desk/filings/", views.desk, name="desk-filings"),
    path("desk/filings/<str:code>/", views.filing, name="filing"),
]
