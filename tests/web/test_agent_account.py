"""An agent's own account: password, second factor and sessions, as a browser sends it; and the sign-in with a code."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pyotp
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from web_client import SECRETS

from bot.adapters.password_hashing import Passwords
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.engine import open_engine
from bot.bootstrap import open_agents, open_second_factor
from bot.ports import AgentAccount, AuditQuery
from bot.settings import Settings

LOGIN, SECRET, NEW = "sari@example.com", "sepuluh gajah biru", "meja lampu sungai ketela"
ACCOUNT = "/agent/account"
Answer = httpx2.Response


@pytest.fixture
def accounts(web_settings: Settings, http: TestClient) -> SqlAgents:
    """Accounts: Sari's."""
    agents = open_agents(web_settings)
    agents.add(AgentAccount("", LOGIN, "Sari"), Passwords(PasswordHasher(1, 8, 1)).hash(SECRET))
    return agents


@pytest.fixture
def browser(http: TestClient, accounts: SqlAgents) -> Iterator[TestClient]:
    """A browser that follows no redirect by itself."""
    http.follow_redirects = False
    http.headers.update({"accept-language": "en", "origin": "http://127.0.0.1:8080"})
    SECRETS.update({SECRET, NEW})
    yield http
    SECRETS.update(http.cookies.values())


@pytest.fixture
def audit(web_settings: Settings) -> SqlAudit:
    """What was recorded."""
    return SqlAudit(open_engine(web_settings.database_url))


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def _sign_in(browser: TestClient, password: str = SECRET) -> Answer:
    secret = _field(browser.get("/agent/login").text, "secret")
    return browser.post("/agent/login", data={"secret": secret, "login": LOGIN, "password": password})


def _do(browser: TestClient, what: str, **fields: str) -> Answer:
    """Send a form of the page."""
    csrf = _field(browser.get(ACCOUNT).text, "csrf")
    return browser.post(f"{ACCOUNT}/{what}", data={"csrf": csrf, **fields})


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def _enrol(browser: TestClient) -> tuple[str, list[str]]:
    """Turn the second factor on with the code of the step before: the secret and the recovery codes."""
    page = _do(browser, "totp", current=SECRET).text
    secret = re.sub(r"\s", "", re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1])  # type: ignore[index]
    SECRETS.add(secret)
    answer = browser.post(f"{ACCOUNT}/totp/on", data={"csrf": _field(page, "csrf"), "code": _code(secret, -1)})
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r"<code class=\"secret\">([A-Z2-9-]+)</code>", answer.text)


def _answer_code(browser: TestClient, page: str, code: str) -> Answer:
    form = {"secret": _field(page, "secret"), "half": _field(page, "half"), "code": code}
    return browser.post("/agent/login/code", data=form)


@pytest.mark.parametrize(("path", "method"), [
    (ACCOUNT, "GET"), *((f"{ACCOUNT}/{what}", "POST") for what in (
        "password", "totp", "totp/on", "totp/off", "recovery", "sessions"))])
def test_only_who_has_signed_in(browser: TestClient, path: str, method: str) -> None:
    """With the secret of the session, from a page of this origin."""
    assert browser.request(method, path).status_code == (303 if method == "GET" else 401)
    if method == "POST":
        _sign_in(browser)
        csrf = _field(browser.get(ACCOUNT).text, "csrf")
        for form, headers in (({}, {}), ({"csrf": "x"}, {}), ({"csrf": csrf}, {"origin": "https://evil.example"})):
            assert browser.post(path, data={**form, "which": "others"}, headers=headers).status_code == 403


def test_the_page_has_no_script_and_asks_nobody(browser: TestClient) -> None:
    """As the sign-in; the picture is within the page."""
    _sign_in(browser)
    page = _do(browser, "totp", current=SECRET)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "<svg" in page.text and "style=" not in page.text and "<script" not in page.text
    assert not re.findall(r"(?:src|href)=\"https?://", page.text)


