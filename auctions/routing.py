"""The websocket doors."""

from typing import Any

from django.urls import path, re_path

from auctions.consumers import lot_socket, nowhere

websocket_urlpatterns: list[Any] = [
    path("ws/v1/lots/<slug:code>/", lot_socket),  # type: ignore[arg-type]
    re_path(r"", nowhere),  # type: ignore[arg-type]
]
