"""What was begun or sent is not lost on the way: two tabs, a full storage, files under way, answers with a gap."""

from __future__ import annotations

import json

import pytest
from console_page import PICTURE, ConsolePage, Enter
from console_stage import Floor
from playwright.sync_api import Route, WebSocketRoute, expect


def hold_uploads(desk: ConsolePage) -> list[Route]:
    """Files that are sent from now on wait here."""
    held: list[Route] = []
    desk.page.route("**/agent/files?*", lambda route: held.append(route))
    return held


def send_picture(desk: ConsolePage, held: list[Route]) -> None:
    """It is on its way, and is not stored."""
    desk.copy(png=PICTURE)
    desk.input.focus()
    desk.press("Control+v")
    expect(desk.waiting).to_have_count(1)
    desk.press("Enter")
    expect(desk.waiting).to_have_count(0)
    expect(desk.story.get_by_role("progressbar")).to_have_count(1)
    while not held:
        desk.page.wait_for_timeout(20)


def test_a_gap_is_not_sent(floor: Floor, console: Enter) -> None:
    """The customer reads no "{number}": the gap is selected, and Enter sends what it was replaced by."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("/")
    desk.page.get_by_role("combobox").fill("tiket sudah dibuat")
    desk.press("Enter")
    expect(desk.input).to_be_focused()
    desk.press("End", "Enter")
    expect(desk.toast).to_contain_text("{number}")
    assert wulan.heard() == []
    desk.page.keyboard.type("KLT-000009")
    desk.press("Enter")
    assert "KLT-000009" in wulan.until("KLT-")["text"]
    desk.say("Isi {apa saja} di sana")


def test_two_tabs_write_one_draft(floor: Floor, console: Enter) -> None:
    """What is written in the one is seen in the other, and once it is sent it can't be sent again there."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    other = ConsolePage(desk.page.context.new_page(), desk.base, "id", desk.pictures).go()
    desk.page.keyboard.type("Refund Anda")
    expect(other.input).to_have_value("Refund Anda")
    other.input.focus()
    other.press("End")
    other.page.keyboard.type(" sudah masuk")
    expect(desk.input).to_have_value("Refund Anda sudah masuk")
    desk.press("Enter")
    wulan.until("Refund Anda sudah masuk")
    expect(other.input).to_have_value("")
    other.press("Enter")
    other.say("Sekali saja")
    assert wulan.heard() == ["Refund Anda sudah masuk", "Sekali saja"]


def test_a_storage_that_is_full(floor: Floor, console: Enter) -> None:
    """What could not be stored is not replaced by what was stored before."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Maya").take("Wulan")
    desk.input.fill("Lama")
    desk.page.evaluate("""() => {
      Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };
    }""")
    desk.input.fill("Baru")
    desk.row("Maya", "mine").click()
    expect(desk.heading("Maya")).to_be_visible()
    desk.row("Wulan", "mine").click()
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.input).to_have_value("Baru")


def test_what_was_sent_arrives_before_the_end(floor: Floor, console: Enter) -> None:
    """A file that takes its time is no reason to lose it: the case is closed after it."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    held = hold_uploads(desk)
    send_picture(desk, held)
    desk.input.fill("Sampai jumpa")
    desk.press("Enter")
    desk.button("close").click()
    desk.dialog.get_by_role("button", name=desk.t("close"), exact=True).click()
    desk.wait_until_quiet()
    held.pop().continue_()
    expect(desk.dialog).to_have_count(0)
    expect(desk.row("Wulan", "mine")).to_have_count(0)
    entries = wulan.entries()
    assert [entry["text"] for entry in entries if entry["author"] == "agent"] == ["image.png", "Sampai jumpa"]
    assert entries[-1]["event"] == "ended"


