"""The widget against a gateway that does as it is told: lost lines, blocked sockets, the page's own API."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from fake_gateway import ENTRIES, FakeGateway, serve
from playwright.sync_api import expect
from widget_page import EACH_LANGUAGE, Enter, WidgetPage

from bot.settings import ROOT

NARROW = {"viewport": {"width": 320, "height": 568}}
LOST = r"WebSocket|ERR_|net::"


def events(page: WidgetPage, *names: str) -> None:
    """Note what the page's API tells from now on, in `window.heard`."""
    page.page.evaluate("""(names) => {
      window.heard = [];
      for (const name of names) Kilat.on(name, (detail) => heard.push([name, detail?.seq ?? detail ?? null]));
    }""", list(names))


def heard(page: WidgetPage) -> list[list[Any]]:
    """What was noted, once the microtasks have run."""
    found: list[list[Any]] = page.page.evaluate("new Promise((resolve) => setTimeout(() => resolve(heard)))")
    return found


def test_a_lost_line_comes_back_without_a_gap(enter: Enter, fake: FakeGateway) -> None:
    """What was said meanwhile is there, each once, and in order."""
    page = enter().open()
    for number in range(3):
        fake.hang_up()
        fake.add(text=f"sementara itu {number}")
        page.say(f"halo {number}")
        expect(page.mine(f"halo {number}")).to_have_count(1)
        expect(page.unsent(f"halo {number}")).to_have_count(0)
        expect(page.log.get_by_text(f"sementara itu {number}", exact=True)).to_have_count(1)
    said = re.findall(r"(?:halo|sementara itu) \d", page.log.inner_text())
    assert said == [entry["text"] for entry in fake.entries[1:]]
    assert fake.said("hello")[0]["after"] == 0
    assert all(hello["after"] > 0 for hello in fake.said("hello")[1:])


@EACH_LANGUAGE
def test_an_answer_that_did_not_help(enter: Enter, fake: FakeGateway, lang: str) -> None:
    """Can be marked and unmarked, also after the log was drawn anew; what is no answer can't be marked."""
    page = enter(lang=lang).open()
    mark = page.log.get_by_role("button", name=page.t("unhelpful"))
    expect(mark).to_have_count(0)
    fake.say("bot", text="Jepang: …", client_id="re-2")
    fake.say("agent", text="Halo", name="Sari")
    expect(mark).to_have_count(1)
    for on in (True, False, True):
        expect(mark).to_have_attribute("aria-pressed", str(not on).lower())
        mark.click()
    page.shoot_more("marked")
    page.button("menu").click()
    other = "en" if lang == "id" else "id"
    page.button(f"lang_{other}").click()
    page.speaks(other)
    mark = page.log.get_by_role("button", name=page.t("unhelpful"))
    expect(mark).to_have_attribute("aria-pressed", "true")
    assert [(frame["seq"], frame["on"]) for frame in fake.said("unhelpful")] == [(2, True), (2, False), (2, True)]


def test_an_acknowledgement_that_never_comes(enter: Enter, fake: FakeGateway) -> None:
    """It is said again, with the same id, and is there once."""
    page = enter().open()
    fake.silent = True
    page.say("halo")
    expect(page.unsent("halo")).to_have_count(1)
    fake.heard(page.page, "say")
    fake.silent = False
    fake.hang_up()
    expect(page.unsent("halo")).to_have_count(0)
    expect(page.mine("halo")).to_have_count(1)
    assert len({frame["client_id"] for frame in fake.said()}) == 1 < len(fake.said())


@pytest.mark.parametrize("code", ["rate_limited", "unavailable"])
def test_too_fast(enter: Enter, fake: FakeGateway, code: str) -> None:
    """It waits, says so, and goes by itself; what was said after it does not overtake."""
    page = enter().open()
    fake.refusals["say"] = {"type": "error", "code": code, "detail": "", "retry_after": 1}
    page.say("satu")
    page.say("dua")
    expect(page.panel.get_by_text(page.t("waits"))).to_be_visible()
    expect(page.unsent("dua")).to_have_count(0)
    assert [entry["text"] for entry in fake.entries[1:]] == ["satu", "dua"]


