"""The doors of negotiations."""

from django.urls import path

from market.deals.negotiation import views

urlpatterns = [
    path("assets/<str:code>/offer/", views.make, name="offer-new"),
    path("offers/", views.offers, name="offers"),
    path("offers/rounds/<str:code>/", views.private_round, name="private-round"),
    path("offers/<str:code>/", views.offer, name="offer"),
    path("offers/<str:code>/counter/", views.counter, name="offer-counter"),
    path("offers/<str:code>/change/", views.change, name="offer-change"),
    path("offers/<str:code>/accept/", views.accept, name="offer-accept"),
    path("offers/<str:code>/decline/", views.decline, name="offer-decline"),
    path("offers/<str:code>/withdraw/", views.withdraw, name="offer-withdraw"),
    path("sell/<str:code>/floor/", views.floor, name="offer-floor"),
]
