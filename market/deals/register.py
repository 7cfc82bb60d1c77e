"""What the register says of a right, as text, the way papers and terms state it."""

from collections.abc import Callable
from datetime import date

from django.utils import translation

from market.deals.rules import particulars
from market.deals.rules.papers import office_of
from market.documents import queries as documents
from market.rights import queries as rights
from market.rights.models import Right
from market.rights.rules.identifiers import cn_patent_number


def particulars_of(right: Right) -> dict[str, str]:
    """The particulars of a right by their names (`rules.particulars.LABELS`), "" where the register has none."""
    owners = "、".join(title.holder.name for title in rights.holders(right))
    return {
        "title": right.title,
        "office": office_of(right.kind, right.office)[0],
        "expires_on": _day(right.expires_on),
        **_OF_KIND[right.kind](right, owners),
    }


def consents_of(right: Right, place: int) -> dict[str, bytes]:
    """The consents on file about the right, by their names at that `place` of a pack for the office."""
    return {
        f"{place}-consent-{version.document.code}-{version.name}": documents.content_of(version)
        for consent in rights.consents(right)
        if consent.document is not None
        for version in documents.latest_about(consent.document.subject).filter(document=consent.document)
    }


def _patent(right: Right, owners: str) -> dict[str, str]:
    patent, granted = right.patent, right.state in Right.IN_FORCE
    first = [
        title.holder.name for title in right.titles.select_related("holder") if title.basis == title.Basis.ORIGINAL
    ]
    number = patent.grant_no or right.number
    if right.office == "CN" and patent.application_no and not number.startswith("ZL"):
        number = cn_patent_number(patent.application_no)
    return {
        "type": both(patent.get_type_display),
        "applicant": "、".join(dict.fromkeys(first)) or owners,
        "patentee": owners if granted else "",
        "filed_on": _day(right.filed_on),
        "application_no": patent.application_no,
        "patent_no": number if granted else "",
        "grant_no": patent.grant_no if patent.grant_no != number else "",
        "granted_on": _day(right.granted_on),
    }


def _trademark(right: Right, owners: str) -> dict[str, str]:
    mark, registered = right.trademark, right.state in Right.IN_FORCE
    return {
        "words": mark.words,
        "registration_no": right.number if registered else "",
        "application_no": "" if registered else right.number,
        "nice_class": str(mark.nice_class),
        "groups": "、".join(str(group) for group in mark.groups),
        "goods": mark.goods,
        "registrant": owners,
        "registered_on": _day(right.granted_on),
    }


def _copyright(right: Right, owners: str) -> dict[str, str]:
    work = right.copyright
    software = work.work == work.Work.SOFTWARE
    assigned = particulars.SOFTWARE_RIGHTS if software else particulars.ECONOMIC_RIGHTS
    return {
        "work": both(work.get_work_display),
        "certificate_no": work.certificate_no or right.number,
        "version": work.version,
        "authors": "、".join(creator.name for creator in right.creators.all()) or owners,
        "owner": owners,
        "completed_on": _day(work.completed_on),
        "published_on": _day(work.published_on),
        "rights": "\n".join(assigned),
        "territory": " / ".join(particulars.WORLDWIDE),
    }


def _layout(right: Right, owners: str) -> dict[str, str]:
    layout = right.ic_layout
    return {
        "function": both(layout.get_function_display),
        "certificate_no": right.number,
        "application_no": layout.application_no,
        "holder": owners,
        "filed_on": _day(right.filed_on),
        "completed_on": _day(layout.completed_on),
        "exploited_on": _day(layout.exploited_on),
        "entered_on": _day(right.granted_on),
    }


def _variety(right: Right, owners: str) -> dict[str, str]:
    variety, granted = right.plant_variety, right.state in Right.IN_FORCE
    return {
        "species": variety.species,
        "application_no": variety.application_no or ("" if granted else right.number),
        "variety_no": right.number if granted else "",
        "holder": owners,
        "filed_on": _day(right.filed_on),
        "granted_on": _day(right.granted_on),
    }


_OF_KIND = {
    "patent": _patent,
    "trademark": _trademark,
    "copyright": _copyright,
    "ic_layout": _layout,
    "plant_variety": _variety,
}


def both(word: Callable[[], str]) -> str:
    """A word of the register in the two languages of a paper, whatever language is active."""
    with translation.override("zh-hans"):
        han = str(word())
    with translation.override("en"):
        english = str(word())
    return han if han == english else f"{han} / {english}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
