"""Writes about parties: opened, submitted, verified; who belongs to them; what an agency is licensed for."""

from datetime import date
from typing import Any

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.states import move
from market.kernel.typed import tidy
from market.parties import queries, rules
from market.parties.models import Affiliation, Auctioneer, Invitation, Licence, Membership, Party, User
from market.trail import journal

IDENTITY = ("kind", "name", "uscc", "state_owned", "foreign")  # what a verification vouches for


@transaction.atomic
def open_party(*, kind: str, name: str, by: User, uscc: str = "", **details: Any) -> Party:
    """Open a party owned by `by`, who acts for it from now on; `details` are columns of Party.

    Organisations need their code (GB 32100-2015): Refused `uscc.format`, `uscc.check_digit`, `party.uscc_missing`,
    `party.uscc_taken`. A regulator is opened by staff only: `party.kind_reserved`. The same owner asking again gets the
    first party.
    """
    name, code = tidy(name), _code_of(kind, uscc, by)
    same = Party.objects.filter(uscc=code) if code else Party.objects.filter(kind=Party.Kind.PERSON, name=name)
    first = same.filter(memberships__user=by, memberships__role="owner").first()
    if first is not None:
        return first
    if code and same.exists():
        raise Refused("party.uscc_taken", uscc=code)
    party = Party.objects.create(kind=kind, name=name, uscc=code, **details)
    party.memberships.create(user=by, role="owner")
    act_for(user=by, party=party)
    journal.record("party.opened", subject=party.ref, actor=by.ref, audience=[party.ref], **party.named("party_name"))
    return party


def _code_of(kind: str, typed: str, by: User) -> str | None:
    """The credit code an organisation of `kind` must have; None for a natural person. Staff alone make regulators."""
    if kind == Party.Kind.REGULATOR and not by.is_staff:
        raise Refused("party.kind_reserved")
    if kind == Party.Kind.PERSON:
        return None
    if not typed.strip():
        raise Refused("party.uscc_missing")
    return rules.uscc(typed)


@transaction.atomic
def edit_party(*, party: Party, edition: str, by: User, **changes: Any) -> Party:
    """Change details of `party` that was read as `edition` (Conflict `party.changed` when somebody was faster).

    What a verification vouches for (IDENTITY) is fixed from submission on: Refused `party.identity_fixed`, unless it
    was sent back. A new bank account is a fact of its own, told to every member: it is where money goes.
    """
    party = Party.objects.select_for_update().get(pk=party.pk)
    if edition != queries.edition(party):
        raise Conflict("party.changed", party=str(party))
    if "uscc" in changes or "kind" in changes:
        kind = changes.get("kind", party.kind)
        changes |= {"kind": kind, "uscc": _code_of(kind, changes.get("uscc", party.uscc) or "", by)}
        if Party.objects.filter(uscc=changes["uscc"]).exclude(pk=party.pk).exists() and changes["uscc"]:
            raise Refused("party.uscc_taken", uscc=changes["uscc"])
    changed = {field: value for field, value in changes.items() if getattr(party, field) != value}
    if party.state not in (Party.State.DRAFT, Party.State.REJECTED) and set(changed) & set(IDENTITY):
        raise Refused("party.identity_fixed", party=str(party))
    if not changed:
        return party
    for field, value in changed.items():
        setattr(party, field, value)
    party.save(update_fields=list(changed))
    journal.record("party.edited", subject=party.ref, actor=by.ref, fields=sorted(changed))
    if "bank_account" in changed:
        journal.record(
            "party.bank_changed",
            subject=party.ref,
            actor=by.ref,
            audience=[party.ref],
            **party.named("party_name"),
            account=queries.masked(party.bank_account),
            by_name=str(by),
        )
    return party


@transaction.atomic
def submit_party(*, party: Party, by: User) -> Party:
    """Ask for verification; every verified agency is told. Refused `state.illegal` when it is not ours to submit now."""
    move(party, Party.State.SUBMITTED, remark="")
    audience = [agency.ref for agency in queries.agencies() if agency.pk != party.pk]
    journal.record(
        "party.submitted",
        subject=party.ref,
        actor=by.ref,
        audience=audience,
        **party.named("party_name"),
        party=party.code,
    )
    return party


