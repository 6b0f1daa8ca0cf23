"""Nothing is done to another customer than the agent means, whatever changes under a dialog, drag or held key."""

from __future__ import annotations

import pytest
from console_page import PICTURE, PNG, ConsolePage, Enter
from console_stage import MEMBER, Floor, Visitor
from playwright.sync_api import expect

_FILE = {"name": "tagihan.png", "mimeType": "image/png", "buffer": PNG}
# Files, a text or a link that come over an element and are let go there: which of the two events the page prevents.
_DRAG = """(element, [kinds, types]) => kinds.map((kind) => {
  const data = new DataTransfer();
  if (types.includes('Files')) data.items.add(new File(['%PDF-1.4'], 'tagihan.pdf', { type: 'application/pdf' }));
  for (const type of types.filter((each) => each !== 'Files')) data.setData(type, 'https://example.com/');
  return !element.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
})"""


def both(floor: Floor, console: Enter) -> tuple[ConsolePage, Visitor, Visitor]:
    """An agent who has two cases, with the second one on the screen."""
    wulan, maya = floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Maya").take("Wulan")
    desk.wait_until_quiet()
    return desk, wulan, maya


def test_files_that_were_chosen_for_another(floor: Floor, console: Enter) -> None:
    """The screen changes while the chooser is open: they wait where they were meant to go, and are not sent here."""
    desk, wulan, maya = both(floor, console)
    with desk.page.expect_file_chooser() as chooser:
        desk.button("attach").click()
    desk.row("Maya", "mine").click()
    expect(desk.heading("Maya")).to_be_visible()
    chooser.value.set_files([_FILE])
    expect(desk.waiting).to_have_count(0)
    desk.press("Control+Enter")
    desk.row("Wulan", "mine").click()
    expect(desk.waiting).to_have_count(1)
    assert (wulan.heard(), maya.heard()) == ([], [])
    desk.wait_until_quiet()
    desk.button("send").click()
    wulan.until("tagihan.png")


def test_a_drag_that_began_elsewhere(floor: Floor, console: Enter) -> None:
    """Files and texts that came over one conversation are not let go in another one."""
    desk, _, _ = both(floor, console)
    main = desk.page.get_by_role("main")
    for types in (["Files"], ["text/plain"]):
        desk.row("Wulan", "mine").click()
        expect(desk.heading("Wulan")).to_be_visible()
        main.evaluate(_DRAG, [["dragenter", "dragover"], types])
        desk.row("Maya", "mine").click()
        expect(desk.heading("Maya")).to_be_visible()
        assert desk.input.evaluate(_DRAG, [["dragover", "drop"], types]) == [True, True]
        expect(desk.waiting).to_have_count(0)
        assert desk.input.evaluate(_DRAG, [["dragenter", "dragover"], types])[1] is (types == ["Files"])
        desk.input.evaluate(_DRAG, [["dragend"], types])


@pytest.mark.parametrize("types", [["Files"], ["text/uri-list"]], ids=["file", "link"])
def test_what_is_dropped_beside_opens_nothing(floor: Floor, console: Enter, types: list[str]) -> None:
    """In the lists, the case file, a dialog: the console stays, and takes nothing."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    places = [desk.section("mine"), desk.file, desk.page.locator("body")]
    desk.button("transfer").click()
    for place in (*places, desk.dialog):
        assert place.evaluate(_DRAG, [["dragenter", "dragover", "drop"], types])[1:] == [True, True]
    desk.press("Escape")
    expect(desk.waiting).to_have_count(0)


def test_the_screen_stays_under_a_dialog(floor: Floor, console: Enter) -> None:
    """What is confirmed is done to who is seen and named there, whatever calls for the screen meanwhile."""
    desk, wulan, maya = both(floor, console)
    desk.press("Alt+c")
    expect(desk.dialog.get_by_role("heading")).to_contain_text("Wulan · KLC-")
    desk.row("Maya", "mine").dispatch_event("click")
    expect(desk.heading("Maya")).to_have_count(0)
    desk.shoot("named")
    desk.confirm("close")
    expect(desk.row("Wulan", "mine")).to_have_count(0)
    expect(desk.row("Maya", "mine")).to_be_visible()
    assert "ended" not in str(maya.entries()) and "ended" in str(wulan.entries())


@pytest.mark.parametrize("step", [
    "close", "transfer", *(pytest.param(step, marks=pytest.mark.long) for step in ("give_back", "ticket"))])
def test_a_key_that_is_held_confirms_nothing(floor: Floor, console: Enter, step: str) -> None:
    """Enter opens the dialog, and does not go on to its button."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.wait_until_quiet()
    desk.button(step).focus()
    for _ in range(5):
        desk.page.keyboard.down("Enter")
    desk.page.keyboard.up("Enter")
    expect(desk.dialog).to_have_count(1)
    desk.dialog.get_by_role("button", name=desk.t("cancel")).click()
    expect(desk.row("Wulan", "mine")).to_be_visible()
    desk.say("Masih di sini")
    wulan.until("Masih di sini")


