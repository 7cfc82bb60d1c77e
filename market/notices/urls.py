"""The doors of this room."""

from django.urls import path

from market.notices import views

urlpatterns = [path("me/notifications/", views.notifications, name="notifications")]