def test_a_new_password(browser: TestClient, audit: SqlAudit) -> None:
    """With the old one; it ends the other sessions, keeps this one, and is recorded."""
    _sign_in(browser)
    other = browser.app.state.agent_sessions.open(  # type: ignore[attr-defined]
        _account(browser))
    answer = _do(browser, "password", current=SECRET, new=NEW, again=NEW)
    assert answer.headers["location"] == f"{ACCOUNT}?done=password"
    assert "Your password is changed" in browser.get(answer.headers["location"]).text
    assert browser.app.state.agent_sessions.find(other.token) is None  # type: ignore[attr-defined]
    event = audit.read(AuditQuery())[0].event
    assert (event.action.value, event.actor, event.address) == ("password_changed", LOGIN, "testclient")
    browser.cookies.clear()
    assert _sign_in(browser).status_code == 401
    assert _sign_in(browser, NEW).status_code == 303


def _account(browser: TestClient) -> AgentAccount:
    """Sari's account."""
    session = browser.app.state.agent_sessions.find(browser.cookies["kilat_agent"])  # type: ignore[attr-defined]
    account: AgentAccount = session.account
    return account


@pytest.mark.parametrize(("fields", "status", "told"), [
    ({"current": "wrong"}, 401, "not your password"), ({"again": "other"}, 422, "differ"),
    ({"new": "short", "again": "short"}, 422, "too short"),
    ({"new": "passwordpassword", "again": "passwordpassword"}, 422, "Take four words"),
    ({"new": "sari@example.com1", "again": "sari@example.com1"}, 422, "your name or your address"),
    ({"new": "x1Y" * 400, "again": "x1Y" * 400}, 422, "too long"),
])
def test_a_password_that_is_refused(browser: TestClient, fields: dict[str, str], status: int, told: str) -> None:
    """The page says why, beside the form, and changes nothing."""
    _sign_in(browser)
    answer = _do(browser, "password", **{"current": SECRET, "new": NEW, "again": NEW, **fields})
    assert (answer.status_code, told in html.unescape(answer.text)) == (status, True)
    assert "passwordpassword" not in answer.text
    browser.cookies.clear()
    assert _sign_in(browser).status_code == 303


def test_a_stolen_session_guesses_no_password(browser: TestClient) -> None:
    """Five wrong ones, then the right one helps no more, in any form; the owner's sign-in is not touched."""
    _sign_in(browser)
    told = [_do(browser, what, current="wrong", new=NEW, again=NEW).status_code
            for what in ("password", "totp", "password", "totp", "password")]
    assert told == [401] * 4 + [429]
    assert _do(browser, "password", current=SECRET, new=NEW, again=NEW).status_code == 429
    browser.cookies.clear()
    assert _sign_in(browser).status_code == 303


def test_a_second_factor(browser: TestClient, audit: SqlAudit) -> None:
    """On with the password and a first code; from then on the sign-in asks for one, and opens nothing before."""
    _sign_in(browser)
    secret, codes = _enrol(browser)
    assert len(codes) == 10
    assert not any(code in browser.get(ACCOUNT).text for code in codes)
    browser.cookies.clear()
    page = _sign_in(browser)
    assert page.status_code == 200 and "kilat_agent" not in browser.cookies
    assert browser.get("/agent").headers["location"] == "/agent/login"
    wrong = _answer_code(browser, page.text, "000000")
    assert wrong.status_code == 401 and 'role="alert"' in wrong.text
    answer = _answer_code(browser, wrong.text, _code(secret))
    assert (answer.status_code, answer.headers["location"]) == (303, "/agent")
    assert browser.get(ACCOUNT).status_code == 200
    actions = [entry.event.action.value for entry in audit.read(AuditQuery(person=LOGIN))]
    assert actions[:3] == ["sign_in", "sign_in_failed", "totp_enabled"]


