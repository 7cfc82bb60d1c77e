"""The door the platform knocks at once a second: a bid that is refused by design, decided by the writer and kept like any other."""

import logging
from http import HTTPStatus

from django.db import DatabaseError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from auctions import engine, protocol
from auctions.engine import probes
from market.kernel.errors import Refused
from market.kernel.words import sentence

logger = logging.getLogger(__name__)


@csrf_exempt  # no session and no cookie: who knocks shows a signed pass
@require_POST
def probe(request: HttpRequest, process: int = 1) -> JsonResponse:
    """Decode, decide, keep, refuse. `process` is the proxy's business. 404 without a fresh pass of our own."""
    target = probes.target_of(request.headers.get("X-Probe", ""))
    if not target:
        raise Http404
    frame = protocol.decode(request.body)
    if not isinstance(frame, protocol.BidFrame):
        raise protocol.BadFrame("frame.type")
    try:
        engine.probe(target=target, key=frame.key)
    except (Refused, TimeoutError, DatabaseError):
        logger.warning("the probe %s was not decided", frame.key)
        return JsonResponse({"code": "bid.busy"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    refused = Refused("bid.not_registered")
    said = protocol.reject(key=frame.key, code=refused.code, facts={}, detail=sentence(refused))
    answer = JsonResponse(said, status=refused.status)
    vars(answer)["_has_been_logged"] = True  # a warning a second about what is meant would drown the log
    return answer
