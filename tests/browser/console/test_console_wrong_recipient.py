"""No text reaches another person than it was typed for: whatever is pressed, whatever happens to the case meanwhile."""

from __future__ import annotations

import pytest
from console_page import ConsolePage, Enter
from console_stage import Floor
from playwright.sync_api import expect

SENTENCE = "Thanks, your refund of 49 EUR is booked? jkrn/1234567890"


def expect_nothing_taken(desk: ConsolePage, *waiting: str) -> None:
    """They wait still."""
    for name in waiting:
        expect(desk.row(name, "queue")).to_be_visible()


def test_stray_typing_goes_to_the_open_composer(floor: Floor, console: Enter) -> None:
    """Wherever the focus is, and whoever else waits: it takes nothing, and the customer on the screen gets it whole."""
    wulan, maya = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan")
    places = (desk.story, desk.page.locator("body"), desk.row("Wulan", "mine"), desk.button("close"),
              desk.file.get_by_role("group"), desk.heading("Wulan"))
    for number, place in enumerate(places):
        desk.wait_until_quiet()
        desk.input.evaluate("e => e.blur()")
        place.evaluate("e => e.focus()")
        desk.page.keyboard.type(f"{SENTENCE}-{number}")
        expect(desk.input).to_have_value(f"{SENTENCE}-{number}")
        desk.press("Enter")
        wulan.until(f"{SENTENCE}-{number}")
        expect_nothing_taken(desk, "Maya")
        expect(desk.dialog).to_have_count(0)
    assert maya.heard() == []


