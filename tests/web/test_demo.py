"""The demo help center: pages in both languages, facts as the knowledge has them, and sign-in as a sample customer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from ruamel.yaml import YAML
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.adapters.identity_token import verify
from bot.adapters.locales import read_locales
from bot.core.facts import Facts
from bot.settings import ROOT, Settings
from bot.web.demo import routes

WORDS = {lang: read_locales(ROOT / "data", "demo")[lang] for lang in ("id", "en")}
HERE = "http://127.0.0.1:8080"
CUSTOMERS = YAML(typ="safe").load(ROOT / "data" / "demo_customers.yml")


@pytest.fixture
def on(settings: Settings) -> Settings:
    """Settings with the demo."""
    return replace(settings, demo=True)


@pytest.fixture
def browser(on: Settings) -> TestClient:
    """Somebody who looks at the demo."""
    return TestClient(Starlette(routes=routes(on)), base_url=HERE, client=("127.0.0.1", 50_000))


@pytest.mark.parametrize("headers", [
    {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "127.0.0.1"}, {"x-forwarded-proto": "https"},
    {"X-Forwarded-Host": "127.0.0.1"}, {"Forwarded": "for=203.0.113.7"}, {"X-Real-IP": "203.0.113.7"},
    {"X-Request-ID": "1"}, {"traceparent": "00-1-1-01"}, {"X-Amz-Cf-Id": "1"}, {"X-Cloud-Trace-Context": "1"},
    {"X-Varnish": "1"}, {"Akamai-Origin-Hop": "1"}, {"Front-End-Https": "on"}, {"WL-Proxy-Client-IP": "203.0.113.7"},
    {"X-Sucuri-ClientIP": "203.0.113.7"}, {"Tailscale-User-Login": "a"}, {"Remote-Addr": "127.0.0.1"},
    {"X-New-Proxy-Of-2030": "1"}, {"Connection": "close"}, {"Connection": "Close"},
    {"Via": "1.1 caddy"}, {"CF-Connecting-IP": "203.0.113.7"}, {"True-Client-IP": "203.0.113.7"}, {"CDN-Loop": "x"},
    {"Host": "help.example.com"}, {"Host": "help.example.com:8080"}, {"Host": "localhost.example.com"}, {"Host": ""},
    {"Host": "127.0.0.1.nip.io"}, {"Host": "0.0.0.0:8080"}, {"Host": "[::ffff:203.0.113.7]"}, {"Host": "[::"},
    {"Host": "127.0.0.1@help.example.com"}, {"Origin": "https://help.example.com"}, {"Origin": "null"}], ids=str)
def test_a_request_through_a_proxy(browser: TestClient, headers: dict[str, str]) -> None:
    """No page, no token and no sign-in, as if there were no demo: it would make a stranger any customer."""
    cookies = {"kilat_demo": "premier_admin"}
    for path in ("/", "/articles/phone", "/demo/strict", "/demo/static/demo.css"):
        answer = browser.get(path, headers={**headers, "Cookie": "kilat_demo=premier_admin"})
        assert (answer.status_code, answer.text) == (404, "Not Found"), path
    answer = browser.post("/demo/sign-in", data={"as": "premier_admin"}, headers=headers)
    assert answer.status_code == 404 and not answer.cookies
    assert "data-identity-token" in browser.get("/", cookies=cookies).text


def test_what_browsers_send(browser: TestClient) -> None:
    """Chromium's and Firefox's own headers, and those of a developer's tools."""
    headers = {
        "User-Agent": "Mozilla/5.0", "Accept": "text/html", "Accept-Language": "id", "Accept-Encoding": "gzip",
        "Upgrade-Insecure-Requests": "1", "Sec-Fetch-Site": "same-origin", "Sec-CH-UA-Mobile": "?0", "Sec-GPC": "1",
        "Sec-Purpose": "prefetch", "DNT": "1", "Priority": "u=0", "Referer": f"{HERE}/", "Origin": HERE,
        "TE": "trailers", "Connection": "keep-alive", "Cache-Control": "no-cache", "Pragma": "no-cache"}
    assert browser.get("/", headers=headers).status_code == 200
    answer = browser.post("/demo/sign-in", data={"as": "premier_admin"}, headers=headers, follow_redirects=False)
    assert "kilat_demo" in answer.cookies


