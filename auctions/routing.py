"""The websocket doors."""

from typing import Any

from django.urls import path, re_path

from auctions.consumers import LotConsumer, Nowhere

websocket_urlpatterns: list[Any] = [
    path("ws/v1/lots/<slug:code>/", LotConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path(r"", Nowhere.as_asgi()),  # type: ignore[arg-type]
]
