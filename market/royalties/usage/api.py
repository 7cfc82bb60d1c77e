"""The door for programs: `Authorization: Bearer lck_…`, JSON in and out, refusals as problem documents (RFC 9457).

GET  /api/v1/licences/<code>/periods/                 the periods, {"items": […], "next": number or null}, after ?after=
PUT  /api/v1/licences/<code>/periods/<number>/report/ {"figures": {"": {"gross": {"amount": "1.00", "currency": "CNY"}}}}

A report put again is the same report: nothing more happens.
"""

import functools
import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.royalties import actions, queries
from market.royalties.models import ReportingPeriod
from market.royalties.usage.actions import opened
from market.royalties.usage.models import Key

PAGE, LARGEST = 50, 64 * 1024
STATUS = {"key.unknown": 401, "key.too_fast": 429, "royalty.no_period": 404, "api.too_large": 413}
View = Callable[..., JsonResponse]


def problem(refused: Refused) -> JsonResponse:
    """A refusal as a program reads it: a stable code, and the sentence a person would."""
    status = STATUS.get(refused.code, refused.status)
    said = {"type": f"/problems/{refused.code}", "title": sentence(refused), "status": status, "code": refused.code}
    if "place" in refused.facts:
        said["errors"] = [{"pointer": f"/figures/{refused.facts['place']}", "detail": said["title"]}]
    answer = JsonResponse(said, status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer["Retry-After"] = str(refused.facts["seconds"])
    return answer


def for_programs(view: View) -> Callable[..., HttpResponse]:
    """Let a key's own licence through to the view; every refusal is a problem document."""

    @csrf_exempt
    @never_cache
    @functools.wraps(view)
    def answered(request: HttpRequest, code: str, **named: Any) -> HttpResponse:
        try:
            kind, _, secret = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() != "bearer":
                raise Refused("key.unknown")
            key = opened(secret.strip())
            if key.licence.code != code:
                raise Refused("royalty.no_period", period=named.get("number", 0))
            return view(request, key, **named)
        except Refused as refused:
            return problem(refused)
        except Http404:
            return problem(Refused("royalty.no_period", period=named.get("number", 0)))

    return answered


@for_programs
@require_http_methods(["GET", "HEAD"])
def periods(request: HttpRequest, key: Key) -> JsonResponse:
    """The licence's periods in their order, a page at a time."""
    after = request.GET.get("after", "0")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    rows = list(key.licence.periods.filter(number__gt=start).order_by("number")[: PAGE + 1])
    page = rows[:PAGE]
    items = [_plain(one.period, one.latest) for one in queries.accounts_of(key.licence, page)]
    return JsonResponse({"items": items, "next": page[-1].number if len(rows) > PAGE else None})


@for_programs
@require_http_methods(["PUT"])
def report(request: HttpRequest, key: Key, number: int) -> JsonResponse:
    """Report the sales of a period, or replace what was reported while it is not approved."""
    row = queries.periods().filter(licence=key.licence, number=number).first()
    if row is None:
        raise Refused("royalty.no_period", period=number)
    said = actions.report(period=row, figures=_figures(request), by=key.issued_by)
    return JsonResponse(_plain(said, None))


def _figures(request: HttpRequest) -> Any:
    """The figures of the body. Refused `api.too_large`, `api.json`."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        raise Refused("api.too_large", limit=LARGEST // 1024)
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("api.json") from None
    if not isinstance(body, dict) or "figures" not in body:
        raise Refused("api.json")
    return body["figures"]


def _plain(row: ReportingPeriod, statement: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": row.number,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "report_due_on": row.report_due_on.isoformat(),
        "state": row.state,
        "statement": None,
    }
    if statement is not None:
        sums = {
            "payable": statement.payable.wire(),
            "due": statement.due.wire(),
            "due_on": statement.due_on.isoformat(),
        }
        said["statement"] = {"code": statement.code, "sha256": statement.sha256, **sums}
    return said