def test_the_log_is_not_filled(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """A header may have any name."""
    for number in range(100):
        browser.get("/", headers={f"X-{number}-{'x' * 500}": "1"})
    told = [record.getMessage() for record in caplog.records if record.name == "bot.web.demo.local"]
    assert 0 < len(told) <= 20 and all(len(line) < 400 for line in told)


@pytest.mark.parametrize("base", ["http://localhost:8080", "http://127.0.0.1:9000", "http://[::1]:8080",
                                  "http://kilat.localhost"])
def test_names_of_this_machine(on: Settings, base: str) -> None:
    """All lead here."""
    browser = TestClient(Starlette(routes=routes(on)), base_url=base, client=("127.0.0.1", 50_000))
    assert browser.post("/demo/sign-in", data={"as": "free"}, headers={"Origin": base}).status_code == 200


@pytest.mark.parametrize("address", ["203.0.113.7", "192.168.1.7", "::2", "testclient"])
def test_a_client_from_elsewhere(on: Settings, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the request says; the operator is told once."""
    browser = TestClient(Starlette(routes=routes(on)), base_url=HERE, client=(address, 50_000))
    assert {browser.get("/").status_code for _ in range(3)} == {404}
    assert caplog.text.count("KILAT_DEMO=off") == 1


def test_off_means_nothing_is_there(settings: Settings) -> None:
    """Not even the sign-in."""
    assert routes(replace(settings, demo=False)) == []


def test_both_languages_have_the_same_articles() -> None:
    """The same keys, and the same kinds of blocks in the same order; facts named alike."""
    assert _shape(WORDS["id"]) == _shape(WORDS["en"])


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("slug", WORDS["id"]["articles"])
def test_an_article(browser: TestClient, lang: str, slug: str) -> None:
    """Its words, in a page that says its language; nothing is left in braces."""
    page = browser.get(f"/articles/{slug}?lang={lang}")
    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert f"<h1>{WORDS[lang]['articles'][slug]['title']}</h1>" in page.text
    assert not re.search(r"[{}]", page.text)


def test_the_home_page_links_to_every_article(browser: TestClient) -> None:
    """In the language of the page."""
    for parameter in ("", "?lang=en"):
        page = browser.get(f"/{parameter}").text
        found = re.findall(r'href="(/articles/[^"]+)"', page)
        assert found == [f"/articles/{slug}{parameter}" for slug in WORDS["id"]["articles"]]


def test_every_phone_number_is_on_the_page(browser: TestClient, facts: Facts) -> None:
    """With its extension, as a link to call."""
    page = browser.get("/articles/phone").text
    for line in facts.phone_lines.values():
        for number in line.numbers:
            end = f" ext {number.extension}" if number.extension else ""
            assert f">{number.number}</a>{end}" in page
    assert 'href="tel:+43316231266"' in page


def test_the_plans_are_those_of_the_matrix(browser: TestClient) -> None:
    """Automatic escalation belongs to Premier+ alone."""
    page = browser.get("/articles/plans?lang=en").text
    row = next(row for row in page.split("<tr>") if "Automatic escalation" in row)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row) == ["Not included", "Not included", "Included"]


def test_the_priorities_are_those_of_the_facts(browser: TestClient) -> None:
    """Hours, and no restoration time where none is set; for whom they hold."""
    page = browser.get("/articles/priorities?lang=en").text
    rows = [re.findall(r"<td>([^<]*)</td>", row)[1:3] for row in page.split("<tr>") if re.search(r">P\d<", row)]
    assert rows == [["1 hour", "4 hours"], ["4 hours", "8 hours"], ["24 hours", "Not set"], ["24 hours", "Not set"]]
    assert "Premier and Premier+." in page


def test_nobody_is_signed_in_at_first(browser: TestClient) -> None:
    """No token, and the words say so."""
    page = browser.get("/").text
    assert "data-identity-token" not in page
    assert WORDS["id"]["site"]["signed_out"] in page


@pytest.mark.parametrize("key", CUSTOMERS)
def test_signing_in(browser: TestClient, on: Settings, key: str) -> None:
    """The page then carries a token of that customer, which the gateway accepts."""
    page = browser.post("/demo/sign-in", data={"as": key, "slug": "phone", "lang": "en"})
    assert page.url.path == "/articles/phone" and page.url.query == b"lang=en"
    token = re.search(r'data-identity-token="([^"]+)"', page.text)
    assert token
    identity, sample = verify(token.group(1), on), CUSTOMERS[key]
    customer = identity.customer
    parts = [customer.plan, customer.role, customer.account_type, *(() if customer.licensed else ("unlicensed",))]
    assert (":".join(map(str, parts)), identity.name, identity.email) == (sample["as"], sample["name"], sample["email"])
    assert page.headers["cache-control"] == "no-store"
    assert f'<option value="{key}" selected>' in page.text


@pytest.mark.parametrize("choice", ["", "nobody", "premier:admin:business"])
def test_signing_out(browser: TestClient, choice: str) -> None:
    """Whoever is not on the list is nobody."""
    browser.post("/demo/sign-in", data={"as": "premier_admin"})
    assert "data-identity-token" not in browser.post("/demo/sign-in", data={"as": choice}).text


@pytest.mark.parametrize("slug", ["//evil.example", "https://evil.example", "../..", "\\evil", "unknown"])
def test_sign_in_leads_nowhere_else(browser: TestClient, slug: str) -> None:
    """An address that somebody else made up is not followed."""
    answer = browser.post("/demo/sign-in", data={"as": "free", "slug": slug, "lang": slug}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_sign_in_reads_no_flood(browser: TestClient) -> None:
    """A form has a hundred bytes."""
    assert browser.post("/demo/sign-in", data={"as": "x" * 2000}).status_code == 413


def test_the_policy(browser: TestClient) -> None:
    """Scripts by a nonce that is new each time; the strict page asks for Trusted Types, too."""
    seen = set()
    for path, is_strict in (("/", False), ("/demo/strict", True)):
        page = browser.get(path)
        policy = page.headers["content-security-policy"]
        nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
        assert nonce and page.text.count("<script ") == page.text.count(f'nonce="{nonce.group(1)}"') == 2
        assert "style-src 'self'" in policy and "unsafe" not in policy
        assert ("require-trusted-types-for 'script'" in policy) is is_strict
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page.text)
        seen.add(nonce.group(1))
    assert len(seen) == 2


@pytest.mark.parametrize("slug", ["unknown", "%3Cscript%3E"])
def test_a_page_that_is_not_there(browser: TestClient, slug: str) -> None:
    """404, with the way back; the address is no markup."""
    page = browser.get(f"/articles/{slug}")
    assert page.status_code == 404
    assert WORDS["id"]["site"]["missing_title"] in page.text
    assert "<script>" not in page.text


def _shape(words: dict[str, Any]) -> Any:
    flat = {part: sorted(words[part]) for part in ("site", "tables", "home")}
    return flat, [(slug, sorted(article), [_block(block) for block in article["body"]], len(article["try"]))
                  for slug, article in words["articles"].items()]


def _block(block: dict[str, Any]) -> tuple[str, Any]:
    (kind, value), = block.items()
    return kind, value if kind in ("who", "table") else len(value) if kind in ("list", "steps") else None
