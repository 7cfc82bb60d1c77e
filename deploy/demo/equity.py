"""The demonstration's contributions: a patent given to a company for shares, another half way; dividends, rewards."""

from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from deploy.demo import cast, sales
from market.documents.render import pdf
from market.documents.uploads import Upload
from market.equity import actions
from market.equity.dividends import actions as dividends
from market.equity.models import Contribution
from market.equity.rewards import actions as rewards
from market.equity.rewards.rules import STATUTE, statutory
from market.equity.rules.shares import Held
from market.kernel import clock
from market.kernel.calendar import months_later
from market.kernel.clock import BEIJING
from market.kernel.money import Money
from market.rights import actions as rights
from market.rights.importers.drafts import RightDraft
from market.rights.models import Right
from market.rights.rules.identifiers import check_number, cn_check_digit

HALF = Fraction(1, 2)
INVENTORS = [Held("王晓东", Fraction(3, 5)), Held("刘洋", Fraction(2, 5))]


def build() -> None:
    """A contribution certified and one before its resolution; a dividend plan with a declaration, a reward plan with statements."""
    certified = patent(1, "锂金属负极界面保护层及其制备方法", "Interface layer for lithium metal anodes")
    waiting = patent(
        2, "宽温域固态电池的封装方法", "Packaging of solid-state batteries for a wide range of temperatures"
    )
    with clock.shifted_to(_days_ago(40)):
        found = _valued(_proposed(certified, "maijia2", Fraction(1, 5)), 3_600_000)
        company, agency = cast.user("maijia2"), cast.user("jigou")
        due_on = clock.today() + timedelta(days=180)
        names = ["鲍博", "博远员工持股平台"]
        said: dict[str, Any] = {"on": clock.today(), "voted": names, "waived": names, "due_on": due_on}
        actions.resolve(found, **said, resolution=_paper("股东会决议"), by=company)
        actions.file(found, number="20261018004471", on=clock.today(), by=agency)
    with clock.shifted_to(_days_ago(9)):
        actions.record(found, on=clock.today(), certificate=_paper("手续合格通知书"), by=agency)
        actions.certify(found, legal_representative="鲍博", by=company)
        actions.grant_option(
            found,
            holder="金哲洙",
            part=Fraction(1, 50),
            since=months_later(clock.today(), -14),
            cliff_months=12,
            months=48,
            by=company,
        )
    _valued(_proposed(waiting, "maijia3", Fraction(3, 20)), 2_400_000)
    _dividends()
    _rewards()
    sales.deliver()


def patent(place: int, title: str, title_en: str) -> Right:
    """A granted invention of the university that nobody else asks about."""
    owner, by = cast.party("gaoxiao"), cast.user("gaoxiao")
    body = f"202219{200_000 + place:06d}"
    number = f"{body}.{cn_check_digit(body)}"
    checked = check_number("patent", "invention", "CN", f"ZL{number}", today=clock.today())
    filed = clock.today() - timedelta(days=1300)
    draft = RightDraft(
        kind="patent",
        type="invention",
        office="CN",
        key=checked.key,
        number=f"ZL{number}",
        title=title,
        title_en=title_en,
        industry="materials",
        source="demo: contributed",
        application_no=number,
        grant_no=f"ZL{number}",
        ipc=("H01M10/0562",),
        inventors=tuple(row.holder for row in INVENTORS),
        filed_on=filed,
        granted_on=filed + timedelta(days=600),
    )
    right = rights.register(draft=draft, holders=[(owner, 1, 1)], party=owner, by=by)
    paid_to = clock.today().replace(month=12, day=31)
    rights.describe(right, columns={"service_result": True}, particulars={"annuity_paid_to": paid_to})
    return rights.verify(right, by=by)


def _proposed(right: Right, company: str, part: Fraction) -> Contribution:
    owner = cast.party("gaoxiao")
    return actions.propose(
        right=right,
        contributor=owner,
        company=cast.party(company),
        agency=cast.party("jigou"),
        capital=Money(800_000_000, "CNY"),
        established_on=months_later(clock.today(), -52),
        part=part,
        before=[Held("鲍博", Fraction(13, 20)), Held("博远员工持股平台", Fraction(1, 4))],
        pool=Fraction(1, 10),
        inventors_part=HALF,
        inventors=INVENTORS,
        by=cast.user("gaoxiao"),
    )


def _valued(found: Contribution, yuan: int) -> Contribution:
    today = clock.today()
    return actions.value(
        found,
        institution="吉林中衡资产评估有限公司",
        number="吉中评报字〔2026〕第118号",
        amount=Money(yuan * 102, "CNY"),
        agreed=Money(yuan * 100, "CNY"),
        base_on=today - timedelta(days=45),
        valid_until=months_later(today - timedelta(days=45), 12),
        report=_paper("资产评估报告"),
        by=cast.user("gaoxiao"),
    )


def _dividends() -> None:
    """A fifth of the net licence income to an inventor and a company, the first year declared."""
    began = clock.today().replace(month=1, day=1)
    with clock.shifted_to(_days_ago(20)):
        plan = dividends.plan(
            key=UUID(int=1),
            payer=cast.party("gaoxiao"),
            agency=cast.party("jigou"),
            title="固态电解质项目分红权",
            base="net_income",
            part=Fraction(1, 5),
            cap=Money(200_000_000, "CNY"),
            currency="CNY",
            since=months_later(began, -12),
            until=months_later(began, 36) - timedelta(days=1),
            months=12,
            beneficiaries=[(cast.party("famingren"), Fraction(2, 3)), (cast.party("famingren2"), Fraction(1, 3))],
            by=cast.user("gaoxiao"),
        )
        base = Money(61_234_567, "CNY")
        dividends.declare(plan=plan, number=1, base=base, evidence=_paper("年度净收入审计表"), by=cast.user("gaoxiao"))


def _rewards() -> None:
    """The statutory plan for a patent of the university, in force, with the award and a year's profit."""
    owner, by = cast.party("gaoxiao"), cast.user("gaoxiao")
    right = patent(3, "低温电解液添加剂", "Additive for electrolytes at low temperature")
    people = [(cast.party("famingren"), Fraction(3, 5)), (cast.party("famingren2"), Fraction(2, 5))]
    with clock.shifted_to(_days_ago(60)):
        plan = rewards.publish(
            right=right,
            unit=owner,
            ground=STATUTE,
            agreed=statutory("invention"),
            people=people,
            paper=None,
            by=by,
        )
    with clock.shifted_to(_days_ago(40)):
        rewards.put_in_force(plan=plan, decision="", by=by)
        rewards.profit(plan=plan, year=clock.today().year - 1, earned=Money(88_000_000, "CNY"), by=by)


def _paper(title: str) -> Upload:
    told = {"number": title, "title": title, "holder": "演示 Demonstration", "on": clock.today().isoformat()}
    return Upload(f"{title}.pdf", pdf("register_copy", told))


def _days_ago(days: int) -> datetime:
    return datetime.combine(clock.today() - timedelta(days=days), time(12), BEIJING)