def test_what_is_refused_comes_back_to_be_changed(enter: Enter, fake: FakeGateway) -> None:
    """The text is in the composer again, with a word of why."""
    page = enter().open()
    fake.refusals["say"] = {"type": "error", "code": "bad_frame", "detail": ""}
    page.say("aneh")
    expect(page.input).to_have_value("aneh")
    expect(page.notice).to_contain_text(page.t("refused"))
    page.notice.get_by_role("button", name=page.t("close")).click()
    expect(page.notice).to_be_hidden()


def test_an_old_widget_says_so(enter: Enter, fake: FakeGateway) -> None:
    """And does not hammer the gateway."""
    page = enter().open()
    fake.push({"type": "error", "code": "protocol", "detail": ""})
    expect(page.notice).to_contain_text(page.t("protocol"))


def test_blocked_sockets_with_an_agent(enter: Enter, fake: FakeGateway) -> None:
    """Over plain HTTP too, what others say comes by itself."""
    fake.sockets = False
    page = enter()
    page.tolerate(LOST)
    page.open()
    page.say("halo")
    expect(page.unsent("halo")).to_have_count(0)
    fake.say(**ENTRIES["agent"])
    fake.change(status="connected", agent="Budi")
    expect(page.panel.locator("header")).to_contain_text("Budi")
    expect(page.log).to_contain_text("I've read your case")


def test_earlier_messages(enter: Enter, fake: FakeGateway) -> None:
    """They come by a button, are not announced, and what was being read stays where it was."""
    for number in range(1, 121):
        fake.add(text=f"pesan {number}.", ago=86_400 * 2)
    page = enter(reduced_motion="reduce").open()
    expect(page.log.get_by_text("pesan 71.", exact=True)).to_have_count(1)
    expect(page.log.get_by_text("pesan 70.", exact=True)).to_have_count(0)
    box = page.panel.get_by_role("region", name=page.t("log"))
    box.evaluate("(box) => { box.scrollTop = 300; }")
    page.page.evaluate("new Promise(requestAnimationFrame)")
    page.log.evaluate("""(log) => {
      window.live = [];
      new MutationObserver(() => live.push(log.ariaLive)).observe(log, { childList: true });
    }""")
    first = page.log.get_by_text("pesan 75.", exact=True)
    before = first.bounding_box()
    page.button("earlier").dispatch_event("click")
    expect(page.log.get_by_text("pesan 21.", exact=True)).to_have_count(1)
    after = first.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2
    expect(page.log).to_have_attribute("aria-live", "polite")
    fake.say(text="baru")
    expect(page.log.get_by_text("baru", exact=True)).to_have_count(1)
    assert page.page.evaluate("live") == ["off", "polite"]


def test_who_reads_above_is_not_pulled_down(enter: Enter, fake: FakeGateway) -> None:
    """A chip tells of what is new."""
    for number in range(1, 41):
        fake.add(text=f"pesan {number}.")
    page = enter().open()
    box = page.panel.get_by_role("region", name=page.t("log"))
    box.evaluate("(box) => { box.scrollTop = 200; }")
    page.page.evaluate("new Promise(requestAnimationFrame)")
    fake.say(text="baru!")
    expect(page.button("newer")).to_be_visible()
    assert box.evaluate("(box) => box.scrollTop") == 200
    page.button("newer").click()
    expect(page.log.get_by_text("baru!")).to_be_in_viewport()
    expect(page.button("newer")).to_be_hidden()


def test_unread_and_the_title(enter: Enter, fake: FakeGateway) -> None:
    """Counted while the panel is closed, told to the page, read when it opens."""
    page = enter().open()
    events(page, "unread", "message", "open", "close", "status")
    page.button("close").click()
    fake.say(text="satu")
    fake.say(text="dua")
    expect(page.launcher).to_have_accessible_name(f"{page.t('launcher')} (2)")
    page.launcher.click()
    expect(page.launcher).to_have_accessible_name(page.t("launcher"))
    fake.change(status="closed")
    expect(page.button("new")).to_be_visible()
    last = fake.entries[-1]["seq"]
    assert heard(page) == [["close", None], ["message", last - 1], ["unread", 1], ["message", last], ["unread", 2],
                           ["unread", 0], ["open", None], ["status", "closed"]]
    assert fake.read == last


