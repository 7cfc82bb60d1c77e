"""The door the platform knocks at once a second: a bid that is refused by design, decided and kept like any other."""

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from auctions import protocol
from auctions.engine import probes
from market.kernel.errors import Refused
from market.kernel.words import sentence


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
    probes.take(target=target, key=frame.key)
    refused = Refused("bid.not_registered")
    said = protocol.reject(key=frame.key, code=refused.code, facts={}, detail=sentence(refused))
    answer = JsonResponse(said, status=refused.status)
    vars(answer)["_has_been_logged"] = True  # a warning a second about what is meant would drown the log
    return answer