def test_a_code_is_good_for_its_sign_in(browser: TestClient) -> None:
    """In the browser that gave the password, once."""
    _sign_in(browser)
    _, codes = _enrol(browser)
    browser.cookies.clear()
    page = _sign_in(browser).text
    form = {"secret": _field(page, "secret"), "half": _field(page, "half"), "code": codes[0]}
    for lacking in ({"half": "made-up"}, {"half": ""}, {"secret": "other"}):
        assert browser.post("/agent/login/code", data={**form, **lacking}).status_code == 403
    mine = browser.cookies["kilat_agent_form"]
    browser.cookies.clear()
    assert browser.post("/agent/login/code", data=form).status_code == 403
    browser.cookies.set("kilat_agent_form", mine, domain="127.0.0.1", path="/agent")
    assert browser.post("/agent/login/code", data=form, headers={"origin": "https://evil.example"}).status_code == 403
    assert browser.post("/agent/login/code", data=form).status_code == 303
    assert browser.post("/agent/login/code", data={**form, "code": codes[1]}).status_code == 403


def test_a_recovery_code(browser: TestClient, audit: SqlAudit) -> None:
    """In place of the phone's; the page says how many are left, and makes new ones."""
    _sign_in(browser)
    _, codes = _enrol(browser)
    browser.cookies.clear()
    assert _answer_code(browser, _sign_in(browser).text, codes[3]).status_code == 303
    assert "Recovery codes left: 9" in browser.get(ACCOUNT).text
    assert "recovery_used" in [entry.event.action.value for entry in audit.read(AuditQuery())]
    assert _do(browser, "recovery", current="wrong").status_code == 401
    answer = _do(browser, "recovery", current=SECRET, code=codes[5])
    assert "Your recovery codes" in answer.text and codes[4] not in answer.text
    browser.cookies.clear()
    assert _answer_code(browser, _sign_in(browser).text, codes[4]).status_code == 401


def test_codes_are_not_guessed(browser: TestClient) -> None:
    """Five, then no right one helps; the page says when to come back."""
    _sign_in(browser)
    secret, _ = _enrol(browser)
    browser.cookies.clear()
    page = _sign_in(browser).text
    told = [_answer_code(browser, page, "000000") for _ in range(5)]
    assert [answer.status_code for answer in told] == [401] * 4 + [429]
    assert int(told[-1].headers["retry-after"]) > 0 and "15 minutes" in told[-1].text
    assert _answer_code(browser, page, _code(secret)).status_code == 429


def test_off_again(browser: TestClient, web_settings: Settings) -> None:
    """With the password and a code; or by an operator, who ends the sessions, too."""
    _sign_in(browser)
    secret, _ = _enrol(browser)
    assert _do(browser, "totp/off", current="wrong").status_code == 401
    assert _do(browser, "totp/off", current=SECRET, code=_code(secret)).status_code == 303
    browser.cookies.clear()
    assert _sign_in(browser).status_code == 303
    _enrol(browser)
    open_second_factor(web_settings).disable(_account(browser), "shell")
    assert browser.get(ACCOUNT).headers["location"] == "/agent/login"
    assert _sign_in(browser).status_code == 303


@pytest.mark.parametrize("what", ["password", "totp/off", "recovery"])
def test_a_session_and_a_password_are_not_enough(browser: TestClient, audit: SqlAudit, what: str) -> None:
    """Where the sign-in asks for a code, so does what changes how one signs in, and guessing it ends; a new password
    that will not do costs no code."""
    _sign_in(browser)
    secret, codes = _enrol(browser)
    asked = {"current": SECRET, "new": NEW, "again": NEW}
    assert _do(browser, "password", **asked, code=codes[0]).status_code == 303
    asked = {"current": NEW, "new": SECRET, "again": SECRET}
    assert _do(browser, "password", **{**asked, "again": "other"}, code=codes[1]).status_code == 422
    without = _do(browser, what, **asked)
    assert without.status_code == 401 and "code isn" in html.unescape(without.text)
    assert audit.read(AuditQuery())[0].event.details == {"step": "code confirmation"}
    assert [_do(browser, what, **asked, code="000000").status_code for _ in range(4)] == [401] * 3 + [429]
    assert _do(browser, what, **asked, code=codes[1]).status_code == 429
    browser.cookies.clear()
    page = _sign_in(browser, NEW).text
    assert _answer_code(browser, page, _code(secret)).status_code == 303