def test_a_visitor_comes_back(enter: Enter, fake: FakeGateway) -> None:
    """One request for the badge, and nothing else before the first click."""
    page = enter().open()
    page.button("close").click()
    fake.say(text="masih di sana?")
    fake.read = 1
    page.requests.clear()
    page.page.reload()
    expect(page.launcher).to_have_accessible_name(f"{page.t('launcher')} (1)")
    assert [urlsplit(url).path for url in page.requests] == ["/", "/widget.js", "/v1/unread"]


def test_the_page_signs_in_and_out(enter: Enter, fake: FakeGateway) -> None:
    """`identify` goes out at once; the talk is covered until the gateway has said whose it is."""
    page = enter(query="identity-token=a.b.c").open()
    events(page, "signin", "identityrejected")
    assert fake.said("hello")[0]["identity_token"] == "a.b.c"
    page.page.evaluate("Kilat.identify('d.e.f')")
    page.page.evaluate("Kilat.identify(null)")
    expect(page.log.get_by_text(page.t("bot")).first).to_be_visible()
    assert [frame["identity_token"] for frame in fake.said("identify")] == ["d.e.f", None]
    page.panel.get_by_role("button", name="Masuk untuk live chat").click()
    fake.change(identity={"status": "rejected", "reason": "expired"})
    expect(page.notice).to_contain_text(page.t("rejected"))
    assert heard(page) == [["signin", None], ["identityrejected", "expired"]]
    stored = page.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "a.b.c" not in stored and "d.e.f" not in stored


def test_the_talk_is_covered_until_it_is_known_whose_it_is(enter: Enter, fake: FakeGateway) -> None:
    """Somebody signs out and nobody answers: what was said is not to be seen meanwhile."""
    page = enter().open()
    greeting = page.log.get_by_text("Halo! Saya Kilat.")
    expect(greeting).to_be_visible()
    fake.ignored = {"identify"}
    page.page.evaluate("Kilat.identify(null)")
    expect(greeting).to_be_hidden()
    fake.hang_up()
    expect(greeting).to_be_visible()


def test_the_focus_outlives_what_had_it(enter: Enter, fake: FakeGateway) -> None:
    """The button that leaves the queue goes away when it has done so; the quick reply that was pressed, too."""
    page = enter().open()
    page.quick_replies.first.press("Enter")
    expect(page.quick_replies).to_have_count(0)
    expect(page.input).to_be_focused()
    fake.change(status="queued", queue={"case": "KLC-000007", "tier": 2, "position": 3})
    page.button("leave_queue").press("Enter")
    expect(page.button("leave_queue")).to_have_count(0)
    expect(page.input).to_be_focused()


def test_what_the_script_tag_says(enter: Enter, fake: FakeGateway) -> None:
    """Side, theme, open at once; and what was called before the loader came."""
    page = enter("en", query="position=left&theme=dark&open=1")
    page.ready()
    box = page.panel.bounding_box()
    assert box and box["x"] < 100
    assert page.panel.evaluate("(e) => getComputedStyle(e).backgroundColor") == "rgb(23, 33, 42)"
    page.page.evaluate("Kilat.toggle()")
    expect(page.panel).to_be_hidden()
    page.page.evaluate("Kilat.destroy()")
    expect(page.page.locator("kilat-widget")).to_have_count(0)
    assert page.page.evaluate("window.Kilat") is None
    page.page.evaluate("""() => {
      window.Kilat = { q: [['setLanguage', 'id'], ['open']] };
      const script = document.createElement('script');
      script.src = '/widget.js';
      document.body.append(script);
    }""")
    page.speaks("id")
    page.ready()


def test_a_page_of_another_origin(fake: FakeGateway, enter: Enter) -> None:
    """The help center is seldom where the gateway is."""
    with serve() as elsewhere:
        page = enter()
        page.tolerate("another host")
        page.page.goto(f"{elsewhere.base}/v1/unread")
        page.page.evaluate("""(base) => {
          const script = document.createElement('script');
          Object.assign(script, { src: `${base}/widget.js`, async: true });
          script.dataset.lang = 'id';
          document.body.append(script);
        }""", fake.base)
        page.open()
        page.say("halo")
        expect(page.unsent("halo")).to_have_count(0)
        assert not elsewhere.received
        allowed = {fake.base, elsewhere.base}
        assert {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in page.requests} <= allowed


