"""The page that a visitor says they are on: the newest counts, and nothing of it can pass for something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client, Plain

from bot.live.gateway import Gateway
from bot.live.page_context import page_row, read_page
from bot.settings import Settings

START = {"url": "https://help.example.com/start", "title": "Start"}
BILLING = {"url": "https://help.example.com/billing", "title": "Billing", "timezone": "Asia/Jakarta"}


def context(gateway: Gateway, client: Client | Plain, welcome: dict[str, Any]) -> Any:
    """Where the store has the visitor."""
    conversation = gateway.conversations.get(welcome["conversation"])
    assert conversation is not None
    return conversation.context


@pytest.fixture
def web_settings(web_settings: Settings) -> Settings:
    """With a help center."""
    return replace(web_settings, allowed_origins=("https://help.example.com",))


def test_the_page_of_the_newest_hello(connect: Any, gateway: Gateway) -> None:
    """Not the one where the conversation began; a hello that tells none changes nothing."""
    client = connect()
    welcome = client.hello(page=START)
    again = connect(client.key)
    again.hello(page=BILLING)
    assert context(gateway, again, welcome) == BILLING
    again.hello()
    assert context(gateway, again, welcome) == BILLING
    again.hello(page=START)
    assert context(gateway, again, welcome) == {**START, "timezone": "Asia/Jakarta"}


@pytest.mark.parametrize("over", ["socket", "http"])
def test_a_page_that_loads_no_other(connect: Any, http: TestClient, gateway: Gateway, over: str) -> None:
    """The client says that it has gone on, before what is said there."""
    client = connect() if over == "socket" else Plain(http)
    welcome = client.hello(page=START)
    client.send("page", page=BILLING)
    if over == "socket":
        assert client.news() == []
    assert context(gateway, client, welcome) == BILLING


def test_another_customer_has_it_not(connect: Any, gateway: Gateway, token: Any) -> None:
    """The page goes to the conversation that the customer comes to."""
    first = connect()
    first.hello(page=START)
    second = connect()
    welcome = second.hello(page=BILLING, identity_token=token("premier:admin:business"))
    assert context(gateway, second, welcome) == BILLING


@pytest.mark.parametrize(("url", "shown"), [
    ("https://help.example.com/a?token=x#y", "https://help.example.com/a"),
    ("https://help.example.com", "https://help.example.com/"),
    ("http://127.0.0.1:8080/en/a", "http://127.0.0.1:8080/en/a"), ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ("https://xn--exmple-cua.com/a", "https://xn--exmple-cua.com/a"),
    ("https://help.example.com/a b\"<script>\u202e\n", "https://help.example.com/a%20b%22%3Cscript%3E%E2%80%AE"),
    ("https://help.example.com/%D0%B0", "https://help.example.com/%D0%B0"),
    *((odd, None) for odd in (
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example/a",
        "/a", "https://help.example.com@evil.example/", "https://user:pass@help.example.com/", "https://ex\u0430mple.com/",
        "https://evil.example\\@help.example.com/", "https://help.example.com:99999999/", "https://[::1", "https://",
        "HTTPS://HELP.EXAMPLE.COM/", "https://evil.example\u2024com/", "https://a\u200bb.com/", "null/", "", " ",
        "https://" + "a" * 300 + ".com/", "\ud800", "https://help.example.com:\u0661/", "http:/x", 5, None, ["https://a"],
    ))])
def test_an_address(url: Any, shown: str | None) -> None:
    """http(s), an ASCII host, nobody's name before it, nothing after the path; else none is kept."""
    assert read_page({"url": url}).get("url") == shown
    assert len(read_page({"url": f"https://a.example/{'x' * 9000}"})["url"]) == 500


@pytest.mark.parametrize(("title", "shown"), [
    ("Audio", "Audio"), (" Audio \n\t putus\u2028 ", "Audio putus"), ("\u202eelttit\u202c", "elttit"),
    ("a\u200bb\ufeff", "ab"), ("\U000e0041x", "x"), ("\x00\x1b[31m", "[31m"), ("\ud800", None), ("", None), (7, None),
    (["a"], None), ("x" * 9000, "x" * 200), ("\ufdfa" * 2000, "\ufdfa" * 200), ("<b>bold</b>", "<b>bold</b>")])
def test_a_title(title: Any, shown: str | None) -> None:
    """One line of plain text, without what can't be seen or turns the rest around."""
    assert read_page({"title": title}).get("title") == shown


def test_whose_page_it_is() -> None:
    """Only an origin that may show the widget counts as one of ours; old rows are read by the same rule."""
    for url, allowed in (("https://help.example.com/a", True), ("https://help.example.com.evil.example/a", False),
                         ("http://help.example.com/a", False), ("https://help.example.com:444/a", False)):
        assert page_row({"url": url}, ("https://help.example.com",))["is_allowed"] is allowed
        assert page_row({"url": url}, ("*",))["is_allowed"] is True
    assert page_row({"url": "javascript:alert(1)", "title": "\u202ex", "more": 1}, ()) == {"title": "x"}
