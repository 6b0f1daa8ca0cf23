"""What makes a day at the console bearable: canned answers, drafts, files, keys, calls, and lines that break."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from console_page import PNG, ConsolePage, Enter
from console_stage import Floor
from playwright.sync_api import TimeoutError, WebSocketRoute, expect

from bot.settings import ROOT

LOST = r"WebSocket|ERR_|status 50"


def test_canned_answers(floor: Floor, console: Enter) -> None:
    """Found by words, filled in in the visitor's language, chosen by keys alone."""
    floor.visitor("Wulan")
    desk = console(lang="en").take("Wulan")
    desk.page.keyboard.type("/")
    search = desk.page.get_by_role("combobox", name=desk.t("canned_search"))
    expect(search).to_be_focused()
    options = desk.page.get_by_role("option")
    everything = options.count()
    assert everything >= 10
    search.fill("sebentar")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert 1 <= options.count() < everything
    chosen = options.first.locator("span").inner_text()
    desk.press("Enter")
    expect(desk.input).to_be_focused()
    expect(desk.input).to_have_value(chosen)
    assert "{name}" not in chosen
    desk.input.fill("")
    desk.button("canned").click()
    search.fill("zzz")
    expect(desk.page.get_by_text(desk.t("canned_none"))).to_be_visible()
    desk.press("Escape")
    expect(desk.input).to_be_focused()


def test_what_is_unknown_is_left_to_fill_in(floor: Floor, console: Enter) -> None:
    """A ticket's number: it is selected, so that the next key replaces it."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("/")
    desk.page.get_by_role("combobox").fill("tiket sudah dibuat")
    desk.press("Enter")
    expect(desk.input).to_be_focused()
    assert "{number}" in desk.input.input_value()
    desk.page.keyboard.type("KLT-000009")
    assert "KLT-000009" in desk.input.input_value() and "{number}" not in desk.input.input_value()


def test_each_conversation_has_its_draft(floor: Floor, console: Enter) -> None:
    """What was begun stays with its conversation, note or answer, also over a reload."""
    for name in ("Wulan", "Maya"):
        floor.visitor(name)
    desk = console()
    for name in ("Wulan", "Maya"):
        desk.take(name)
        desk.input.fill(f"Untuk {name}")
    desk.row("Wulan", "mine").click()
    expect(desk.input).to_have_value("Untuk Wulan")
    desk.press("Alt+n")
    expect(desk.note).to_be_focused()
    desk.note.fill("Catatan Wulan")
    desk.page.reload()
    desk.ready()
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.note).to_have_value("Catatan Wulan")
    desk.button("mode_say").click()
    expect(desk.input).to_have_value("Untuk Wulan")
    desk.row("Maya", "mine").click()
    expect(desk.input).to_have_value("Untuk Maya")


@pytest.mark.long
def test_a_lost_line(floor: Floor, console: Enter) -> None:
    """It says so; what was sent meanwhile and what was begun stay, and arrive once."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.tolerate(LOST)
    desk.say("Sebelum")
    floor.stage.gateway.kill()
    expect(desk.banner).to_contain_text(desk.t("offline"))
    desk.input.fill("Waktu putus")
    desk.press("Enter")
    expect(desk.story).to_contain_text(desk.t("unsent"))
    desk.input.fill("Masih ditulis")
    desk.shoot("lost")
    floor.restart()
    with suppress(TimeoutError):  # it may come back by itself before
        desk.banner.get_by_role("button").click(timeout=2000)
    expect(desk.banner).to_be_hidden()
    expect(desk.log).to_contain_text("Waktu putus")
    expect(desk.story.get_by_text("Waktu putus")).to_have_count(1)
    expect(desk.input).to_have_value("Masih ditulis")
    visitor.hello()
    assert [entry["text"] for entry in visitor.entries() if entry["author"] == "agent"] == ["Sebelum", "Waktu putus"]
    desk.say("Sesudah")
    visitor.until("Sesudah")


def test_a_refused_beginning(floor: Floor, console: Enter) -> None:
    """The database did not answer when the console said hello: it says hello again by itself."""
    floor.visitor("Wulan")
    desk = console()
    refused = refuse_once(desk, "hello")
    desk.page.reload()
    desk.ready().take("Wulan")
    assert len(refused) == 1


def test_a_refused_look(floor: Floor, console: Enter) -> None:
    """Nor did it when a conversation was opened: it is opened soon, the agent needs do nothing."""
    floor.visitor("Wulan")
    desk = console()
    refused = refuse_once(desk, "open")
    desk.page.reload()
    desk.ready().row("Wulan", "queue").click()
    expect(desk.heading("Wulan")).to_be_visible()
    assert len(refused) == 1


