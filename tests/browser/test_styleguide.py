"""Every component, in both languages, light and dark, from a wide screen down to 320 px."""

import pytest
from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import Visit
from tests.browser.readers import shown

pytestmark = pytest.mark.pages
TROUBLES = ["404", "403", "403_csrf", "409", "500", "refused", "check", "done"]
STRANGERS = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/no/such/page/"]
SIGNING_IN = ["/accounts/2fa/", "/accounts/email/", "/accounts/password/change/", "/accounts/logout/"]
COMPONENTS = "/styleguide/"
AS = ("path", "language", "scheme", "width")


@pytest.mark.parametrize(AS, shown([COMPONENTS], (1280, 390, 320), [COMPONENTS]))
def test_every_component_is_within_reach_of_every_reader(
    visit: Visit, path: str, language: str, scheme: str, width: int
) -> None:
    audit(visit(path, language=language, scheme=scheme, width=width))


@pytest.mark.parametrize(AS, shown([f"{COMPONENTS}{name}/" for name in TROUBLES] + STRANGERS, (1280, 320)))
def test_a_strangers_pages_and_those_of_trouble_are_as_good_as_the_others(
    visit: Visit, path: str, language: str, scheme: str, width: int
) -> None:
    audit(visit(path, language=language, scheme=scheme, width=width))


@pytest.mark.parametrize(AS, shown(SIGNING_IN, (1280, 320)))
def test_pages_about_signing_in_are_within_reach(
    visit: Visit, path: str, language: str, scheme: str, width: int
) -> None:
    audit(visit(path, user="maijia1", language=language, scheme=scheme, width=width))


@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_large_text_moves_nothing_out_of_the_window(visit: Visit, width: int) -> None:
    page = visit("/styleguide/", width=width, cookies={"size": "large"})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    audit(page)


def test_wider_text_spacing_moves_nothing_out_of_the_window(visit: Visit) -> None:
    page = visit("/styleguide/", language="en", width=320)
    page.evaluate(
        """() => { for (const element of document.querySelectorAll("main *")) {
          element.style.lineHeight = "1.5"; element.style.letterSpacing = ".12em"; element.style.wordSpacing = ".16em"; } }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_a_reader_without_scripts_changes_language_text_size_and_theme(visit: Visit) -> None:
    page = visit("/styleguide/?kept=1", javascript="off")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "zh-Hans")
    page.click("header button[name=language]")
    expect(html).to_have_attribute("lang", "en")
    page.click("header button[name=size]")
    expect(html).to_have_attribute("data-size", "large")
    page.click("footer button[value=dark]")
    expect(html).to_have_attribute("data-theme", "dark")
    page.click("footer button[value=system]")
    expect(html).not_to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/styleguide/?kept=1")


def test_the_keyboard_reaches_the_content_and_closes_the_menu(visit: Visit) -> None:
    page = visit("/styleguide/done/", user="maijia1")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.focus(".drop summary")
    page.keyboard.press("Enter")
    expect(page.locator(".drop .panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".drop .panel")).to_be_hidden()
    expect(page.locator(".drop summary")).to_be_focused()


def test_a_wrong_form_takes_the_reader_to_its_errors_and_on_to_the_field(visit: Visit) -> None:
    page = visit("/styleguide/")
    expect(page.locator("#errors")).to_be_focused()
    page.click("#errors a[href='#id_wrong-price']")
    expect(page.locator("[name=wrong-price]")).to_be_focused()
    expect(page.locator("[name=wrong-price]")).to_have_value("12,5")


def test_an_amount_is_echoed_in_the_readers_units(visit: Visit) -> None:
    for language, echo in (("zh-hans", "= 118 万元"), ("en", "= 1.18 million")):
        page = visit("/styleguide/", language=language)
        page.fill("#id_price", "１，１８０，０００元")
        expect(page.locator("#id_price + output")).to_have_text(echo)


def test_what_every_page_loads_is_small(visit: Visit) -> None:
    page = visit("/accounts/login/")
    sizes = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.encodedBodySize)")
    assert sum(sizes) < 40_000
