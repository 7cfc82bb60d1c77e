"""A patent contributed to a company for shares, from the proposal and the appraisal report to the certificates, page by page."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from market.kernel import clock
from tests.browser.audit import audit
from tests.browser.conftest import Market, Visit

PATENT = """
from deploy.demo import cast, equity
print(equity.patent(9, "钠离子电池层状正极材料", "Layered cathodes for sodium-ion batteries").number, cast.party("maijia1").code)
"""
PDF = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 what the step stands on"}
TODAY = clock.today()


def test_a_contribution_from_the_appraisal_report_to_the_certificates(market: Market, visit: Visit) -> None:
    number, company_code = market.python(PATENT).split()[-2:]
    owner = visit("/equity/new/", user="gaoxiao")
    audit(owner)
    owner.select_option("[name=right]", label=owner.locator(f"[name=right] option:has-text('{number}')").inner_text())
    owner.fill("[name=company]", company_code)
    owner.select_option("[name=agency]", index=1)
    owner.fill("[name=established_on]", "2021-03-01")
    owner.fill("[name=capital]", "4000000")
    owner.fill("[name=before]", "安静 70%\n安启员工持股平台 1/5")
    owner.fill("[name=pool]", "10%")
    owner.fill("[name=part]", "1/5")
    owner.fill("[name=inventors_part]", "40%")
    owner.click("main form button.btn-main")
    expect(owner.locator("main .field-error, main .error").first).to_be_visible()  # a state unit gives half
    owner.fill("[name=inventors_part]", "50%")
    owner.click("main form button.btn-main")
    expect(owner).to_have_url(re.compile(r"/equity/K-\w+/$"))
    path = owner.url.removeprefix(market.url)

    step(owner, "value", institution="吉林中衡资产评估有限公司", number="118", amount="1500000", agreed="1200000")
    expect(owner.locator("#next")).to_have_count(0)
    company = visit(path, user="maijia1", language="en", scheme="dark", width=390)
    audit(company)
    for box in company.locator("main input[type=checkbox]").all():
        box.check()
    step(company, "resolve")
    agency = visit(path, user="jigou")
    step(agency, "file", number="20261127000009")
    agency.set_input_files("[name=record-file]", PDF)
    agency.fill("[name=record-on]", TODAY.isoformat())
    agency.click("form:has([name=record-file]) button")
    company.goto(market.url + path)
    step(company, "certify", legal_representative="安静")
    audit(company)
    expect(company.locator(".files").get_by_text(re.compile(r"K-\w+-\d"))).to_have_count(3)


def step(page: Page, name: str, **typed: str) -> None:
    """Fill the form of a step in, its days and its paper too, and send it."""
    days = {
        "base_on": TODAY - timedelta(days=30),
        "valid_until": TODAY + timedelta(days=300),
        "due_on": TODAY + timedelta(days=100),
    }
    form = page.locator(f"main form:has(input[name=step][value={name}])")
    for field, day in days.items():
        if form.locator(f"[name={name}-{field}]").count():
            form.locator(f"[name={name}-{field}]").fill(day.isoformat())
    for field, text in typed.items():
        form.locator(f"[name={name}-{field}]").fill(text)
    if form.locator("input[type=file]").count():
        form.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    form.locator("button").click()
    page.wait_for_load_state()