@transaction.atomic
def verify_party(*, party: Party, by: User) -> Party:
    """Vouch that `party` is who it says. Refused `party.own_verification` for its own members."""
    _a_stranger(party, by)
    move(party, Party.State.VERIFIED, verified_at=clock.now(), verified_by=by, remark="")
    journal.record("party.verified", subject=party.ref, actor=by.ref, audience=[party.ref], **party.named("party_name"))
    return party


@transaction.atomic
def reject_party(*, party: Party, remark: str, by: User) -> Party:
    """Send `party` back with a `remark` that says what to mend: after submission, or when what was verified changed.

    Refused `party.remark_missing` without one, `party.own_verification` for its own members.
    """
    _a_stranger(party, by)
    if not remark.strip():
        raise Refused("party.remark_missing")
    move(party, Party.State.REJECTED, remark=remark.strip(), verified_at=None, verified_by=None)
    journal.record(
        "party.rejected",
        subject=party.ref,
        actor=by.ref,
        audience=[party.ref],
        **party.named("party_name"),
        remark=remark.strip(),
    )
    return party


def _a_stranger(party: Party, by: User) -> None:
    """Refuse when `by` would vouch for a party of their own; agencies and regulators are vouched for by staff."""
    if party.memberships.filter(user=by).exists():
        raise Refused("party.own_verification", party=str(party))
    if party.kind in (Party.Kind.AGENCY, Party.Kind.REGULATOR) and not by.is_staff:
        raise Refused("party.staff_verifies", party=str(party))


def act_for(*, user: User, party: Party) -> None:
    """From now on `user` acts for `party`. Refused `member.none` when they are not its member."""
    if not party.memberships.filter(user=user).exists():
        raise Refused("member.none", party=str(party))
    user.acting_for = party
    user.save(update_fields=["acting_for"])


@transaction.atomic
def declare_affiliation(*, party: Party, other: Party, kind: str, by: User) -> Affiliation:
    """Declare a tie that forbids dealing at arm's length (拍卖法 22, 30); both parties are told. Once declared it stays.

    Refused `party.unverified` before `party` is verified (a tie binds the other side too), `affiliation.self` with
    itself.
    """
    if party.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=str(party))
    if party.pk == other.pk:
        raise Refused("affiliation.self")
    tie, made = Affiliation.objects.get_or_create(party=party, other=other, kind=kind)
    if made:
        journal.record(
            "party.affiliated",
            subject=party.ref,
            actor=by.ref,
            audience=[party.ref, other.ref],
            **party.named("party_name"),
            **other.named("other_name"),
        )
    return tie


@transaction.atomic
def end_affiliation(*, tie: Affiliation, remark: str, by: User) -> None:
    """Strike a tie that no longer holds, for the `remark` given; both parties are told. The fact keeps its memory."""
    if not remark.strip():
        raise Refused("party.remark_missing")
    journal.record(
        "party.affiliation_ended",
        subject=tie.party.ref,
        actor=by.ref,
        audience=[tie.party.ref, tie.other.ref],
        **tie.party.named("party_name"),
        **tie.other.named("other_name"),
        kind=tie.kind,
        remark=remark.strip(),
    )
    tie.delete()


@transaction.atomic
def invite_member(*, party: Party, user_email: str, role: str, by: User) -> Invitation:
    """Ask the user with that e-mail address to join in `role`; nobody becomes a member without their own yes.

    Only a verified party may ask (Refused `party.unverified`): whoever shares a member with another party may not bid
    beside it. Refused `member.unknown` when nobody signs in with the address, `member.already` for a member. Asking
    again changes the role asked for.
    """
    if party.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=str(party))
    user = User.objects.filter(email__iexact=user_email.strip(), is_active=True).first()
    if user is None:
        raise Refused("member.unknown", email=user_email.strip())
    if party.memberships.filter(user=user).exists():
        raise Refused("member.already", name=str(user))
    invitation, made = Invitation.objects.update_or_create(party=party, user=user, defaults={"role": role, "by": by})
    if made:
        journal.record(
            "member.invited",
            subject=party.ref,
            actor=by.ref,
            audience=[user.ref],
            **party.named("party_name"),
            by_name=str(by),
        )
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation) -> Membership:
    """The invited user says yes and is a member in the role asked for."""
    party, user = invitation.party, invitation.user
    membership, made = party.memberships.get_or_create(user=user, defaults={"role": invitation.role})
    invitation.delete()
    if made:
        _record_member("member.joined", membership, by=user)
    return membership


