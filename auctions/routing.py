"""The websocket doors."""

from django.urls import URLPattern, path, re_path

from auctions.consumers import LotConsumer, Nowhere

websocket_urlpatterns: list[URLPattern] = [
    path("ws/v1/lots/<slug:code>/", LotConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path(r"", Nowhere.as_asgi()),  # type: ignore[arg-type]
]
