"""Rights entered before the register kept its entries get the ones their rows tell of."""

from django.db import migrations

ENDS = {
    "pledge": "pledge_release",
    "preservation": "preservation_release",
    "suspension": "suspension_end",
    "licence": "licence_end",
    "open_licence": "open_licence_end",
    "dispute": "dispute_end",
}
GONE = {"lapsed": "lapse", "expired": "expiry", "invalidated": "invalidation"}


def fill(apps, editor):
    """The entries that rights entered before would have had."""
    rights, event = apps.get_model("rights", "Right"), apps.get_model("rights", "Event")
    for right in rights.objects.exclude(state="draft").order_by("pk").iterator():
        event.objects.bulk_create(
            event(right=right, kind=kind, on=on, data=data, source=source, entered_by="system:migration")
            for kind, on, data, source in entries_of(right)
        )


def entries_of(right):
    titles = list(right.titles.select_related("holder").order_by("since", "pk"))
    first = [title for title in titles if title.basis == "original"]
    begun = min((title.since for title in titles), default=right.created_at.date())
    said = {"owners": rows(first), "expires_on": right.expires_on.isoformat() if right.expires_on else None}
    in_force = "granted" if right.kind == "patent" else "registered"
    if right.filed_on or right.state == "pending":
        yield "filing", right.filed_on or begun, {**said, "state": "pending"}, right.source
    if right.state != "pending":
        yield "grant", right.granted_on or begun, {**said, "state": in_force}, right.source
    for title in titles:
        if title.basis != "original":
            yield "transfer", title.since, {"owners": rows([title])}, title.source
    for burden in right.encumbrances.order_by("pk"):
        until = burden.until.isoformat() if burden.until else None
        named = {"in_favour_of": burden.in_favour_of, "number": burden.number, "until": until, "grade": burden.grade}
        yield burden.kind, burden.since, {"burden": burden.pk, **named}, ""
        if burden.released_on:
            yield ENDS[burden.kind], burden.released_on, {"burden": burden.pk}, ""
    if right.state in GONE:
        day = right.expires_on if right.state == "expired" and right.expires_on else right.checked_on or begun
        yield GONE[right.state], day, {"state": right.state}, ""


def rows(titles):
    return [[title.holder.code, title.holder.name, title.share_num, title.share_den] for title in titles]


class Migration(migrations.Migration):
    dependencies = [("rights", "0004_register_of_entries")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