def test_a_gateway_that_is_away_at_the_first_click(enter: Enter) -> None:
    """Nothing opens, but the visitor is told; the next click tries again."""
    page = enter()
    page.tolerate(LOST, "app.js", "Failed to fetch")
    page.page.route("**/widget/app.js*", lambda route: route.abort())
    page.launcher.click()
    expect(page.page.get_by_role("alert")).to_have_text(page.t("load_failed"))
    page.page.unroute("**/widget/app.js*")
    page.open()


def test_unsent_is_marked(enter: Enter, fake: FakeGateway) -> None:
    """Offline: honest words; who tries by hand in vain loses nothing; it goes once, when the network is back."""
    page = enter(**NARROW).open()
    page.tolerate(LOST)
    page.page.context.set_offline(True)
    page.say("jangan hilang")
    expect(page.notice).to_contain_text(page.t("offline"))
    expect(page.button("unsent")).to_be_visible()
    page.shoot_more("offline")
    page.button("again").click()
    expect(page.button("unsent")).to_be_visible()
    page.button("unsent").click()
    expect(page.notice).to_contain_text(page.t("offline"))
    page.page.context.set_offline(False)
    expect(page.unsent("jangan hilang")).to_have_count(0)
    assert len({frame["client_id"] for frame in fake.said()}) == 1


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (320, "dark")])
def test_every_card(enter: Enter, fake: FakeGateway, width: int, scheme: str) -> None:
    """A picture of each to look at; all fit into the panel, and every target is large enough."""
    page = enter(query="strict=1", viewport={"width": width, "height": 720}, color_scheme=scheme).open()
    for name, fields in ENTRIES.items():
        fake.say(**fields)
        expect(page.log).to_contain_text(str(fields.get("card", fields).get("lead") or fields["text"])[:20]
                                         if "card" not in fields or "lead" in fields["card"] else "")
        page.shoot_more(name)
    fake.change(bot="down")
    expect(page.notice).to_contain_text(page.t("bot_down"))
    page.shoot_more("down")
    for part in (page.panel, page.panel.get_by_role("region", name=page.t("log"))):
        assert part.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
    small = page.panel.evaluate("""(panel) => [...panel.querySelectorAll('button, a, input, select, textarea')]
      .filter((e) => e.checkVisibility() && !e.closest('.linked-text'))
      .map((e) => [e.textContent, e.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)""")
    assert small == []


def test_drafts_do_not_go_to_another(enter: Enter, fake: FakeGateway) -> None:
    """What somebody typed and did not send is gone when the key opens another's talk."""
    page = enter().open()
    page.input.fill("rahasia")
    assert "rahasia" in json.dumps(page.page.evaluate("({...sessionStorage})"))
    fake.begin()
    page.page.reload()
    page.ready()
    expect(page.input).to_have_value("")
    assert "rahasia" not in json.dumps(page.page.evaluate("({...sessionStorage, ...localStorage})"))


def test_a_composed_letter_does_not_send(enter: Enter, fake: FakeGateway) -> None:
    """Enter that ends a composition (Japanese, Chinese …) belongs to the input method."""
    page = enter().open()
    page.input.fill("にほん")
    page.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    assert fake.said() == []
    page.input.press("Enter")
    expect(page.mine("にほん")).to_have_count(1)


def test_the_docs_name_every_setting() -> None:
    """`docs/widget.md` tells of each attribute, method, event and custom property that there is."""
    told = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
    code = "".join((ROOT / "widget" / name).read_text(encoding="utf-8")
                   for name in ("loader.js", "theme.js", "styles.js", "app.js"))
    wanted = {*re.findall(r"--kilat-[\w-]+", code), *re.findall(r"emit\('(\w+)'", code)}
    assert {name for name in wanted if f"`{name}`" not in told} == set()
