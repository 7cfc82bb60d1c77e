"""Who plays in the demonstration: real rows made through the market's own actions, all with one known password."""

import functools
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from market.kernel import clock
from market.parties import actions
from market.parties.models import Licence, Membership, Party, User
from market.parties.rules import inner_check, outer_check

PASSWORD = "luochui-demo"
ROBOTS = 4


class Player(NamedTuple):
    """Somebody who can log in, and for whom."""

    username: str
    name: str
    kind: str
    party: str
    party_en: str

    @property
    def role(self) -> str:
        """What kind of party it is, in the reader's language."""
        return str(Party.Kind(self.kind).label)


PLAYERS = [
    Player("qiye", "赵明", Party.Kind.ENTERPRISE, "吉林碳谷新材料有限公司", "Jilin Carbon Valley Materials"),
    Player("gaoxiao", "李伟", Party.Kind.UNIVERSITY, "北华理工大学", "Beihua University of Technology"),
    Player("famingren", "王晓东", Party.Kind.PERSON, "王晓东", "Wang Xiaodong"),
    Player("maijia1", "安静", Party.Kind.ENTERPRISE, "安启动力电池有限公司", "Anqi Traction Batteries"),
    Player("maijia2", "鲍博", Party.Kind.ENTERPRISE, "博远智能装备有限公司", "Boyuan Intelligent Equipment"),
    Player("maijia3", "陈卡", Party.Kind.ENTERPRISE, "卡隆生物科技有限公司", "Kalon Biotech"),
    Player("jigou", "周敏", Party.Kind.AGENCY, "长春知识产权运营中心", "Changchun IP Operation Centre"),
    Player("jianguan", "孙监", Party.Kind.REGULATOR, "吉林省知识产权监管处", "Jilin IP Supervision Office"),
    Player("maijia4", "丁迟", Party.Kind.ENTERPRISE, "鼎驰贸易有限公司", "Dingchi Trading"),
    Player("pinggu", "平正", Party.Kind.APPRAISER, "吉林信评资产评估有限公司", "Jilin Xinping Appraisal"),
    Player("famingren2", "刘洋", Party.Kind.PERSON, "刘洋", "Liu Yang"),
]
FINANCE = Player(
    "caiwu", "刘会计", Party.Kind.AGENCY, "长春知识产权运营中心（财务）", "Changchun IP Operation Centre, finance"
)


def credit_code(number: int, authority: str = "91") -> str:
    """A valid unified social credit code of an invented organisation (GB 32100-2015)."""
    organisation = f"MADEM{number:03d}"
    body = f"{authority}220100{organisation}{inner_check(organisation)}"
    return body + outer_check(body)


def build() -> None:
    """Make the whole cast; a second run changes nothing."""
    registrar()
    for number, player in enumerate(PLAYERS, start=1):
        _party(player, number)
    agency, finance = party("jigou"), _user(FINANCE.username, FINANCE.name)
    _join(finance, agency, Membership.Role.FINANCE)
    _join(_user("pinggu2", "顾实"), party("pinggu"), Membership.Role.AGENT)
    since, until = clock.today() - timedelta(days=700), clock.today() + timedelta(days=3000)
    for kind, licence in ((Licence.Kind.AUCTION, "吉拍批字第0431号"), (Licence.Kind.OPERATION, "吉知运字第012号")):
        actions.add_licence(agency=agency, kind=kind, number=licence, valid_from=since, valid_to=until, by=registrar())
    actions.add_auctioneer(
        agency=agency, name="周敏", certificate="2200043101", valid_to=until, user=user("jigou"), by=registrar()
    )
    for number in range(1, ROBOTS + 1):
        name = f"演示竞买人{'甲乙丙丁'[number - 1]}有限公司"
        _party(
            Player(f"robot{number}", f"演示{number}", Party.Kind.ENTERPRISE, name, f"Demo bidder {number}"),
            100 + number,
        )


def registrar() -> User:
    """The platform's own staff, who verify parties and enter licences."""
    return _user("registrar", "平台登记员", is_staff=True)


def user(username: str) -> User:
    """A player by the name they log in with."""
    return User.objects.get(username=username)


def party(username: str) -> Party:
    """The party a player owns."""
    return Party.objects.get(memberships__user__username=username, memberships__role=Membership.Role.OWNER)


def robots() -> list[User]:
    """The simulated bidders."""
    return list(User.objects.filter(username__startswith="robot").order_by("pk"))


def _user(username: str, name: str, *, is_staff: bool = False) -> User:
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known
    return User.objects.create(
        username=username,
        email=f"{username}@demo.luochui.example",
        password=_hash(),
        name=name,
        language="zh-hans",
        is_staff=is_staff,
    )


@functools.cache
def _hash() -> str:
    """What is stored of everybody's password; made once, for hashing takes its time on purpose."""
    return make_password(PASSWORD)


def _party(player: Player, number: int) -> None:
    owner = _user(player.username, player.name)
    if owner.memberships.exists():
        return
    supervised = player.kind == Party.Kind.REGULATOR
    public = player.kind in (Party.Kind.UNIVERSITY, Party.Kind.REGULATOR)
    owner.is_staff = supervised  # in memory only: a regulator is opened on behalf of the platform
    made = actions.open_party(
        kind=player.kind,
        name=player.party,
        uscc="" if player.kind == Party.Kind.PERSON else credit_code(number, "12" if public else "91"),
        by=owner,
        name_en=player.party_en,
        region="吉林省长春市",
        address=f"长春市前进大街{2600 + number}号",
        phone=f"0431-8500 {number:04d}",
        bank_name="吉林银行长春科技支行",
        bank_account=f"0701012000{number:05d}",
        state_owned=public,
    )
    owner.is_staff = False
    actions.submit_party(party=made, by=owner)
    actions.verify_party(party=made, by=registrar())


def _join(member: User, made: Party, role: str) -> None:
    if member.memberships.exists():
        return
    owner = made.memberships.get(role=Membership.Role.OWNER).user
    asked = actions.invite_member(party=made, user_email=member.email, role=role, by=owner)
    actions.accept_invitation(invitation=asked)