def test_sessions(browser: TestClient) -> None:
    """Each with browser, address and times; the current one can't be ended here, another agent's not either."""
    browser.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    _sign_in(browser)
    first = browser.cookies["kilat_agent"]
    browser.cookies.clear()
    browser.headers["user-agent"] = "<b>odd</b>"
    _sign_in(browser)
    page = browser.get(ACCOUNT).text
    assert "Firefox, Linux" in page and "testclient" in page and "<b>odd" not in page
    assert page.count('<span class="mark">this one</span>') == 1
    [other] = re.findall(r'name="which" value="([0-9a-f]+)"', page)
    assert _do(browser, "sessions", which="0" * 64).status_code == 303
    assert _is_open(browser, first)
    assert _do(browser, "sessions", which=other).status_code == 303
    assert not _is_open(browser, first)
    assert browser.get(ACCOUNT).status_code == 200
    assert _do(browser, "sessions", which="others").status_code == 303
    assert browser.get(ACCOUNT).status_code == 200


def _is_open(browser: TestClient, token: str) -> bool:
    """Whether the session of this token goes on."""
    return browser.app.state.agent_sessions.find(token) is not None  # type: ignore[attr-defined]


def test_an_account_without_a_password(browser: TestClient, accounts: SqlAgents) -> None:
    """Is told that the provider does the second step; there is nothing to set."""
    budi = accounts.add(AgentAccount("", "budi@example.com", "Budi"), None)
    session = browser.app.state.agent_sessions.open(budi, via="oidc")  # type: ignore[attr-defined]
    browser.cookies.set("kilat_agent", session.token, domain="127.0.0.1", path="/agent")
    page = browser.get(ACCOUNT).text
    assert "takes care of the second step" in html.unescape(page) and "/totp" not in page
    assert browser.post(f"{ACCOUNT}/totp", data={"csrf": session.csrf}).status_code == 401


class TestRequired:
    """Where the second factor is required."""

    @pytest.fixture
    def web_settings(self, web_settings: Settings) -> Settings:
        """So it is set."""
        return replace(web_settings, totp_required=True)

    @pytest.mark.parametrize("path", ["/agent", "/agent/insights", "/agent/insights.csv", "/agent/audit",
                                      "/agent/console/app.js", "/agent/transcript/x", "/agent/files/x/y"])
    def test_first_it_is_turned_on(self, browser: TestClient, path: str) -> None:
        """Nothing else opens, by no address."""
        _sign_in(browser)
        assert browser.get(path).headers["location"] == ACCOUNT
        assert browser.post("/agent/files").status_code == 401
        assert "turn on two-step sign-in" in browser.get(ACCOUNT).text

    def test_no_socket_either(self, browser: TestClient) -> None:
        """It ends as one of somebody who has signed out."""
        _sign_in(browser)
        headers = {"origin": "http://testserver"}
        with (
            browser.websocket_connect("/agent/socket", headers=headers) as socket,
            pytest.raises(WebSocketDisconnect) as ended,
        ):
            socket.receive_text()
        assert ended.value.code == 4401

    def test_then_all_opens(self, browser: TestClient) -> None:
        """And it can't be turned off."""
        _sign_in(browser)
        _enrol(browser)
        assert browser.get("/agent").status_code == 200
        _do(browser, "totp/off", current=SECRET)
        assert "Recovery codes left" in browser.get(ACCOUNT).text

    def test_a_provider_does_its_own(self, browser: TestClient, accounts: SqlAgents) -> None:
        """Who came by it is asked for nothing more."""
        account: Any = accounts.find(LOGIN)
        session = browser.app.state.agent_sessions.open(account, via="oidc")  # type: ignore[attr-defined]
        browser.cookies.set("kilat_agent", session.token, domain="127.0.0.1", path="/agent")
        assert browser.get("/agent").status_code == 200
