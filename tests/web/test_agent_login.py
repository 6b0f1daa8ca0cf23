"""Signing in at the console with a password: what gets in, what stays out, and what a browser is told to keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient
from web_client import SECRETS

from bot.adapters.password_hashing import Passwords
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.engine import open_engine
from bot.bootstrap import open_agents
from bot.core.errors import StoreUnavailable
from bot.ports import AgentAccount, AuditQuery
from bot.settings import Settings
from bot.web.console.login import TRIES_AT_ONCE

SECRET = "sepuluh gajah biru"
Answer = httpx2.Response


@pytest.fixture
def accounts(web_settings: Settings, http: TestClient) -> SqlAgents:
    """Accounts: Sari's."""
    agents = open_agents(web_settings)
    cheap = Passwords(PasswordHasher(1, 8, 1))
    agents.add(AgentAccount("", "sari@example.com", "Sari"), cheap.hash(SECRET))
    return agents


@pytest.fixture
def browser(http: TestClient, accounts: SqlAgents) -> Iterator[TestClient]:
    """A browser that follows no redirect by itself, and sends what browsers send."""
    http.follow_redirects = False
    http.headers.update({"accept-language": "en-GB,id;q=0.5", "origin": "http://127.0.0.1:8080"})
    SECRETS.add(SECRET)
    yield http
    SECRETS.update(http.cookies.values())


def _secret(browser: TestClient) -> str:
    found = re.search(r'name="secret" value="([^"]+)"', browser.get("/agent/login").text)
    assert found is not None
    return found[1]


def _sign_in(browser: TestClient, login: str = "sari@example.com", password: str = SECRET, **headers: str) -> Answer:
    form = {"secret": _secret(browser), "login": login, "password": password}
    return browser.post("/agent/login", data=form, headers=headers)


def _is_in(browser: TestClient) -> bool:
    """The form is shown to nobody who has signed in."""
    return browser.get("/agent/login").status_code == 303


def test_in_and_out(browser: TestClient) -> None:
    """By the form, to the console; and out with the secret of the session."""
    answer = _sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/agent")
    assert _is_in(browser)
    token = browser.cookies["kilat_agent"]
    csrf = browser.app.state.agent_sessions.find(token).csrf  # type: ignore[attr-defined]
    for wrong in ({}, {"csrf": ""}, {"csrf": "wrong"}, {"csrf": token}):
        assert browser.post("/agent/logout", data=wrong).status_code == 403
    assert _is_in(browser)
    assert browser.post("/agent/logout", headers={"x-csrf-token": csrf}).headers["location"] == "/agent/login"
    browser.cookies.set("kilat_agent", token)
    assert not _is_in(browser)


def test_what_the_browser_keeps(browser: TestClient) -> None:
    """Cookies for no script and no other site: on plain http for `/agent` alone, over https bound to the host."""
    for base, name, path in (("http://127.0.0.1:8080", "kilat_agent", "/agent"),
                             ("https://desk.example.com", "__Host-kilat_agent", "/")):
        browser.base_url = base
        browser.headers["origin"] = base
        answer = _sign_in(browser)
        [cookie] = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]
        assert {"HttpOnly", f"Path={path}", "SameSite=strict"} <= set(cookie.split("; "))
        assert ("Secure" in cookie) is (path == "/") and "Domain" not in cookie
        assert _is_in(browser)
        browser.cookies.clear()


def test_a_cookie_that_another_host_planted(browser: TestClient) -> None:
    """Over https the bare name opens nothing, for a subdomain or a plain page may have set it."""
    _sign_in(browser)
    token = browser.cookies["kilat_agent"]
    browser.base_url = "https://desk.example.com"
    browser.cookies.clear()
    browser.cookies.set("kilat_agent", token, domain="desk.example.com", path="/agent")
    assert not _is_in(browser)
    browser.cookies.set("__Host-kilat_agent", token, domain="desk.example.com", path="/")
    assert _is_in(browser)


def test_nobody_learns_who_has_an_account(browser: TestClient) -> None:
    """A wrong password and an unknown login look the same, and so do their locks."""
    known, unknown = ([_sign_in(browser, login, "wrong") for _ in range(6)] for login in (
        "sari@example.com", "sara@example.com"))
    for one, other in zip(known, unknown, strict=True):
        assert one.status_code == other.status_code
        assert _blank(one.text) == _blank(other.text)
    assert [answer.status_code for answer in known] == [401] * 4 + [429] * 2
    assert "15 minutes" in known[-1].text
    assert 0 < int(known[-1].headers["retry-after"]) <= 900
    assert _sign_in(browser).status_code == 429


def test_a_lock_lets_the_owner_in(browser: TestClient, web_settings: Settings) -> None:
    """From a browser that has signed in before; its cookie opens nothing by itself, and outlives the sign-out."""
    answer = _sign_in(browser)
    [cookie] = [line for line in answer.headers.get_list("set-cookie") if line.startswith("kilat_agent_device=")]
    assert {"HttpOnly", "Path=/agent", "SameSite=strict"} <= set(cookie.split("; "))
    known = browser.cookies["kilat_agent_device"]
    browser.cookies.clear()
    assert [_sign_in(browser, password="wrong").status_code for _ in range(5)][-1] == 429
    assert _sign_in(browser).status_code == 429
    browser.cookies.set("kilat_agent_device", known, domain="127.0.0.1", path="/agent")
    assert not _is_in(browser)
    assert _sign_in(browser).status_code == 303
    assert browser.cookies["kilat_agent_device"] == known


