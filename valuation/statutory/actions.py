"""Writes about statutory reports: engage, give, sign, and hand on to what waits for one."""

from datetime import date
from uuid import UUID

from django.db import transaction

from market.documents import actions as documents
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.typed import bare
from market.listings import actions as listings
from market.listings.models import Listing
from market.parties.access import ACTING, require
from market.parties.models import Party, User
from market.rights.conditions import actions as conditions
from market.rights.conditions.actions import Paper
from market.rights.conditions.models import Condition
from market.trail import journal
from valuation.rules import check_days
from valuation.statutory import rules
from valuation.statutory.models import Engagement, Report, Signature


@transaction.atomic
def engage(*, listing: Listing, institution: Party, purpose: str, by: User) -> Engagement:
    """Let an institution appraise the right of one's listing [appraisal.engaged -> the institution]; twice is once.

    404 and Refused `role.missing` as `parties.access.require`; Refused `statutory.not_institution`.
    """
    require(by, listing.seller, ACTING)
    if institution.kind != Party.Kind.APPRAISER or institution.state != Party.State.VERIFIED:
        raise Refused("statutory.not_institution", party=institution.name)
    found, new = Engagement.objects.get_or_create(
        listing=listing,
        institution=institution,
        purpose=purpose,
        defaults={"client": listing.seller, "asked_by": by},
    )
    if new:
        told = {"client": listing.seller.name, "number": listing.right.number, **listing.right.named}
        journal.record("appraisal.engaged", subject=found.ref, actor=by.ref, audience=[institution.ref], **told)
    return found


def give(
    *,
    key: UUID,
    engagement: Engagement,
    number: str,
    premise: str,
    methods: str,
    valuation_date: date,
    valid_until: date,
    value: Money,
    paper: Paper,
    by: User,
) -> Report:
    """Give the institution's report [appraisal.reported -> the client]; the same `key` gets the first answer again.

    The file is stored first, in a transaction of its own. Refused `role.missing`, `appraisal.validity`,
    `statutory.base_ahead`, `file.…`.
    """
    require(by, engagement.institution, ACTING)
    check_days(valuation_date, valid_until)
    if valuation_date > clock.today():
        raise Refused("statutory.base_ahead")
    known = Report.objects.filter(key=key, engagement=engagement).first()
    if known is not None:
        return known
    kept = documents.store(
        subject=engagement.ref,
        kind="appraisal",
        title=f"{number} {key}"[:160],
        name=paper.name,
        content=paper.content,
        content_type=paper.content_type,
        owner=engagement.institution,
        by=by,
        readers=[engagement.client],
    )
    with transaction.atomic():
        Engagement.objects.select_for_update(no_key=True).get(pk=engagement.pk)
        report, new = Report.objects.get_or_create(
            key=key,
            engagement=engagement,
            defaults={
                "paper": kept,
                "number": number,
                "premise": premise,
                "methods": methods,
                "valuation_date": valuation_date,
                "valid_until": valid_until,
                "currency": value.currency,
                "value_minor": value.minor,
                "created_by": by,
            },
        )
        if new:
            _tell("appraisal.reported", report, by)
    return report


@transaction.atomic
def sign(*, report: Report, name: str, certificate: str, by: User) -> Signature:
    """Sign as an appraiser of the institution, over the file's SHA-256 [appraisal.signed -> the client, once two have].

    The same person's second time changes nothing. Refused `role.missing`, `statutory.certificate` where the number is
    no certificate's or another signer's.
    """
    require(by, report.engagement.institution, ACTING)
    report = Report.objects.select_for_update(of=("self",)).select_related("engagement", "paper").get(pk=report.pk)
    known = report.signatures.filter(user=by).first()
    if known is not None:
        return known
    certificate = bare(certificate)
    if (
        not 6 <= len(certificate) <= 20
        or not certificate.isalnum()
        or report.signatures.filter(certificate=certificate).exists()
    ):
        raise Refused("statutory.certificate")
    signed = Signature.objects.create(
        report=report, user=by, name=name.strip(), certificate=certificate, sha256=report.paper.sha256
    )
    if report.signatures.count() == rules.APPRAISERS:
        _tell("appraisal.signed", report, by)
    return signed


def fulfil(*, report: Report, by: User) -> list[Condition]:
    """Answer the conditions of the right that wait for its appraisal with this report, for the client; which those were.

    Refused `statutory.unsigned`, `statutory.expired`, `role.missing`, and as `conditions.answer`.
    """
    engagement = report.engagement
    require(by, engagement.client, ACTING)
    _check_counts(report)
    waiting = Condition.objects.select_related("right", "owner", "seller", "asked_by").filter(
        right=engagement.listing.right,
        owner=engagement.client,
        kind=Condition.Kind.APPRAISAL,
        state__in=(Condition.State.OPEN, Condition.State.MET),
    )
    with report.paper.file.open() as file:
        paper = Paper(report.paper.name, file.read(), report.paper.content_type)
    return [
        conditions.answer(one, answer="appraise", by=by, paper=paper, day=report.valuation_date, value=report.value)
        for one in waiting.order_by("pk")
    ]


def reserve_from(*, report: Report, by: User) -> Listing:
    """Make the report's value the reserve of the listing, which nobody sees (拍卖法 28): the amount goes to no fact.

    Refused `statutory.unsigned`, `statutory.expired`, `role.missing`, and as `listings.set_reserve`.
    """
    listing = report.engagement.listing
    require(by, report.engagement.client, ACTING)
    _check_counts(report)
    return listings.set_reserve(listing, edition=listing.edition, reserve=report.value, by=by)


def _check_counts(report: Report) -> None:
    signatures = report.signatures.count()
    if not rules.counts(signatures=signatures, valid_until=report.valid_until, on=clock.today()):
        raise Refused("statutory.expired" if signatures >= rules.APPRAISERS else "statutory.unsigned")


def _tell(fact: str, report: Report, by: User) -> None:
    """Record a fact about the report for its client; the value stays in the report."""
    engagement = report.engagement
    right = engagement.listing.right
    told = {
        "institution": engagement.institution.name,
        "report": report.number,
        "number": right.number,
        **right.named,
    }
    journal.record(fact, subject=report.ref, actor=by.ref, audience=[engagement.client.ref], **told)
