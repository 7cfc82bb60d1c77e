"""Somebody gets a passkey and needs no password any more."""

from playwright.sync_api import Browser, expect

from deploy.demo.cast import PASSWORD

# Nobody else signs in as this one: from here on it asks for a second factor.
NAME = "robot4"
# An authenticator as telephones have one: it keeps the key and says that its owner was there.
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_bidder_signs_in_with_a_passkey_alone(live: str, browser: Browser) -> None:
    site = live.replace("127.0.0.1", "localhost")  # passkeys belong to a name, not to a number
    with browser.new_context() as context:
        page = context.new_page()
        telephone = context.new_cdp_session(page)
        telephone.send("WebAuthn.enable")
        telephone.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
        page.goto(f"{site}/accounts/login/?next=/accounts/2fa/webauthn/add/")
        page.fill("#id_login", NAME)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url("**/reauthenticate/**")  # a new key asks for the password again
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.check("#id_passwordless")
        page.click("#mfa_webauthn_add")
        page.wait_for_url("**/recovery-codes/")
        page.goto(f"{site}/accounts/logout/")
        page.click("main .btn-main")
        page.wait_for_url(lambda url: "logout" not in url)
        page.goto(f"{site}/accounts/login/?next=/accounts/2fa/")
        page.click("#passkey_login")
        page.wait_for_url("**/accounts/2fa/")
        expect(page.locator(".drop")).to_contain_text(NAME)