def test_a_sentence_confirms_nothing(floor: Floor, console: Enter) -> None:
    """Alt+C was meant for Ctrl+C: the answer that is typed then, with its Enter, ends no conversation."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.wait_until_quiet()
    desk.press("Alt+c")
    expect(desk.dialog).to_have_count(1)
    desk.page.keyboard.type("Terima kasih")
    desk.press("Enter")
    desk.wait_until_quiet()
    expect(desk.dialog).to_have_count(1)
    desk.press("Escape")
    desk.say("Masih di sini")
    wulan.until("Masih di sini")


def test_a_case_that_somebody_took_meanwhile(floor: Floor, console: Enter) -> None:
    """A lead who gives away what was waiting takes it from nobody unseen."""
    floor.visitor("Wulan")
    budi, rina, _tono = console("Budi"), console("Rina"), console("Tono")
    budi.row("Wulan").click()
    expect(budi.section("team").get_by_role("listitem").filter(has_text="Tono")).to_contain_text(
        budi.t("presence_online"))
    budi.button("assign").click()
    budi.dialog.get_by_role("radio", name="Tono").check()
    rina.take("Wulan")
    expect(budi.section("queue").get_by_role("button")).to_have_count(0)
    budi.dialog.get_by_role("button", name=budi.t("assign"), exact=True).click()
    expect(budi.dialog).to_contain_text(budi.t("error_taken"))
    assert floor.holder("Wulan") == "Rina"


def test_shortcuts_are_the_letters_on_the_keys(floor: Floor, console: Enter) -> None:
    """Dvorak and AZERTY have them elsewhere; where the layout has no Latin letters, the place counts."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")

    def press(key: str, code: str) -> None:
        desk.page.evaluate("""([key, code]) => document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key, code, altKey: true, bubbles: true, cancelable: true }))""", [key, code])

    press("b", "KeyN")
    expect(desk.input).to_be_visible()
    press("n", "KeyL")
    expect(desk.note).to_be_visible()
    press("т", "KeyN")
    expect(desk.input).to_be_visible()


def test_a_picture_of_another_conversation_hides_none(floor: Floor, console: Enter) -> None:
    """Its conversation is deleted: what waits in the one on the screen is still to be seen."""
    desk, wulan, _ = both(floor, console)
    for name in ("Wulan", "Maya"):
        desk.row(name, "mine").click()
        expect(desk.heading(name)).to_be_visible()
        desk.copy(png=PICTURE)
        desk.input.focus()
        desk.press("Control+v")
        expect(desk.waiting).to_have_count(1)
    answer = floor.http.delete(f"{floor.base}/v1/conversation", headers=wulan.headers)
    assert answer.is_success, answer.text
    floor.visitors.remove(wulan)
    expect(desk.row("Wulan", "mine")).to_have_count(0)
    expect(desk.waiting).to_have_count(1)


def test_a_case_leaves_the_screen_while_its_agent_thinks(floor: Floor, console: Enter) -> None:
    """The next letter takes nobody: no single key acts there, however slowly it is typed."""
    wulan = floor.visitor("Wulan", MEMBER)
    maya = floor.visitor("Maya", MEMBER)
    tono = console("Tono").take("Wulan")
    tono.page.keyboard.type("Baik, sebe")
    floor.give(wulan, tier=2)
    expect(tono.page.get_by_role("textbox", name=tono.t("drafts"))).to_have_value("Baik, sebe")
    tono.wait_until_quiet()
    for letter in "nj":
        tono.press(letter)
        tono.wait_until_quiet()
    expect(tono.section("mine").get_by_role("button")).to_have_count(0)
    expect(tono.row("Maya")).to_be_visible()
    expect(tono.heading("Maya")).to_have_count(0)
    assert maya.heard() == []


def test_nobody_writes_blindly(floor: Floor, console: Enter) -> None:
    """Zoomed to 400 %: what is typed beside the box brings the box to the screen."""
    floor.visitor("Wulan")
    desk = console(viewport={"width": 320, "height": 256}).take("Wulan")
    desk.wait_until_quiet()
    desk.heading("Wulan").focus()
    desk.page.keyboard.type("Halo")
    expect(desk.input).to_have_value("Halo")
    expect(desk.input).to_be_in_viewport(ratio=1)
    desk.shoot("typed")


def test_enter_that_opens_the_answers_chooses_none(floor: Floor, console: Enter) -> None:
    """Held a little long, it puts no answer into the box."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.wait_until_quiet()
    desk.button("canned").focus()
    for _ in range(4):
        desk.page.keyboard.down("Enter")
    desk.page.keyboard.up("Enter")
    expect(desk.page.get_by_role("combobox")).to_be_focused()
    expect(desk.input).to_have_value("")