@pytest.mark.long
def test_a_step_does_not_wait_for_a_lost_line(floor: Floor, console: Enter) -> None:
    """What was sent is not stored, so the case is not closed, then or later: the dialog says so."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.tolerate(r"WebSocket|ERR_|status 50")
    floor.stage.gateway.kill()
    expect(desk.banner).to_be_visible()
    desk.input.fill("Sebentar lagi")
    desk.press("Enter")
    desk.button("close").click()
    desk.dialog.get_by_role("button", name=desk.t("close"), exact=True).click()
    expect(desk.dialog).to_contain_text(desk.t("error_lost"))
    desk.dialog.get_by_role("button", name=desk.t("cancel")).click()
    floor.restart()
    expect(desk.log).to_contain_text("Sebentar lagi")
    desk.say("Masih di sini")
    wulan.hello()
    assert wulan.heard() == ["Sebentar lagi", "Masih di sini"]


def test_a_file_whose_case_was_lost_on_the_way(floor: Floor, console: Enter) -> None:
    """It waits again, with the answer that can be copied, and goes to nobody."""
    wulan = floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina").take("Wulan")
    rina.tolerate("status 403", "403")
    held = hold_uploads(rina)
    send_picture(rina, held)
    budi.page.goto(f"{floor.base}/agent#{wulan.conversation_id}")
    budi.page.reload()
    budi.hand_over("assign", "Budi")
    held.pop().continue_()
    expect(rina.waiting).to_have_count(1)
    expect(rina.loss).to_contain_text(rina.t("lost_kept"))
    assert wulan.heard() == []


def test_leaving_with_a_file_on_its_way_asks(floor: Floor, console: Enter) -> None:
    """The browser asks, as for files that wait."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    asks = """() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"""
    assert not desk.page.evaluate(asks)
    held = hold_uploads(desk)
    send_picture(desk, held)
    assert desk.page.evaluate(asks)
    held.pop().continue_()
    expect(desk.log).to_contain_text("image.png")
    assert not desk.page.evaluate(asks)


@pytest.mark.parametrize(("step", "name"), [("ticket", "description"), ("transfer", "reason")])
def test_escape_throws_away_no_form(floor: Floor, console: Enter, step: str, name: str) -> None:
    """What was typed there stays until it is cancelled; and nothing of it is offered for the next customer."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.button(step).click()
    desk.press("Escape")
    expect(desk.dialog).to_have_count(0)
    desk.button(step).click()
    field = desk.dialog.locator(f"[name={name}]")
    field.fill("Sudah dicoba semuanya")
    desk.press("Escape")
    expect(desk.dialog).to_contain_text(desk.t("typed_kept"))
    desk.press("Escape")
    expect(field).to_have_value("Sudah dicoba semuanya")
    fields = desk.dialog.locator("input:not([type=radio]), textarea, select")
    assert fields.evaluate_all("all => all.map((each) => each.autocomplete)") == ["off"] * fields.count()
    desk.dialog.get_by_role("button", name=desk.t("cancel")).click()
    expect(desk.dialog).to_have_count(0)


def test_the_next_comes_when_the_agent_has_turned_elsewhere(floor: Floor, console: Enter) -> None:
    """A slow line: the case that is taken then is in the list, and the screen stays."""
    for name in ("Wulan", "Maya", "Fajar"):
        floor.visitor(name)
    desk = console()
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    wanted: list[str] = []

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def ask(message: str | bytes) -> None:
            frame = json.loads(message)
            wanted.extend([frame["request"]] if frame["type"] == "next" else [])
            server.send(message)

        def answer(message: str | bytes) -> None:
            if json.loads(message).get("request") in wanted:
                held.append((route, message))
            else:
                route.send(message)

        route.on_message(ask)
        server.on_message(answer)

    desk.page.route_web_socket("**/agent/socket", pass_on)
    desk.page.reload()
    desk.ready().take("Maya")
    desk.wait_until_quiet()
    desk.button("take_next").click()
    expect(desk.row("Wulan", "mine")).to_be_visible()
    desk.row("Fajar").click()
    expect(desk.heading("Fajar")).to_be_visible()
    while not held:
        desk.page.wait_for_timeout(20)
    route, message = held.pop()
    route.send(message)
    expect(desk.toast).to_contain_text(desk.t("taken_beside"))
    expect(desk.heading("Fajar")).to_be_visible()


@pytest.mark.long
def test_the_case_goes_while_the_line_is_down(floor: Floor, console: Enter) -> None:
    """What was sent meanwhile reaches nobody: it comes back to be copied, once, also with two tabs open."""
    wulan = floor.visitor("Wulan")
    rina = console("Rina").take("Wulan")
    other = ConsolePage(rina.page.context.new_page(), rina.base, "id", rina.pictures).go()
    for page in (rina, other):
        page.tolerate(r"WebSocket|ERR_|status 50")
    floor.stage.gateway.kill()
    expect(rina.banner).to_be_visible()
    rina.input.fill("Refund Anda 49 EUR")
    rina.press("Enter")
    expect(rina.input).to_have_value("")
    floor.give(wulan, tier=1)
    floor.restart()
    other.page.reload()
    for page in (rina, other):
        expect(page.loss).to_contain_text(page.t("lost_kept"))
        expect(page.input).to_have_value("Refund Anda 49 EUR")
    wulan.hello()
    assert wulan.heard() == []