def refuse_once(desk: ConsolePage, kind: str) -> list[str]:
    """From the next line on, the first frame of a kind is refused, as when the database does not answer."""
    refused: list[str] = []

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def take(message: str | bytes) -> None:
            frame = json.loads(message)
            if refused or frame["type"] != kind:
                server.send(message)
                return
            refused.append(frame["request"])
            route.send(json.dumps({"type": "error", "request": frame["request"], "code": "unavailable",
                                   "retry_after": 1, "detail": "the database did not answer"}))

        route.on_message(take)

    desk.page.route_web_socket("**/agent/socket", pass_on)
    return refused


@pytest.mark.long
def test_an_answer_that_was_not_stored_survives_a_reload(floor: Floor, console: Enter) -> None:
    """Even when the page is closed while the line is down."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.tolerate(LOST)
    floor.stage.gateway.kill()
    expect(desk.banner).to_be_visible()
    desk.input.fill("Nanti sampai")
    desk.press("Enter")
    floor.restart()
    desk.page.reload()
    expect(desk.log).to_contain_text("Nanti sampai")
    visitor.hello()
    assert [entry["text"] for entry in visitor.entries() if entry["author"] == "agent"] == ["Nanti sampai"]


def test_a_session_that_has_ended(floor: Floor, console: Enter) -> None:
    """The page says so, keeps what was written, and leads to the sign-in."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.input.fill("Belum selesai")
    [session] = [cookie["value"] for cookie in desk.page.context.cookies() if cookie["name"] == "kilat_agent"]
    floor.sign_out(session)
    expect(desk.banner).to_contain_text(desk.t("ended"))
    expect(desk.input).to_have_value("Belum selesai")
    desk.banner.get_by_role("link", name=desk.t("sign_in")).click()
    expect(desk.page.locator("input[name=login]")).to_be_visible()


def test_files_both_ways(floor: Floor, console: Enter) -> None:
    """Pictures are seen, all is saved under its name; what can't be sent is refused with a reason."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    visitor.upload("layar <b>.png", PNG)
    link = desk.log.get_by_role("link", name="layar <b>.png")
    expect(link.locator("img")).to_have_count(1)
    with desk.page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == PNG
    picker = desk.page.locator("input[type=file]")
    picker.set_input_files({"name": "panduan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"})
    desk.press("Enter")
    assert visitor.until("panduan.pdf")["file"]["media_type"] == "application/pdf"
    expect(desk.log.get_by_role("link", name="panduan.pdf")).to_have_count(1)
    picker.set_input_files({"name": "alat.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(desk.toast).to_contain_text(desk.t("error_file_type"))
    desk.tolerate("status 415", "415")
    picker.set_input_files({"name": "palsu.png", "mimeType": "image/png", "buffer": b"<script>alert(1)</script>"})
    expect(desk.waiting).to_have_count(1)
    desk.button("send").click()
    expect(desk.toast).to_contain_text(desk.t("error_file_type"))
    expect(desk.story.get_by_text("palsu.png")).to_have_count(0)


def test_calls(floor: Floor, console: Enter) -> None:
    """A message in a conversation that is not shown: its row, the title."""
    wulan, _ = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan").take("Maya")
    wulan.say("Halo, masih di sana?")
    expect(desk.row("Wulan", "mine")).to_contain_text("Halo, masih di sana?")
    # On a slow machine the agent turns to Maya before what Wulan said first counts as read.
    expect(desk.page).to_have_title(re.compile(rf"^\([1-9]\d*\) {re.escape(desk.t('title'))}$"))
    desk.row("Wulan", "mine").click()
    expect(desk.log).to_contain_text("Halo, masih di sana?")
    expect(desk.page).to_have_title(desk.t("title"))


def test_away(floor: Floor, console: Enter) -> None:
    """The team sees it, and nothing is taken from who is there still."""
    budi, rina = console("Budi"), console("Rina")
    switch = budi.page.get_by_role("switch", name=budi.t("presence_online"))
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(rina.section("team").get_by_role("listitem").filter(has_text="Budi")).to_contain_text(rina.t("presence_away"))
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")


def test_nobody_waits(floor: Floor, console: Enter) -> None:
    """And one more than one's capacity: the console says why nothing happens."""
    desk = console("Tono")
    desk.button("take_next").click()
    expect(desk.toast).to_contain_text(desk.t("nobody_waits"))
    for name in ("Wulan", "Maya", "Fajar", "Rizky"):
        floor.visitor(name, "premier:member:business")
    for taken in range(1, 4):
        desk.wait_until_quiet()
        desk.press("Alt+a")
        expect(desk.section("mine").get_by_role("button")).to_have_count(taken)
    desk.press("Alt+a")
    expect(desk.toast).to_contain_text(desk.t("error_at_capacity"))


