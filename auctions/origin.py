"""Which pages may open a websocket: ours, named exactly. A browser sends its page's origin and no script can change it.

Channels' OriginValidator reads the header instead of comparing it: it takes the last of two, allows a path behind the host
and answers a malformed port with a 500.
"""

from collections.abc import Collection
from typing import Any

from auctions.consumers import Receive, Scope, turn_away
from auctions.sockets import Send


class OnlyFrom:
    """Lets a handshake through whose one Origin header is one of `origins` ("https://market.example.cn"), to the letter."""

    def __init__(self, application: Any, origins: Collection[str]) -> None:
        self.application = application
        self.origins = {origin.rstrip("/").lower().encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """403 for every other, for none and for more than one."""
        sent = [value for name, value in scope["headers"] if name == b"origin"]
        if len(sent) == 1 and sent[0] in self.origins:
            await self.application(scope, receive, send)
        else:
            await turn_away(scope, send, 403)
