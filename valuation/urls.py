"""The doors of this room."""

from django.urls import path

from valuation import views

urlpatterns = [
    path("valuations/", views.appraisals, name="appraisals"),
    path("valuations/of/<str:code>/", views.new, name="appraisal-new"),
    path("valuations/<str:code>/", views.appraisal, name="appraisal"),
    path("valuations/<str:code>/next/", views.follow, name="appraisal-next"),
]