def test_by_keyboard_alone(floor: Floor, console: Enter) -> None:
    """Through the queue, take, answer, note, send on, close."""
    first, second = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console()
    expect(desk.row("Maya")).to_be_visible()
    desk.press("j")
    expect(desk.heading("Wulan")).to_be_visible()
    desk.press("Alt+ArrowDown")
    expect(desk.heading("Maya")).to_be_visible()
    desk.press("Alt+ArrowUp")
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.row("Wulan")).to_be_focused()
    desk.wait_until_quiet()
    desk.press("Alt+a")
    expect(desk.input).to_be_focused()
    expect(desk.heading("Wulan")).to_be_visible()
    desk.page.keyboard.type("njkr? bukan tombol")
    desk.press("Control+Enter")
    first.until("njkr? bukan tombol")
    desk.press("Alt+n")
    desk.page.keyboard.type("catatan")
    desk.press("Enter")
    expect(desk.log).to_contain_text("catatan")
    desk.wait_until_quiet()
    desk.press("Alt+a")
    expect(desk.heading("Maya")).to_be_visible()
    expect(desk.input).to_be_focused()
    desk.press("Alt+t")
    expect(desk.dialog.get_by_role("radio", name=desk.t("to_tier", n=1))).to_be_focused()
    desk.press("Escape")
    expect(desk.dialog).to_have_count(0)
    expect(desk.input).to_be_focused()
    desk.press("Alt+c", "Enter")
    expect(desk.page.get_by_text(desk.t("over_closed"))).to_be_visible()
    assert second.entries()[-1]["event"] == "ended"


def test_the_case_on_the_screen_is_taken(floor: Floor, console: Enter) -> None:
    """By its key, though it is another one's turn."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console()
    desk.row("Maya").click()
    expect(desk.heading("Maya")).to_be_visible()
    desk.press("Alt+a")
    expect(desk.input).to_be_focused()
    expect(desk.row("Maya", "mine")).to_be_visible()
    expect(desk.row("Wulan", "queue")).to_be_visible()


def test_single_keys_can_be_switched_off(floor: Floor, console: Enter) -> None:
    """Those with Alt work still."""
    floor.visitor("Wulan")
    desk = console()
    desk.press("?")
    desk.dialog.get_by_role("checkbox", name=desk.t("set_keys")).uncheck()
    desk.press("Escape")
    for key in "nj?":
        desk.press(key)
        desk.wait_until_quiet()
    expect(desk.dialog).to_have_count(0)
    expect(desk.row("Wulan")).to_be_visible()
    desk.take("Wulan")
    desk.press("Alt+c")
    expect(desk.dialog).to_be_visible()


def test_a_sound_for_whoever_waits(floor: Floor, console: Enter) -> None:
    """After a press of a key; none once it is muted."""
    desk = console()
    desk.page.evaluate("""() => {
      window.rung = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (at) { window.rung += 1; return start.call(this, at); };
    }""")
    desk.press("Shift")
    floor.visitor("Wulan")
    desk.until("window.rung >= 2")
    desk.press("?")
    desk.dialog.get_by_role("checkbox", name=desk.t("set_sound")).uncheck()
    before = desk.page.evaluate("window.rung")
    floor.visitor("Maya")
    expect(desk.section("queue").get_by_text("Maya")).to_be_attached()
    assert desk.page.evaluate("window.rung") == before


def test_a_notice_while_nobody_looks(floor: Floor, console: Enter) -> None:
    """Only when it was allowed and the page is hidden; it does not say what was said."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.context.grant_permissions(["notifications"], origin=floor.base)
    desk.button("settings").click()
    desk.dialog.get_by_role("checkbox", name=desk.t("set_notices")).check()
    desk.press("Escape")
    desk.page.evaluate("""() => {
      window.notices = [];
      window.Notification = class { static permission = 'granted';
        constructor(title, options) { window.notices.push([title, options.body]); } };
      Object.defineProperty(document, 'hidden', { get: () => true });
      document.hasFocus = () => false;
    }""")
    visitor.say("rahasia saya")
    desk.until("window.notices.length === 1")
    assert desk.page.evaluate("window.notices") == [[desk.t("alert_message"), "Wulan"]]


def test_every_frame_has_somebody_who_takes_it() -> None:
    """Each type that the gateway sends by itself."""
    frames = json.loads((ROOT / "tests" / "wire" / "console-server.json").read_text(encoding="utf-8"))
    types = {case["frame"]["type"] for case in frames} - {"done", "pong"}
    code = (ROOT / "console" / "client.js").read_text(encoding="utf-8")
    assert "welcome" in types
    assert [type_ for type_ in sorted(types) if f"  on_{type_}(" not in code] == []
