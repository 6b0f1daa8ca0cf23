"""What was meant for colleagues never goes to the customer: no note becomes an answer, whoever gets the case."""

from __future__ import annotations

from console_page import ConsolePage, Enter
from console_stage import Floor, Visitor
from playwright.sync_api import expect


def assign(floor: Floor, lead: ConsolePage, visitor: Visitor, name: str) -> None:
    """A lead gives the case to somebody."""
    lead.page.goto(f"{floor.base}/agent#{visitor.conversation_id}")
    lead.page.reload()
    lead.hand_over("assign", name)


def test_a_note_that_waits_for_its_words(floor: Floor, console: Enter) -> None:
    """Who was about to write a note, and looked at another case first, writes a note still."""
    wulan = floor.visitor("Wulan")
    floor.visitor("Maya")
    desk = console().take("Maya").take("Wulan")
    desk.press("Alt+n")
    expect(desk.note).to_be_focused()
    desk.row("Maya", "mine").click()
    expect(desk.input).to_be_focused()
    desk.row("Wulan", "mine").click()
    expect(desk.note).to_be_focused()
    desk.page.keyboard.type("Pelanggan ini sulit")
    desk.press("Enter")
    expect(desk.log).to_contain_text("Pelanggan ini sulit")
    assert wulan.heard() == []


def test_a_note_that_was_begun_before_the_case_came(floor: Floor, console: Enter) -> None:
    """A lead gives the case to who was writing a note, and has the cursor elsewhere: it goes on as a note."""
    wulan = floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    rina.row("Wulan").click()
    rina.note.fill("Pelanggan ini")
    rina.story.focus()
    assign(floor, budi, wulan, "Rina")
    expect(rina.button("close")).to_be_visible()
    rina.wait_until_quiet()
    rina.page.keyboard.type(" sulit")
    expect(rina.note).to_have_value("Pelanggan ini sulit")
    rina.press("Enter")
    expect(rina.log).to_contain_text("Pelanggan ini sulit")
    assert wulan.heard() == []


def test_the_case_comes_in_mid_sentence(floor: Floor, console: Enter) -> None:
    """What was typed to nobody before does not go on as an answer."""
    wulan = floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    rina.row("Wulan").click()
    expect(rina.button("take")).to_be_visible()
    rina.story.focus()
    budi.row("Wulan").click()
    budi.button("assign").click()
    budi.dialog.get_by_role("radio", name="Rina").check()
    rina.page.keyboard.type("Kepada bos: ")
    budi.confirm("assign")
    for _ in range(200):
        if rina.button("close").is_visible():
            break
        rina.page.keyboard.press("x")
    rina.page.keyboard.type("pelanggan ini sulit")
    rina.press("Enter")
    expect(rina.input).to_have_value("")
    rina.wait_until_quiet()
    rina.page.keyboard.type("Halo")
    expect(rina.input).to_have_value("Halo")
    assert wulan.heard() == []
