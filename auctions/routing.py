"""The websocket doors."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