@transaction.atomic
def end_invitation(*, invitation: Invitation, by: User) -> None:
    """The invited user declines (`by` is the user), or the party takes its invitation back."""
    journal.record(
        "invitation.ended",
        subject=invitation.party.ref,
        actor=by.ref,
        user=invitation.user.ref,
        user_name=str(invitation.user),
    )
    invitation.delete()


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User) -> Membership:
    """Give the member another role. Refused `member.last_owner` when nobody would own the party any more."""
    membership = _locked(membership)
    if membership.role == role:
        return membership
    if role != Membership.Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _record_member("member.role_changed", membership, by=by)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """End the membership: the member leaves (`by` is the member) or is removed. Refused `member.last_owner`."""
    membership = _locked(membership)
    _keep_an_owner(membership)
    _record_member("member.removed", membership, by=by)
    User.objects.filter(pk=membership.user_id, acting_for=membership.party_id).update(acting_for=None)
    membership.delete()


def _locked(membership: Membership) -> Membership:
    """The membership, with its party locked so that two owners cannot both leave at once."""
    Party.objects.select_for_update().get(pk=membership.party_id)
    found = Membership.objects.filter(pk=membership.pk).select_related("user", "party").first()
    if found is None:
        raise Conflict("member.gone")
    return found


def _keep_an_owner(membership: Membership) -> None:
    """Refuse when this membership is the party's last owner's."""
    owners = Membership.objects.filter(party_id=membership.party_id, role=Membership.Role.OWNER)
    if membership.role == Membership.Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Refused("member.last_owner", party=str(membership.party))


def _record_member(name: str, membership: Membership, *, by: User) -> None:
    """Record what happened to a membership and tell the party and the user."""
    party, user = membership.party, membership.user
    journal.record(
        name,
        subject=party.ref,
        actor=by.ref,
        audience=[party.ref, user.ref],
        **party.named("party_name"),
        user=user.ref,
        user_name=str(user),
        role=membership.role,
    )


@transaction.atomic
def add_licence(*, agency: Party, kind: str, number: str, valid_from: date, valid_to: date, by: User) -> Licence:
    """Enter a licence of `agency` as the register shows it (拍卖法 11). Staff only: Refused `party.staff_only`.

    Refused `party.not_agency`, `licence.dates` (ends before it starts), `licence.taken` (another agency's number).
    Entering the same number again gives the first licence.
    """
    _staff_on_an_agency(agency, by)
    if valid_to < valid_from:
        raise Refused("licence.dates", valid_from=valid_from, valid_to=valid_to)
    licence, made = Licence.objects.get_or_create(
        kind=kind, number=tidy(number), defaults={"agency": agency, "valid_from": valid_from, "valid_to": valid_to}
    )
    if licence.agency_id != agency.pk:
        raise Refused("licence.taken", number=licence.number)
    if made:
        journal.record(
            "licence.added",
            subject=agency.ref,
            actor=by.ref,
            audience=[agency.ref],
            **agency.named("party_name"),
            kind=kind,
            number=licence.number,
            valid_to=valid_to.isoformat(),
        )
    return licence


@transaction.atomic
def add_auctioneer(
    *, agency: Party, name: str, certificate: str, valid_to: date, by: User, user: User | None = None
) -> Auctioneer:
    """Enter a registered auctioneer of `agency` (拍卖法 14-16). Staff only: Refused `party.staff_only`.

    Refused `party.not_agency`, `licence.taken` when the certificate is entered for another agency; entering it again
    gives the first row.
    """
    _staff_on_an_agency(agency, by)
    auctioneer, made = Auctioneer.objects.get_or_create(
        certificate=tidy(certificate),
        defaults={"agency": agency, "name": tidy(name), "valid_to": valid_to, "user": user},
    )
    if auctioneer.agency_id != agency.pk:
        raise Refused("licence.taken", number=auctioneer.certificate)
    if made:
        journal.record(
            "auctioneer.added",
            subject=agency.ref,
            actor=by.ref,
            audience=[agency.ref],
            **agency.named("party_name"),
            auctioneer_name=auctioneer.name,
            certificate=auctioneer.certificate,
        )
    return auctioneer


def _staff_on_an_agency(agency: Party, by: User) -> None:
    """Only staff enter what the state licenses, and only for agencies."""
    if not by.is_staff:
        raise Refused("party.staff_only")
    if not agency.is_agency:
        raise Refused("party.not_agency", party=str(agency))
