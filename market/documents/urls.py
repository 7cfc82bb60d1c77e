"""The doors of this room."""

from django.urls import path

from market.documents import views

urlpatterns = [
    path("seal.pem", views.certificate, name="seal-certificate"),
    path("documents/<str:code>/", views.document, name="document"),
    path("documents/<str:code>/<int:number>/", views.document, name="document-version"),
    path("org/evidence/<str:code>/", views.evidence, name="party-evidence"),
]