def test_stray_typing_goes_nowhere_else(floor: Floor, console: Enter) -> None:
    """A case that is looked at and not one's own: nothing is taken, noted or said."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console()
    desk.row("Wulan").click()
    expect(desk.button("take")).to_be_visible()
    desk.story.focus()
    desk.page.keyboard.type(SENTENCE)
    desk.press("Enter", "Control+Enter")
    expect(desk.note).to_have_value("")
    expect_nothing_taken(desk, "Wulan", "Maya")


def test_a_sentence_at_an_empty_desk(floor: Floor, console: Enter) -> None:
    """Is no shortcut, with whatever letter it begins; a single key alone is."""
    visitors = [floor.visitor("Wulan"), floor.visitor("Maya")]
    desk = console()
    expect(desk.row("Maya")).to_be_visible()
    for text in (SENTENCE, "nanti saya cek", "nn", "j.", "?n"):
        desk.page.keyboard.type(text)
        desk.press("Enter")
        desk.wait_until_quiet()
        expect_nothing_taken(desk, "Wulan", "Maya")
    assert [visitor.heard() for visitor in visitors] == [[], []]
    desk.press("n")
    expect(desk.row("Wulan", "mine")).to_be_visible()


def test_leftover_letters_after_a_key_that_takes(floor: Floor, console: Enter) -> None:
    """The case opens, and what is typed in one go with the key goes nowhere; the cursor comes afterwards."""
    wulan = floor.visitor("Wulan")
    desk = console()
    expect(desk.row("Wulan")).to_be_visible()
    desk.press("Alt+a")
    expect(desk.row("Wulan", "mine")).to_be_visible()
    expect(desk.input).to_be_focused()
    desk.page.keyboard.type("Halo")
    desk.press("Enter")
    wulan.until("Halo")


def test_the_screen_changes_in_mid_sentence(floor: Floor, console: Enter) -> None:
    """By a key: the rest of the sentence goes nowhere, and what was begun stays where it was."""
    wulan, maya = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan").take("Maya")
    desk.page.keyboard.type("Untuk Maya: refu")
    desk.press("Alt+ArrowUp")
    desk.page.keyboard.type("nd 49 EUR")
    desk.press("Enter", "Control+Enter")
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.input).to_have_value("")
    desk.row("Maya", "mine").click()
    expect(desk.input).to_have_value("Untuk Maya: refu")
    assert (wulan.heard(), maya.heard()) == ([], [])


def test_a_click_in_mid_sentence(floor: Floor, console: Enter) -> None:
    """The one hand types, the other clicks: the same."""
    wulan, maya = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan").take("Maya")
    desk.page.keyboard.type("Untuk Maya")
    desk.row("Wulan", "mine").dispatch_event("click")
    for letter in " dan seterusnya":
        desk.page.keyboard.press(letter)
    desk.press("Enter")
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.input).to_have_value("")
    assert (wulan.heard(), maya.heard()) == ([], [])
    expect(desk.input).to_be_focused()
    desk.page.keyboard.type("Untuk Wulan")
    expect(desk.input).to_have_value("Untuk Wulan")


def test_the_next_comes_while_somebody_writes(floor: Floor, console: Enter) -> None:
    """It is in the list; the screen stays where the sentence is."""
    wulan, maya = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Refund Anda ")
    desk.press("Alt+a")
    desk.page.keyboard.type("49 EUR")
    expect(desk.row("Maya", "mine")).to_be_visible()
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.input).to_have_value("Refund Anda 49 EUR")
    desk.press("Enter")
    wulan.until("Refund Anda 49 EUR")
    assert maya.heard() == []


def test_what_reaches_an_old_text_box_late(floor: Floor, console: Enter) -> None:
    """An input method that commits, dictation, undo: each stays with the conversation that it was meant for."""
    wulan, maya = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan").take("Maya")
    desk.input.fill("Untuk Maya")
    desk.input.evaluate("e => { window.old = e; }")
    desk.row("Wulan", "mine").click()
    expect(desk.heading("Wulan")).to_be_visible()
    desk.page.evaluate("""() => {
      window.old.value = 'Untuk Maya: nomor kartu';
      window.old.dispatchEvent(new InputEvent('input', { bubbles: true }));
      window.old.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    }""")
    expect(desk.input).to_have_value("")
    expect(desk.input).to_be_focused()
    desk.press("Control+z", "Control+z", "Enter", "Control+Enter")
    desk.row("Maya", "mine").click()
    expect(desk.input).to_have_value("Untuk Maya: nomor kartu")
    assert (wulan.heard(), maya.heard()) == ([], [])


def test_a_word_that_is_being_composed(floor: Floor, console: Enter) -> None:
    """No key of an input method acts or sends; another conversation gets nothing of it."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan")
    client = desk.page.context.new_cdp_session(desk.page)
    client.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    desk.page.evaluate("""() => {
      for (const key of ['n', 'j', 'Enter']) document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true, cancelable: true }));
    }""")
    expect(desk.input).to_have_value("にほ")
    desk.row("Maya").dispatch_event("click")
    expect(desk.heading("Maya")).to_be_visible()
    expect(desk.note).to_have_value("")
    desk.row("Wulan", "mine").click()
    expect(desk.input).to_have_value("にほ")


def test_a_key_that_is_held_down(floor: Floor, console: Enter) -> None:
    """Enter sends once; a shortcut that takes takes one."""
    wulan = floor.visitor("Wulan")
    for name in ("Maya", "Fajar"):
        floor.visitor(name)
    desk = console().take("Wulan")
    desk.page.keyboard.type("Halo")
    for _ in range(4):
        desk.page.keyboard.down("Enter")
    desk.page.keyboard.up("Enter")
    wulan.until("Halo")
    desk.wait_until_quiet()
    desk.page.keyboard.down("Alt")
    for _ in range(4):
        desk.page.keyboard.down("a")
    desk.page.keyboard.up("a")
    desk.page.keyboard.up("Alt")
    expect(desk.section("mine").get_by_role("button")).to_have_count(2)
    desk.wait_until_quiet()
    expect(desk.section("mine").get_by_role("button")).to_have_count(2)