def test_it_is_recorded(browser: TestClient, web_settings: Settings) -> None:
    """In, wrong and out, with the address."""
    _sign_in(browser, password="wrong")
    _sign_in(browser)
    token = browser.cookies["kilat_agent"]
    csrf = browser.app.state.agent_sessions.find(token).csrf  # type: ignore[attr-defined]
    browser.post("/agent/logout", headers={"x-csrf-token": csrf})
    entries = SqlAudit(open_engine(web_settings.database_url)).read(AuditQuery(person="sari@example.com"))
    assert [(entry.event.action.value, entry.event.address) for entry in reversed(entries)][1:] == [
        (action, "testclient") for action in ("sign_in_failed", "sign_in", "sign_out")]


def _blank(page: str) -> str:
    """Without what differs by nature: the login that was typed."""
    return re.sub(r"sar[ia]@example\.com", "", page)


def test_the_login_stays_the_password_goes(browser: TestClient) -> None:
    """What was typed comes back as text, and a password never."""
    answer = _sign_in(browser, '"><script>alert(1)</script>', "wrong password")
    assert answer.status_code == 401
    assert "<script>" not in answer.text and "&lt;script&gt;" in answer.text
    assert "wrong password" not in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("form", [{}, {"secret": ""}, {"secret": "other"}])
def test_a_form_of_somebody_else(browser: TestClient, form: dict[str, str]) -> None:
    """Without this browser's secret nobody is signed in, whatever the password; the page asks to try once more."""
    browser.get("/agent/login")
    answer = browser.post("/agent/login", data={"login": "sari@example.com", "password": SECRET, **form})
    assert (answer.status_code, _is_in(browser)) == (403, False)
    assert "once more" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8081", "http://127.0.0.1"])
def test_a_page_of_another_site(browser: TestClient, origin: str) -> None:
    """Can't sign anybody in."""
    assert _sign_in(browser, origin=origin).status_code == 403
    assert not _is_in(browser)


def test_another_token_each_time(browser: TestClient) -> None:
    """What a browser brings along is never what it is signed in with; signing in again ends the session before."""
    browser.cookies.set("kilat_agent", "chosen-by-somebody", domain="127.0.0.1", path="/agent")
    first = _sign_in(browser)
    one = re.search(r"kilat_agent=([^;]+)", str(first.headers.get_list("set-cookie")))
    assert one is not None and one[1] != "chosen-by-somebody" and len(one[1]) >= 43


def test_where_to_go_is_not_asked(browser: TestClient) -> None:
    """No address leads anywhere else than to the console."""
    form = {"secret": _secret(browser), "login": "sari@example.com", "password": SECRET, "next": "https://evil.example"}
    answer = browser.post("/agent/login?next=//evil.example", data=form)
    assert answer.headers["location"] == "/agent"


def test_too_many_tries_of_one_address(browser: TestClient) -> None:
    """Whatever login they try: they are told when to come back."""
    answers = [browser.post("/agent/login", data={"login": str(number)}) for number in range(TRIES_AT_ONCE + 1)]
    assert [answer.status_code for answer in answers] == [403] * TRIES_AT_ONCE + [429]
    assert _sign_in(browser).status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_session_ends_with_its_account(browser: TestClient, accounts: SqlAgents) -> None:
    """At the next request."""
    _sign_in(browser)
    assert _is_in(browser)
    accounts.change("sari@example.com", is_active=False)
    assert not _is_in(browser)
    assert _sign_in(browser).status_code == 401


def test_the_page_says_what_it_is(browser: TestClient) -> None:
    """No script, no frame, nothing from elsewhere, kept by no cache; in the language that the browser wants."""
    answer = browser.get("/agent/login")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text and "<script" not in answer.text
    assert '<html lang="en">' in answer.text and "Sign in to the console" in answer.text


@pytest.mark.parametrize(("wanted", "query", "lang"), [
    ("id", "", "id"), ("en-US,en;q=0.9", "", "en"), ("fr, en;q=0.3, id;q=0.7", "", "id"), ("", "", "id"),
    ("en;q=0, id;q=0.1", "", "id"), ("fr", "", "id"), ("id", "?lang=en", "en"), ("en", "?lang=fr", "en"),
    ("en;q=x", "", "id")])
def test_the_language(browser: TestClient, wanted: str, query: str, lang: str) -> None:
    """As the browser ranks them, unless the address says another."""
    answer = browser.get(f"/agent/login{query}", headers={"accept-language": wanted})
    assert f'<html lang="{lang}">' in answer.text


def test_without_a_provider_none_is_offered(browser: TestClient) -> None:
    """And there is no way to it."""
    assert "/agent/oidc" not in browser.get("/agent/login").text
    assert browser.get("/agent/oidc").status_code == 404


def test_a_form_that_is_too_large(browser: TestClient) -> None:
    """Is none of ours."""
    assert _sign_in(browser, password="x" * 20_000).status_code == 403


def test_a_database_that_is_away(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page for people, that says so."""
    def fail(*_: Any) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(browser.app.state.agent_sessions, "attempt", fail)  # type: ignore[attr-defined]
    answer = _sign_in(browser)
    assert answer.status_code == 503
    assert "database" in answer.text and "text/html" in answer.headers["content-type"]
