"""Who may ask from where, and how every answer is marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from web_client import Plain

from bot.live.gateway import Gateway
from bot.settings import Settings
from bot.web import cookies
from bot.web.headers import address_of, is_allowed

OWN = "http://127.0.0.1:8080"
PARTNER = "https://help.example.com"
FOREIGN = [
    "https://evil.example", "null", "", "file://", "https://", "://", "http://[", "http://127.0.0.1:8080.evil.example",
    "http://127.0.0.1", "http://127.0.0.1:8081", "https://help.example.com.evil.example", "https://help.example.com:444",
    "http://help.example.com", "chrome-extension://127.0.0.1:8080", "http://a@127.0.0.1:8080", "*"]
ALLOWED = [OWN, "https://127.0.0.1:8080", PARTNER, None]


@pytest.fixture
def web_settings(web_settings: Settings) -> Settings:
    """With a partner's origin, and the demo's pages."""
    return replace(web_settings, allowed_origins=(PARTNER,), demo=True)


@pytest.mark.parametrize("path", ["/", "/widget.js", "/healthz", "/v1/none", "/agent/login"])
def test_https_stays_https(http: TestClient, path: str) -> None:
    """A browser that came by https comes by https for a year; on plain http, one's own machine, nothing is promised."""
    assert "strict-transport-security" not in http.get(path).headers
    http.base_url = "https://help.example.com"  # type: ignore[assignment]
    promised = http.get(path).headers["strict-transport-security"]
    assert "max-age=31536000" in promised and "includeSubDomains" in promised


def origin(value: str | None) -> dict[str, str]:
    """The header, unless there is none."""
    return {} if value is None else {"Origin": value}


PATHS = [
    "/", "/articles/phone", "/articles/none", "/demo/strict", "/demo/static/demo.css", "/demo/static/none", "/agent",
    "/agent/login", "/agent/static/bolt.svg", "/agent/static/", "/agent/console/app.js", "/readyz", "/widget.js",
    "/widget/app.js", "/widget/none.js", "/healthz", "/v1/socket", "/v1/frames", "/v1/events", "/v1/unread",
    "/v1/transcript", "/v1/files", "/v1/files/f_0", "/v1/none", "/none", "/v1/events?after=x", "/%00", "/v1/%00"]


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT", "HEAD", "TRACE"])
def test_every_answer_is_marked(http: TestClient, method: str) -> None:
    """Whatever it is, for whichever method."""
    for path in PATHS:
        check_marks(http, path, method)


def check_marks(http: TestClient, path: str, method: str) -> None:
    """An answer has all that tells a browser what not to do with it."""
    answer = http.request(method, path, headers=origin(PARTNER), follow_redirects=False)
    assert answer.status_code < 500 and not (method == "TRACE" and answer.is_success)
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert f"{directive} 'none'" in policy
    assert "unsafe" not in policy
    if answer.content:
        told = headers["content-type"]
        assert "charset=utf-8" in told or not (told.startswith("text/") or "xml" in told)
    assert headers["referrer-policy"] and headers["permissions-policy"] and headers["cross-origin-opener-policy"]
    if path.startswith("/v1/"):
        assert headers["cache-control"] == "no-store" and "Origin" in headers["vary"]
        assert headers["access-control-allow-origin"] == PARTNER
        assert "access-control-allow-credentials" not in headers
    elif not path.startswith("/widget"):
        assert "access-control-allow-origin" not in headers


def test_an_answer_that_broke_is_marked_too(http: TestClient) -> None:
    """And says nothing of what broke."""
    def broken(_request: object) -> Any:
        raise RuntimeError("secret")

    http.app.routes.insert(0, Route("/v1/broken", broken))  # type: ignore[attr-defined]
    answer = http.get("/v1/broken")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("value", FOREIGN)
def test_a_foreign_page_neither_reads_nor_writes(http: TestClient, connect: Any, gateway: Gateway, value: str) -> None:
    """Not even with the key, however simple the request."""
    client = connect()
    client.hello()
    headers = {**Plain(http, client.key).headers, **origin(value)}
    body = '{"type":"end","client_id":"6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"}'
    answers = [
        http.get("/v1/events", headers=headers), http.get("/v1/transcript", headers=headers),
        http.post("/v1/frames", content=body, headers={**headers, "Content-Type": "text/plain"}),
        http.post("/v1/files?client_id=6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01", content=b"GIF89a", headers=headers),
        http.options("/v1/frames", headers={**headers, "Access-Control-Request-Method": "POST"})]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert all("access-control-allow-origin" not in answer.headers and not answer.content for answer in answers)
    headers["Host"] = "127.0.0.1:8080"
    with pytest.raises(WebSocketDisconnect), http.websocket_connect("/v1/socket", headers=headers):
        pass
    assert client.ask("masih terbuka")["seq"] == 3


