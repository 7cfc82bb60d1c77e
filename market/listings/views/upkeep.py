"""The calendar of one's own rights: what falls due when, what it costs and until when it may still be done."""

from collections import defaultdict
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from market.kernel import clock
from market.kernel.calendar import is_provisional, months_later
from market.kernel.formats import day as written
from market.kernel.formats import own
from market.kernel.ical import Entry, calendar_file
from market.kernel.money import Money
from market.listings import queries
from market.parties.access import SignedIn, party_of
from market.rights.keeping import Line, lines_of, owned_by, with_upkeep
from market.rights.models import Right
from market.rights.rules.upkeep import Due
from market.rights.templatetags.rights_tags import due_words

SPANS = {12: gettext_lazy("One year"), 24: gettext_lazy("Two years"), 60: gettext_lazy("Five years")}
Row = tuple[Right, Due, str]  # a right, what falls due on it, the code of the listing that offers it
REMINDED = 30  # days before a due day at which a calendar program rings


@login_required
@require_safe
def upkeep(request: SignedIn) -> HttpResponse:
    """What falls due on the rights of the reader's party within the next year (?months=), late things first."""
    months, lines = _asked(request)
    today = clock.today()
    ahead = [line for line in lines if line.due.on >= today]
    listed = queries.on_offer_of([line.right for line in lines])
    late: list[Row] = []
    by_month: dict[date, list[Row]] = defaultdict(list)
    for line in lines:
        inside = by_month[line.due.on.replace(day=1)] if line.due.on >= today else late
        inside.append((line.right, line.due, listed.get(line.right.pk, "")))
    context = {
        "party": request.party,
        "late": late,
        "months": sorted(by_month.items()),
        "soon": sum(1 for line in ahead if (line.due.on - today).days <= 90),
        "sums": _sums(ahead),
        "unpriced": sum(
            1 for line in ahead if line.due.kind in ("annuity", "maintenance", "renewal") and not line.due.fee
        ),
        "unchecked": any(line.due.fee and not line.due.fee.checked for line in lines),
        "provisional": any(is_provisional(line.due.on) for line in ahead),
        "today": today,
        "tabs": [
            {"label": words, "url": f"?months={span}", "current": span == months} for span, words in SPANS.items()
        ],
        "file_url": f"{reverse('rights-calendar-file')}?months={months}",
    }
    return render(request, "listings/upkeep.html", context)


@login_required
@require_safe
def upkeep_file(request: SignedIn) -> HttpResponse:
    """The same as a calendar file, each thing under a name that stays, with a reminder a month before."""
    _months, lines = _asked(request)
    listed = queries.on_offer_of([line.right for line in lines])
    entries = [_entry(request, line, listed.get(line.right.pk, "")) for line in lines]
    text = calendar_file(entries, name=_("Luochui: what falls due"), made_at=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="rights.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _asked(request: SignedIn) -> tuple[int, list[Line]]:
    asked = request.GET.get("months", "")
    months = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 and int(asked) in SPANS else 12
    today = clock.today()
    rights = list(with_upkeep(owned_by(party_of(request.user))))
    return months, lines_of(rights, today, months_later(today, months))


def _sums(lines: list[Line]) -> list[Money]:
    """What the fees come to, currency by currency."""
    sums: dict[str, Money] = {}
    for line in lines:
        if line.due.fee:
            amount = line.due.fee.amount
            sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
    return [sums[currency] for currency in sorted(sums)]


def _entry(request: SignedIn, line: Line, listing: str) -> Entry:
    right, due = line.right, line.due
    said = [f"{right.number} {own(right, 'title', request.LANGUAGE_CODE)}"]
    if due.fee:
        said.append(_("Fee: %(amount)s") % {"amount": due.fee.amount})
    if due.grace_until:
        said.append(_("With a surcharge until %(day)s") % {"day": written(due.grace_until)})
    return Entry(
        uid=f"{right.code}-{due.kind}-{due.stage or due.on.isoformat()}@luochui".replace(" ", ""),
        at=due.on,
        summary=f"{due_words(due)} {right.number}",
        text="\n".join(said),
        url=request.build_absolute_uri(reverse("asset", args=[listing])) if listing else "",
        remind=REMINDED,
    )
