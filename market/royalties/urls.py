"""The doors of this room."""

from django.urls import path

from market.royalties import views
from market.royalties.amendments import views as amendments
from market.royalties.runs.views import runs
from market.royalties.sublicences import views as sublicences
from market.royalties.usage import api
from market.royalties.usage import views as usage

urlpatterns = [
    path("licences/", views.licences, name="licences"),
    path("desk/licences/new/", views.enter, name="licence-new"),
    path("desk/royalty-runs/", runs, name="desk-royalty-runs"),
    path("licences/<str:code>/", views.licence, name="licence"),
    path("licences/<str:code>/terminate/", views.terminate, name="licence-terminate"),
    path("licences/<str:code>/amendments/new/", amendments.propose, name="amendment-propose"),
    path("licences/<str:code>/amendments/<int:number>/", amendments.amendment, name="amendment"),
    path("licences/<str:code>/sublicences/new/", sublicences.ask, name="sublicence-ask"),
    path("licences/<str:code>/sublicences/<int:pk>/", sublicences.sublicence, name="sublicence"),
    path("licences/<str:code>/usage/", usage.usage, name="royalty-usage"),
    path("licences/<str:code>/usage/template.<str:form>", usage.template, name="royalty-usage-template"),
    path("licences/<str:code>/keys/", usage.new_key, name="royalty-key-new"),
    path("licences/<str:code>/keys/<int:pk>/revoke/", usage.revoke_key, name="royalty-key-revoke"),
    path("api/v1/licences/<str:code>/periods/", api.periods, name="api-royalty-periods"),
    path("api/v1/licences/<str:code>/periods/<int:number>/report/", api.report, name="api-royalty-report"),
    path("licences/<str:code>/periods/<int:number>/", views.period, name="royalty-period"),
    path("licences/<str:code>/periods/<int:number>/approve/", views.approve, name="royalty-approve"),
    path("statements/<str:code>/", views.statement, name="royalty-statement"),
]
