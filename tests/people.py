"""The cast every test shares, as rows: what the market's own actions would leave, which tests/market/parties proves.

A test database has the whole cast from the start; on PostgreSQL a test that commits empties it, and the next makes whom it needs.
"""

from datetime import date, timedelta
from typing import Any

from market.kernel import clock
from market.parties import actions
from market.parties.models import Auctioneer, Licence, Membership, Party, User
from market.parties.rules import inner_check, outer_check

PASSWORD = "password-1234"


def credit_code(number: int, authority: str = "91") -> str:
    """A valid unified social credit code, one for each number ("12" is a public institution's, "91" a company's)."""
    organisation = f"MA{number:06d}"
    body = f"{authority}220102{organisation}{inner_check(organisation)}"
    return body + outer_check(body)


def person(username: str, name: str, **columns: Any) -> User:
    """A user who signs in as `username` with PASSWORD."""
    columns = {"email": f"{username}@example.com", "name": name, "language": "zh-hans"} | columns
    return User.objects.create_user(username, password=PASSWORD, **columns)


def registrar() -> User:
    """The platform's own staff, who verify agencies and enter licences."""
    return User.objects.filter(username="registrar").first() or person("registrar", "平台登记员", is_staff=True)


def party(owner: User, kind: str, name: str, number: int, **details: Any) -> Party:
    """A verified party owned by `owner`, who acts for it."""
    code = None if kind == Party.Kind.PERSON else credit_code(number, "12" if kind == Party.Kind.UNIVERSITY else "91")
    vouched = {"state": Party.State.VERIFIED, "verified_at": clock.now(), "verified_by": registrar()}
    made = Party.objects.create(kind=kind, name=name, uscc=code, **vouched, **details)
    _member(owner, made, Membership.Role.OWNER)
    return made


def known(name: str) -> Party | None:
    """The party of this name, where the database has it."""
    return Party.objects.filter(name=name).first()


def _member(user: User, made: Party, role: str) -> None:
    Membership.objects.create(user=user, party=made, role=role)
    user.acting_for = made
    user.save(update_fields=["acting_for"])


def join(user: User, made: Party, role: str) -> Membership:
    """Make `user` a member of `made`, asked by its first owner and accepted, acting for it."""
    owner = made.memberships.get(role=Membership.Role.OWNER).user
    asked = actions.invite_member(party=made, user_email=user.email, role=role, by=owner)
    membership = actions.accept_invitation(invitation=asked)
    actions.act_for(user=user, party=made)
    return membership


def jilin_university() -> Party:
    """吉林大学, who sells: a state-owned university; li_wei owns its place on the market."""
    return known("吉林大学") or party(
        person("li_wei", "李伟"),
        Party.Kind.UNIVERSITY,
        "吉林大学",
        1,
        name_en="Jilin University",
        state_owned=True,
        region="吉林省长春市",
        address="长春市前进大街2699号",
        bank_name="中国银行长春前进大街支行",
        bank_account="156401234567890",
    )


def changchun_agency() -> Party:
    """长春知识产权运营中心: both licences, an auctioneer (zhou_min), an agent and a finance officer."""
    if here := known("长春知识产权运营中心"):
        return here
    zhou_min = person("zhou_min", "周敏")
    made = party(
        zhou_min,
        Party.Kind.AGENCY,
        "长春知识产权运营中心",
        2,
        name_en="Changchun IP Operation Centre",
        region="吉林省长春市",
        bank_name="吉林银行长春科技支行",
        bank_account="070101200000066",
    )
    _member(person("agent_chen", "陈立"), made, Membership.Role.AGENT)
    _member(person("finance_sun", "孙芳"), made, Membership.Role.FINANCE)
    since, until = clock.today() - timedelta(days=400), clock.today() + timedelta(days=3000)
    valid = {"agency": made, "valid_from": since, "valid_to": until}
    Licence.objects.bulk_create(
        [
            Licence(kind=Licence.Kind.AUCTION, number="吉商拍批字第2201号", **valid),
            Licence(kind=Licence.Kind.OPERATION, number="吉知运字第007号", **valid),
        ]
    )
    Auctioneer.objects.create(agency=made, name="周敏", certificate="2200012345", valid_to=until, user=zhou_min)
    return made


def enterprise(username: str, person_name: str, name: str, number: int) -> Party:
    """A verified company with one member, its owner."""
    return known(name) or party(
        person(username, person_name),
        Party.Kind.ENTERPRISE,
        name,
        number,
        region="吉林省长春市",
        bank_name="招商银行长春分行",
        bank_account=f"4319000{number:08d}",
    )


def anne_co() -> Party:
    """Anne's company, a buyer."""
    return enterprise("anne", "安妮", "长春光电科技有限公司", 11)


def bob_co() -> Party:
    """Bob's company, a buyer."""
    return enterprise("bob", "包博", "吉林新材料股份有限公司", 12)


def carol_co() -> Party:
    """Carol's company, a buyer."""
    return enterprise("carol", "卡罗", "四平农业装备有限公司", 13)


def mallory_co() -> Party:
    """A verified company that has nothing to do with anything."""
    return enterprise("mallory", "马乐", "通化无关贸易有限公司", 14)


def ip_office() -> Party:
    """吉林省知识产权局, the regulator."""
    name = "吉林省知识产权局"
    return known(name) or party(person("regulator", "高监督"), Party.Kind.REGULATOR, name, 21)


CAST = (jilin_university, changchun_agency, anne_co, bob_co, carol_co, mallory_co, ip_office)


def owner_of(made: Party) -> User:
    """The first owner of a party."""
    return made.memberships.filter(role=Membership.Role.OWNER).order_by("pk")[0].user


def days_from_today(days: int) -> date:
    """A day so many days from today in Beijing."""
    return clock.today() + timedelta(days=days)