def test_a_lead_takes_over_in_mid_sentence(floor: Floor, console: Enter) -> None:
    """The draft stays to be read and copied, and is no note; the agent is told by whom; it comes back with the case."""
    wulan = floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina").take("Wulan")
    rina.page.keyboard.type("Refund Anda se")
    budi.page.goto(f"{floor.base}/agent#{wulan.conversation_id}")
    budi.page.reload()
    budi.button("assign").click()
    budi.dialog.get_by_role("radio", name="Rina").wait_for(state="detached")
    budi.dialog.get_by_role("radio", name="Budi").check()
    budi.confirm("assign")
    expect(rina.loss).to_contain_text(rina.t("did_took_over", **{"agent": "Budi", "from": "Rina"}))
    rina.page.keyboard.type("besar 49 EUR sudah masuk")
    rina.press("Enter", "Control+Enter")
    rina.shoot("lost")
    expect(rina.input).to_have_value("Refund Anda se")
    expect(rina.toast).to_contain_text(rina.t("alert_lost_by", by="Budi"))
    rina.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=floor.base)
    rina.loss.get_by_role("button", name=rina.t("copy")).click()
    assert rina.page.evaluate("navigator.clipboard.readText()") == "Refund Anda se"
    assert wulan.heard() == []
    for desk in (budi, rina):
        expect(desk.log).not_to_contain_text("Refund")
        expect(desk.log).to_contain_text(desk.t("did_took_over", **{"agent": "Budi", "from": "Rina"}))
        expect(desk.log).not_to_contain_text("Rina mengalihkan")
    budi.hand_over("transfer", "Rina")
    rina.button("take").click()
    expect(rina.input).to_be_focused()
    expect(rina.input).to_have_value("Refund Anda se")
    rina.page.keyboard.type("gera")
    expect(rina.input).to_have_value("Refund Anda segera")


@pytest.mark.parametrize("how", ["visitor", "other tab", "tier"])
def test_other_ways_to_lose_a_case(floor: Floor, console: Enter, how: str) -> None:
    """The visitor ends it, another tab closes it, its tier changes: the draft stays until the agent throws it away."""
    wulan = floor.visitor("Wulan", "premier:member:business")
    tono = console("Tono").take("Wulan")
    other = ConsolePage(tono.page.context.new_page(), floor.base, "id", tono.pictures)
    other.go(f"#{wulan.conversation_id}")
    tono.page.bring_to_front()
    tono.page.keyboard.type("Sebentar lagi")
    left = "Sebentar lagi"
    if how == "visitor":
        wulan.send("end")
        expect(tono.loss).to_be_visible()
    elif how == "other tab":
        other.button("close").click()
        other.dialog.get_by_role("button", name=other.t("unsent_drop")).click()
        other.confirm("close")
        # What was thrown away there, after a question, is thrown away here, too.
        expect(tono.loss).to_be_visible()
        expect(tono.input).to_have_value("")
        left = ""
    else:
        floor.give(wulan, tier=2)
        kept = tono.page.get_by_role("textbox", name=tono.t("drafts"))
        expect(kept).to_have_value("Sebentar lagi")
        tono.shoot("out-of-scope")
        expect(tono.log).to_be_hidden()
        return
    tono.page.keyboard.type("!!!")
    tono.press("Enter")
    expect(tono.input).to_have_value(left)
    assert wulan.heard() == []


def test_the_sign_of_typing_ends(floor: Floor, console: Enter) -> None:
    """With the last letter that is deleted, and when the agent turns to somebody else."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Maya").take("Wulan")
    frames: list[str] = []
    desk.page.on("websocket", lambda socket: socket.on("framesent", lambda text: frames.append(str(text))))
    desk.page.reload()
    expect(desk.input).to_be_visible()
    expect(desk.heading("Wulan")).to_be_visible()

    def signs() -> list[bool]:
        return ['"on":true' in text for text in frames if '"typing"' in text]

    def wait_for(expected: list[bool]) -> None:
        for _ in range(100):
            if signs() == expected:
                return
            desk.page.wait_for_timeout(50)
        raise AssertionError(signs())

    desk.input.press("a")
    wait_for([True])
    desk.input.press("Backspace")
    wait_for([True, False])
    desk.input.press("b")
    wait_for([True, False, True])
    desk.row("Maya", "mine").click()
    wait_for([True, False, True, False])
