"""The one door: HTTP and websockets, the latter only from our own origin.

A socket finds out itself whose session it comes with, together with whoever comes at that moment; Channels' session
middleware would lead every message through a wrapper and every handshake through the one thread all pages share."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (models load only after Django is set up)
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from auctions.origin import OnlyFrom  # noqa: E402
from auctions.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OnlyFrom(CookieMiddleware(URLRouter(websocket_urlpatterns)), settings.WEBSOCKET_ORIGINS),
    }
)

# All that is loaded by now stays. Looking through it for garbage took a tenth of a second at a time, in which no bid was
# answered; through what two thousand sockets hold, twice that every two seconds. What is garbage only by cycles, some kB of
# each closed socket, waits for as much as some thousand sockets leave.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 10, 3)
