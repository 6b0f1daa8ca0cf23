"""Signing in and the figures in a real browser: by password, and by an identity provider of another site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import httpx
import identity_provider
import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from test_appearance import expect_accessible
from waiting import wait_until

from bot.adapters.password_hashing import Passwords
from bot.adapters.port_check import free_port
from bot.bootstrap import open_agents
from bot.ports import AgentAccount
from bot.settings import ROOT, Settings

LOGIN, SECRET = "sari@example.com", "sepuluh gajah biru"
# One for each scheme, for each turns the second factor on.
ADMINS = {"light": "ani@example.com", "dark": "ana@example.com"}
SCREENSHOTS = ROOT / "var" / "screenshots"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway with Sari's account and a provider; no bot is needed."""
    port = free_port()
    with identity_provider.running() as provider:
        # For a browser this is another site than 127.0.0.1.
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")
        told = {
            "KILAT_STATE_DIR": str(tmp_path_factory.mktemp("pages")), "KILAT_GATEWAY_PORT": str(port),
            "KILAT_OIDC_ISSUER": provider.issuer, "KILAT_OIDC_CLIENT_ID": identity_provider.CLIENT,
            "KILAT_OIDC_CLIENT_SECRET": identity_provider.SECRET}
        account = AgentAccount("", LOGIN, "Sari", "lead")
        agents, hashed = open_agents(Settings.from_environment(told)), Passwords().hash(SECRET)
        agents.add(account, hashed)
        for name in ADMINS.values():
            agents.add(AgentAccount("", name, "Ani", "admin"), hashed)
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KILAT_")} | told
        gateway = subprocess.Popen([sys.executable, "-m", "bot.cli", "gateway"], env=ours)
        base = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(f"{base}/healthz") or gateway.poll() is not None, "the gateway does not answer")
        assert gateway.poll() is None, "the gateway has ended"
        yield base
        gateway.terminate()
        gateway.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def _form(page: Page, login: str, password: str) -> None:
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")


def _shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"agent-{name}.png", full_page=True)


@pytest.mark.parametrize(("scheme", "lang"), [("light", "id"), pytest.param("dark", "en", marks=pytest.mark.long)])
def test_by_password(base: str, someone: Callable[..., BrowserContext], scheme: str, lang: str) -> None:
    """A slip is told, and the login stays; then to the console, and to the figures, which axe-core likes, too."""
    page = someone(locale=f"{lang}-{lang.upper()}", color_scheme=scheme).new_page()
    page.goto(f"{base}/agent")
    expect(page).to_have_url(f"{base}/agent/login")
    assert page.locator("html").get_attribute("lang") == lang
    expect_accessible(SimpleNamespace(page=page))
    _form(page, LOGIN, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#login")).to_have_value(LOGIN)
    expect(page.locator("#password")).to_be_focused()
    expect_accessible(SimpleNamespace(page=page))
    _shoot(page, f"login-{scheme}")
    _form(page, LOGIN, SECRET)
    expect(page).to_have_url(re.compile(r"/agent$"))
    page.goto(f"{base}/agent/insights")
    expect(page.locator("table").first).to_be_visible()
    expect_accessible(SimpleNamespace(page=page))
    _shoot(page, f"insights-{scheme}")


def test_by_the_provider(base: str, someone: Callable[..., BrowserContext]) -> None:
    """There and back, to the console: the cookie that no other site's link may bring is there all the same."""
    page = someone(locale="en-GB").new_page()
    page.goto(f"{base}/agent/login")
    page.get_by_role("link", name="work account").click()
    expect(page).to_have_url(re.compile(r"/agent$"))
    [cookie] = [one for one in page.context.cookies() if one["name"] == "kilat_agent"]
    assert (cookie["sameSite"], cookie["httpOnly"], cookie["path"]) == ("Strict", True, "/agent")


def test_on_a_phone(base: str, someone: Callable[..., BrowserContext]) -> None:
    """Nothing but the table of days has to be scrolled sideways."""
    page = someone(viewport={"width": 360, "height": 640}).new_page()
    page.goto(f"{base}/agent/login")
    _form(page, LOGIN, SECRET)
    expect(page).to_have_url(re.compile(r"/agent$"))
    page.goto(f"{base}/agent/insights")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    _shoot(page, "insights-phone")


@pytest.mark.parametrize(
    ("scheme", "lang", "width"), [("light", "id", 1280), pytest.param("dark", "en", 360, marks=pytest.mark.long)])
def test_a_second_factor(base: str, someone: Callable[..., BrowserContext], scheme: str, lang: str, width: int) -> None:
    """Set up in one's account, asked for at the next sign-in; and the audit log that tells of it. axe-core likes each
    page, and nothing but the log's table has to be scrolled sideways."""

    def look(name: str) -> None:
        expect_accessible(SimpleNamespace(page=page))
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        _shoot(page, f"{name}-{scheme}")

    def enter() -> None:
        page.goto(f"{base}/agent/login")
        _form(page, ADMINS[scheme], SECRET)

    options = {"locale": f"{lang}-{lang.upper()}", "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    page = someone(**options).new_page()
    enter()
    expect(page).to_have_url(re.compile(r"/agent$"))
    page.goto(f"{base}/agent/account")
    look("account")
    page.locator("#current-totp").fill("wrong")
    page.locator("#current-totp").press("Enter")
    expect(page.locator("#current-totp")).to_be_focused()
    look("account-wrong")
    page.locator("#current-totp").fill(SECRET)
    page.locator("#current-totp").press("Enter")
    expect(page.locator(".qr svg")).to_be_visible()
    look("totp")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.locator("#code").press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    code = page.locator(".codes .secret").first.inner_text()
    look("recovery")
    page.get_by_role("link").click()
    expect(page.locator("details")).to_have_count(2)
    look("account-on")
    page.context.clear_cookies()
    enter()
    look("code")
    page.locator("#code").fill("000 000")
    page.locator("#code").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    expect(page).to_have_url(re.compile(r"/agent$"))
    page.goto(f"{base}/agent/audit")
    expect(page.locator("tbody tr").first).to_be_visible()
    look("audit")
