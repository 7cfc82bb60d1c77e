"""A table is handed in, its progress shown, a mistake mended and the rest entered, by hand in a browser."""

import re

from playwright.sync_api import FilePayload, expect

from tests.assets import cn_number
from tests.browser.audit import audit
from tests.browser.conftest import Visit

ROWS = (("发明专利", 880_001, "风机叶片"), ("特许", 880_002, "储能柜"), ("发明专利", 880_003, "保温箱"))


def test_a_table_is_handed_in_mended_and_entered(visit: Visit) -> None:
    lines = ["类型,号码,名称", *(f"{kind},{cn_number(serial)},{title}" for kind, serial, title in ROWS)]
    file = FilePayload(name="清单.csv", mimeType="text/csv", buffer="\n".join(lines).encode())
    page = visit("/sell/import/", user="qiye", width=390)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传").click()
    expect(page).to_have_url(re.compile(r"/sell/import/I-\w+/"))
    mistake = page.get_by_label("类型 Kind 第 3 行")
    expect(mistake).to_have_value("特许")
    audit(page)
    mistake.fill("发明专利")
    page.get_by_role("button", name="重新检查").click()
    enter = page.get_by_role("button", name=re.compile("3"))
    expect(enter).to_be_visible()
    expect(page.get_by_text("1 行已改正。")).to_be_visible()
    enter.click()
    expect(page.get_by_role("link", name=re.compile("已录入.*3"))).to_be_visible()
    expect(page.locator("[data-progress]")).to_have_count(0)
    audit(page)
    page.goto(page.url.partition("/sell/")[0] + "/sell/")
    for _kind, _serial, title in ROWS:
        expect(page.get_by_role("link", name=title)).to_be_visible()
