"""The doors of this room."""

from django.urls import path

from market.royalties import views
from market.royalties.runs.views import runs

urlpatterns = [
    path("licences/", views.licences, name="licences"),
    path("desk/licences/new/", views.enter, name="licence-new"),
    path("desk/royalty-runs/", runs, name="desk-royalty-runs"),
    path("licences/<str:code>/", views.licence, name="licence"),
    path("licences/<str:code>/periods/<int:number>/", views.period, name="royalty-period"),
    path("licences/<str:code>/periods/<int:number>/approve/", views.approve, name="royalty-approve"),
    path("statements/<str:code>/", views.statement, name="royalty-statement"),
]