@pytest.mark.parametrize("value", ALLOWED)
def test_an_allowed_page(http: TestClient, value: str | None) -> None:
    """The gateway's own, a partner's, and what is no browser."""
    with http.websocket_connect("/v1/socket", headers={"Host": "127.0.0.1:8080", **origin(value)}) as socket:
        socket.send_text('{"type":"ping"}')
        assert socket.receive_text() == '{"type":"pong"}'
    answer = http.options("/v1/frames", headers={**origin(value), "Access-Control-Request-Method": "POST"})
    assert (answer.status_code, answer.headers.get("access-control-allow-origin")) == (204, value)
    if value:
        assert {"Authorization", "X-File-Name"} <= set(answer.headers["access-control-allow-headers"].split(", "))
        assert {"GET", "POST", "DELETE"} == set(answer.headers["access-control-allow-methods"].split(", "))


LEADING_OUT = [
    "%00.js", "a%00.js", "../bot/cli.py", "..%2f..%2fREADME.md", "%2e%2e/pyproject.js", ".js", "a" * 5000 + ".js",
    "locales/..%2f..%2fwidget/app.js", "\u0660.js", "/etc/a.js", "locales", "locales/xx.js", "locales/../en.js", ""]


def test_only_the_widget_is_served(http: TestClient) -> None:
    """No path leads out of its folder, and none breaks the gateway."""
    assert {http.get(f"/widget/{name}").status_code for name in LEADING_OUT} == {404}


def test_any_origin_may_be_allowed(web_settings: Settings) -> None:
    """By a setting, for a public help center with many pages."""
    everyone = replace(web_settings, allowed_origins=("*",))
    assert all(is_allowed(Headers(origin(value)), everyone) for value in [*FOREIGN, *ALLOWED])


def test_without_a_host_no_origin_is_ones_own(web_settings: Settings) -> None:
    """An empty host is nobody's."""
    for headers in ({"Origin": "null"}, {"Origin": "null", "Host": ""}, {"Origin": "http://", "Host": ""}):
        assert not is_allowed(Headers(headers), web_settings)


@pytest.mark.parametrize(("host", "address"), [
    ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"), ("testclient", "testclient"), (None, "unknown")])
def test_whose_share_it_is(host: str | None, address: str) -> None:
    """One subscriber of IPv6 has a whole network."""
    scope = {"type": "http", "headers": [], "client": host and (host, 1)}
    assert address_of(HTTPConnection(scope)) == address


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("sent", [
    "a=b; {}=wanted; c=d", "{}=wanted", " {}=wanted ;x", 'x="{}=other"; {}=wanted', "y={}; {}=wanted"])
def test_a_cookie_among_others(scheme: str, sent: str) -> None:
    """Found by its whole name, over https with the prefix."""
    name = "__Host-kilat" if scheme == "https" else "kilat"
    header = sent.replace("{}", name)
    scope = {"type": "http", "scheme": scheme, "headers": [(b"cookie", header.encode())]}
    assert cookies.kept(HTTPConnection(scope), "kilat") == "wanted"
    for other in ("", "kilat", f"{name}x=1", f"x{name}=1", f'{name.upper()}=1'):
        scope["headers"] = [(b"cookie", other.encode())]
        assert cookies.kept(HTTPConnection(scope), "kilat") is None


def test_pythons_slow_reader_of_cookies_is_never_asked(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds for one header full of backslashes, and anybody may send one."""
    monkeypatch.setattr("http.cookies._unquote", lambda _value: pytest.fail("a cookie was unquoted"))
    hostile = 'kilat_agent="' + "\\" * 15_000 + '"; kilat_demo="' + "\\" * 15_000 + '"'
    for path in ("/", "/agent", "/agent/login", "/agent/insights", "/agent/audit", "/agent/account", "/v1/unread"):
        assert http.get(path, headers={"cookie": hostile}).status_code < 500
