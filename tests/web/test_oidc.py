"""Signing in by an identity provider, against one that speaks real HTTP: the way there and back, and all that must not
get in."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import identity_provider
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from identity_provider import CLIENT, KEYS, SECRET, IdentityProvider
from starlette.testclient import TestClient
from web_client import SECRETS

from bot.adapters.oidc import LARGEST_ANSWER, Person, SignInRefused
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.engine import open_engine
from bot.bootstrap import open_agents
from bot.core.errors import ConfigurationError
from bot.ports import AgentAccount, AuditQuery
from bot.settings import Settings
from bot.web.console.oidc import BACK, START, _role

Browser = TestClient


@pytest.fixture(scope="module")
def running_provider() -> Iterator[IdentityProvider]:
    """A provider."""
    with identity_provider.running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: IdentityProvider) -> IdentityProvider:
    """The provider as it is at first."""
    fresh = IdentityProvider(running_provider.issuer)
    vars(running_provider).update(vars(fresh))
    return running_provider


@pytest.fixture
def web_settings(web_settings: Settings, provider: IdentityProvider) -> Settings:
    """Settings that know the provider."""
    return replace(web_settings, oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)


@pytest.fixture
def browser(http: TestClient, web_settings: Settings) -> Browser:
    """A browser that follows no redirect by itself; Sari has an account."""
    open_agents(web_settings).add(AgentAccount("", "sari@example.com", "Sari"), None)
    http.follow_redirects = False
    http.headers["accept-language"] = "en"
    return http


def _leave(browser: Browser) -> str:
    """To the provider; its address, as the browser is sent there."""
    answer = browser.get(START)
    assert answer.status_code == 303
    return answer.headers["location"]


def _sign_in(browser: Browser, provider: IdentityProvider, **other: str) -> Any:
    """There and back, perhaps with something else than the provider gave; nobody is in before."""
    browser.cookies.delete("kilat_agent")
    return browser.get(BACK, params={**provider.sign_in(_leave(browser)), **other})


def _is_in(browser: Browser) -> bool:
    return "kilat_agent" in browser.cookies


def test_there_and_back(browser: Browser, provider: IdentityProvider, web_settings: Settings) -> None:
    """The page that comes then goes on to the console by itself; the account is bound to the subject."""
    page = browser.get("/agent/login")
    assert f'href="{START}"' in page.text
    answer = _sign_in(browser, provider)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/agent">' in answer.text
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("kilat_agent="))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/agent" in cookie
    assert browser.get("/agent/login").headers["location"] == "/agent"
    # From now on the subject counts, not the address.
    provider.claims["email"] = "sari.w@example.com"
    browser.cookies.clear()
    assert _sign_in(browser, provider).status_code == 200


def test_the_address_of_the_way_back(browser: Browser) -> None:
    """It is this gateway's own, and the state, the nonce and the challenge are other ones each time."""
    one, two = (parse_qs(urlsplit(_leave(browser)).query) for _ in range(2))
    assert one["redirect_uri"] == ["http://127.0.0.1:8080/agent/oidc/callback"]
    assert one["tenant"] == ["1"]
    for name in ("state", "nonce", "code_challenge"):
        assert one[name] != two[name] and len(one[name][0]) >= 43


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_begins_no_sign_in(browser: Browser, site: str) -> None:
    """A provider that knows the browser asks nothing: a link elsewhere would sign somebody in unasked."""
    answer = browser.get(START, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/agent/login")
    assert "set-cookie" not in answer.headers


def test_no_sign_in_beside_a_session(browser: Browser, provider: IdentityProvider) -> None:
    """Who is in goes to the console: no session is left behind that nobody remembers."""
    assert _sign_in(browser, provider).status_code == 200
    assert browser.get(START).headers["location"] == "/agent/login"
    assert browser.get("/agent/login").headers["location"] == "/agent"


def test_a_secret_in_the_form(browser: Browser, provider: IdentityProvider) -> None:
    """For providers that take no Basic authentication."""
    provider.methods = ("client_secret_post",)
    assert _sign_in(browser, provider).status_code == 200


@pytest.mark.parametrize("claims", [
    {"email": "budi@example.com"}, {"email_verified": False}, {"email_verified": "true"}, {"email_verified": None},
    {"email": None}, {"sub": None}, {"sub": ""},
])
def test_only_who_has_an_account(browser: Browser, provider: IdentityProvider, claims: dict[str, Any]) -> None:
    """And whose address the provider vouches for; the rest is told plainly, without saying which it was."""
    provider.claims |= claims
    answer = _sign_in(browser, provider)
    assert (answer.status_code, _is_in(browser)) == (403, False)
    assert "can&#39;t be used here yet" in answer.text


@pytest.mark.parametrize(("login", "email"), [
    ("weak@example.com", "wea\u212a@example.com"), ("sari@example.com", "\u017fari@example.com"),
    ("sari@example.com", "sar\u0131@example.com"), ("sari@example.com", "SAR\u0130@example.com"),
    ("office@example.com", "o\ufb03ce@example.com"), ("strasse@example.com", "stra\u00dfe@example.com"),
    ("sari@example.com", "ｓａｒｉ@example.com"), ("sari@example.com", "s\u0430ri@example.com"),
    ("sari@example.com", "sari@example.com\u200b"), ("sari@example.com", "sari@example.com\x00"),
], ids=ascii)
def test_an_address_that_looks_like_another(browser: Browser, provider: IdentityProvider, web_settings: Settings,
                                            login: str, email: str) -> None:
    """Opens no account, even one that folding would make it."""
    accounts = open_agents(web_settings)
    if accounts.find(login) is None:
        accounts.add(AgentAccount("", login, "Weak"), None)
    provider.claims["email"] = email
    assert (_sign_in(browser, provider).status_code, _is_in(browser)) == (403, False)


def test_capitals_make_no_difference(browser: Browser, provider: IdentityProvider) -> None:
    """In ASCII."""
    provider.claims["email"] = "SARI@Example.com"
    assert _sign_in(browser, provider).status_code == 200


def test_it_is_recorded(browser: Browser, provider: IdentityProvider, web_settings: Settings) -> None:
    """Who came in, who was refused, and a role that changed; not who comes back from nowhere."""
    browser.get(BACK, params={"state": "made-up", "code": "x"})
    _sign_in(browser, provider)
    browser.cookies.clear()
    provider.claims["sub"] = "u-2"
    _sign_in(browser, provider)
    provider.claims["email"] = "budi@example.com"
    _sign_in(browser, provider)
    _sign_in(browser, provider, iss="https://other.example.com")
    entries = SqlAudit(open_engine(web_settings.database_url)).read(AuditQuery())
    assert [(entry.event.action.value, entry.event.actor) for entry in reversed(entries)][1:] == [
        ("sign_in", "sari@example.com"), ("sign_in_failed", "sari@example.com"), ("sign_in_failed", "unknown"),
        ("sign_in_failed", "unknown")]
    assert all(entry.event.details["via"] == "oidc" for entry in entries[:-1])


def test_somebody_elses_account(browser: Browser, provider: IdentityProvider) -> None:
    """Who gets an address later than its account was bound gets no account with it."""
    assert _sign_in(browser, provider).status_code == 200
    browser.cookies.clear()
    provider.claims["sub"] = "u-2"
    assert (_sign_in(browser, provider).status_code, _is_in(browser)) == (403, False)


def _hour(hours: float) -> int:
    return int(time.time() + hours * 3600)


@pytest.mark.parametrize("lies", [
    {"iss": "https://other.example.com"}, {"aud": "other"}, {"aud": [CLIENT, "other"]},
    {"aud": [CLIENT, "other"], "azp": "other"}, {"nonce": "other"}, {"nonce": None}, {"exp": _hour(-1)}, {"exp": None},
    {"iat": None}, {"iat": _hour(1)}, {"nbf": _hour(1)}, {"iss": None}, {"aud": None},
])
def test_an_id_token_that_says_something_else(browser: Browser, provider: IdentityProvider, lies: dict[str, Any],
                                              ) -> None:
    """Of another provider, client or sign-in, or of another time."""
    provider.lies = lies
    assert (_sign_in(browser, provider).status_code, _is_in(browser)) == (403, False)


def test_a_forged_id_token(browser: Browser, provider: IdentityProvider) -> None:
    """Signed by another key, by a key nobody knows, by the public one as a secret, by the client's, or not at all."""
    public = KEYS["one"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for forged in ({"signs_with": KEYS["two"]}, {"key_id": "two"}, {"signs_with": public},
                   {"signs_with": SECRET.encode()}, {"signs_with": "", "algorithm": "none"}):
        vars(provider).update({"algorithm": "RS256", "key_id": "one", "signs_with": None} | forged)
        assert (_sign_in(browser, provider).status_code, _is_in(browser)) == (403, False), forged
    assert len(provider.tokens) == 5


def test_a_new_key_of_the_provider(browser: Browser, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch,
                                   ) -> None:
    """The keys are read anew for a key that is not known yet; forged names of keys can't make that happen all the
    time."""
    assert _sign_in(browser, provider).status_code == 200
    assert _sign_in(browser, provider).status_code == 200
    assert provider.asked.count("keys") == 1
    provider.published, provider.key_id = ("one", "two"), "two"
    for _ in range(3):
        assert _sign_in(browser, provider).status_code == 403
    assert provider.asked.count("keys") == 1
    monkeypatch.setattr("bot.adapters.oidc.KEYS_ANEW_SECONDS", 0.0)
    assert _sign_in(browser, provider).status_code == 200
    assert provider.asked.count("keys") == 2
    assert provider.asked.count("configuration") == 1


def test_a_way_back_is_gone_once(browser: Browser, provider: IdentityProvider) -> None:
    """Neither the state nor the code counts again."""
    back = provider.sign_in(_leave(browser))
    assert browser.get(BACK, params=back).status_code == 200
    browser.cookies.delete("kilat_agent")
    assert (browser.get(BACK, params=back).status_code, _is_in(browser)) == (403, False)
    assert (_sign_in(browser, provider, code=back["code"]).status_code, _is_in(browser)) == (403, False)


@pytest.mark.parametrize("other", [{"state": "other"}, {"state": ""}, {"code": "other"}, {"iss": "https://evil"}])
def test_a_way_back_that_was_made_up(browser: Browser, provider: IdentityProvider, other: dict[str, str]) -> None:
    """Without the state, the code or the issuer of this sign-in."""
    assert (_sign_in(browser, provider, **other).status_code, _is_in(browser)) == (403, False)


def test_a_way_back_in_another_browser(browser: Browser, provider: IdentityProvider) -> None:
    """Whoever is lured to somebody else's way back is not signed in as them."""
    back = provider.sign_in(_leave(browser))
    browser.cookies.clear()
    assert (browser.get(BACK, params=back).status_code, _is_in(browser)) == (403, False)
    _leave(browser)
    back = provider.sign_in(_leave(browser))
    browser.cookies.clear()
    _leave(browser)
    assert (browser.get(BACK, params=back).status_code, _is_in(browser)) == (403, False)


def test_a_way_back_that_took_too_long(browser: Browser, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch,
                                       ) -> None:
    """Ten minutes are enough to sign in."""
    monkeypatch.setattr("bot.web.console.oidc.SECONDS", -1)
    url = browser.get(START).headers["location"]
    assert browser.get(BACK, params=provider.sign_in(url)).status_code == 403


def test_who_changes_their_mind(browser: Browser, provider: IdentityProvider) -> None:
    """The provider sends them back with an error; the page has the form."""
    state = provider.sign_in(_leave(browser))["state"]
    answer = browser.get(BACK, params={"state": state, "error": "access_denied<script>"})
    assert (answer.status_code, _is_in(browser)) == (403, False)
    assert "<script" not in answer.text and 'name="password"' in answer.text


def test_a_provider_that_is_away(browser: Browser, provider: IdentityProvider) -> None:
    """Is told as that, before and after; signing in by password goes on."""
    provider.down = True
    answer = browser.get(START)
    assert answer.status_code == 503
    assert "can&#39;t be reached" in answer.text and 'name="password"' in answer.text
    provider.down = False
    provider.says_issuer = "https://other.example.com"
    assert browser.get(START).status_code == 503
    provider.says_issuer = None
    assert browser.get(START).status_code == 303


def test_an_endless_answer_of_the_provider(browser: Browser, provider: IdentityProvider) -> None:
    """Is not read to its end, wherever it comes."""
    provider.padding = LARGEST_ANSWER
    assert browser.get(START).status_code == 503
    provider.padding = 0
    back = provider.sign_in(_leave(browser))
    provider.padding = LARGEST_ANSWER
    assert (browser.get(BACK, params=back).status_code, _is_in(browser)) == (503, False)


@pytest.mark.parametrize("hostile", ["hunter2@evil.example", "a" * 3000, "x\nERROR root: all is lost", "\u202e<b>"])
def test_the_log_quotes_nobody(browser: Browser, provider: IdentityProvider, log: io.StringIO, hostile: str) -> None:
    """What comes with the way back, or in an ID token, is told by a reason of our own."""
    for other in ({"iss": hostile}, {"state": hostile}):
        _sign_in(browser, provider, **other)
    browser.get(BACK, params={"state": provider.sign_in(_leave(browser))["state"], "error": hostile})
    for lies in ({"aud": hostile}, {"iss": hostile}, {"nonce": hostile}, {"exp": hostile}, {"sub": [hostile]}):
        provider.lies = lies
        assert _sign_in(browser, provider).status_code == 403
    said = [line for line in log.getvalue().splitlines() if "bot.web.console" in line]
    assert len(said) == 8 and all(line.isascii() and len(line) < 200 for line in said)
    assert not any(word in line for line in said for word in ("hunter2", "aaaa", "all is lost", "<b>"))


def test_the_provider_decides_the_role() -> None:
    """Where it is asked to, at each sign-in; with none of Kilat's roles nobody gets in."""
    assert _role(Person("s", "e", None)) is None
    assert _role(Person("s", "e", ("agent", "admin", "other"))) == "admin"
    for roles in ((), ("other",), ("",)):
        with pytest.raises(SignInRefused):
            _role(Person("s", "e", roles))


def test_no_secret_in_the_log(browser: Browser, provider: IdentityProvider, log: io.StringIO,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused or not, tokens, codes and the client's secret stay out."""
    SECRETS.add(SECRET)
    # The test's own browser tells of its requests.
    monkeypatch.setattr(logging.getLogger("httpx2"), "level", logging.WARNING)
    for lies in ({}, {"aud": "other"}):
        provider.lies = lies
        browser.cookies.delete("kilat_agent")
        back = provider.sign_in(_leave(browser))
        SECRETS.update(back.values())
        SECRETS.discard(provider.issuer)
        browser.get(BACK, params=back)
    SECRETS.update(provider.tokens)
    assert "refused" in log.getvalue()


@pytest.mark.parametrize(("environ", "named"), [
    ({"KILAT_OIDC_ISSUER": "https://id.example.com"}, "KILAT_OIDC_CLIENT_ID"),
    ({"KILAT_OIDC_ISSUER": "https://id.example.com", "KILAT_OIDC_CLIENT_ID": "x"}, "KILAT_OIDC_CLIENT_SECRET"),
    ({"KILAT_OIDC_ISSUER": "id.example.com"}, "KILAT_OIDC_ISSUER"),
    ({"KILAT_OIDC_ISSUER": "http://id.example.com", "KILAT_OIDC_CLIENT_ID": "x", "KILAT_OIDC_CLIENT_SECRET": "y"},
     "KILAT_OIDC_ISSUER"),
])
def test_a_setting_that_is_wrong_stops_the_start(environ: dict[str, str], named: str, tmp_path: Any) -> None:
    """With the name of what to set."""
    with pytest.raises(ConfigurationError, match=named):
        Settings.from_environment({"KILAT_STATE_DIR": str(tmp_path), **environ})
