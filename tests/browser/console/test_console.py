"""A case from the queue to its end, at the console and at the visitor's side."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from console_page import ConsolePage, Enter
from console_stage import MEMBER, PASSWORD, Floor
from playwright.sync_api import BrowserContext, expect
from widget_page import EACH_LANGUAGE, WidgetPage


def test_signing_in(floor: Floor, someone: Callable[..., BrowserContext], tmp_path: Path) -> None:
    """Whoever comes without a session is asked who they are; then they are at the console; and out again."""
    page = ConsolePage(someone(locale="id-ID").new_page(), floor.base, "id", tmp_path / "sign-in")
    page.page.goto(f"{floor.base}/agent")
    expect(page.page).to_have_url(re.compile("/agent/login$"))
    page.page.locator("input[name=login]").fill("budi@example.com")
    page.page.locator("input[name=password]").fill(PASSWORD)
    page.page.keyboard.press("Enter")
    page.ready()
    page.press("?")
    page.dialog.get_by_role("button", name=page.t("sign_out")).click()
    expect(page.page).to_have_url(re.compile("/agent/login$"))
    assert page.page.request.get(f"{floor.base}/agent/console/app.js", max_redirects=0).status == 303
    assert page.troubles() == []


@EACH_LANGUAGE
def test_a_whole_case(floor: Floor, console: Enter, someone: Callable[..., BrowserContext], lang: str, tmp_path: Path,
                      ) -> None:
    """Signed in, somebody waits, the next is taken, both talk and see each other type, and it is closed."""
    visitor = WidgetPage(someone().new_page(), floor.base, "id", tmp_path / "visitor")
    visitor.go("/")
    visitor.sign_in("premier_plus_admin")
    visitor.open()
    desk = console("Budi", lang)
    visitor.say("suara kami putus-putus")
    visitor.expect_said("1: suara kami putus-putus")
    visitor.button("talk").click()
    expect(desk.row("Bima")).to_be_visible()
    desk.press("n")
    expect(desk.heading("Bima")).to_be_visible()
    expect(desk.input).to_be_focused()
    visitor.expect_said("Budi")
    expect(desk.log).to_contain_text("suara kami putus-putus")
    expect(desk.file).to_contain_text("bima@example.com")
    expect(desk.file).to_contain_text("Premier+")
    expect(desk.row("Bima", "mine")).to_be_visible()
    desk.page.keyboard.type("Halo")
    expect(visitor.log.locator("xpath=..")).to_contain_text(visitor.t("typing", who=visitor.t("agent", name="Budi")))
    desk.press("Enter")
    visitor.expect_said("Halo")
    visitor.input.press_sequentially("Terima")
    expect(desk.story).to_contain_text(desk.t("typing", who="Bima"))
    visitor.say("Terima kasih")
    expect(desk.log).to_contain_text("Terima kasih")
    desk.press("Alt+c")
    desk.dialog.get_by_role("radio", name=desk.t("reason_solved")).first.check()
    desk.confirm("close")
    expect(visitor.panel.get_by_text(visitor.t("ended"))).to_be_visible()
    expect(desk.row("Bima", "mine")).to_have_count(0)
    expect(desk.page.get_by_text(desk.t("over_closed"))).to_be_visible()
    visitor.leave_nothing_open()


def test_two_agents_one_case(floor: Floor, console: Enter) -> None:
    """Of two who want it one gets it; the other is told, and sees who has it."""
    floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    for desk in (budi, rina):
        desk.row("Wulan").click()
        expect(desk.button("take")).to_be_visible()
    clicks = [desk.button("take").element_handle() for desk in (budi, rina)]
    for click in clicks:
        assert click
        click.evaluate("button => button.click()")
    for desk in (budi, rina):
        expect(desk.row("Wulan", "queue")).to_have_count(0)
    winner, other = ("Budi", rina) if floor.holder("Wulan") == "Budi" else ("Rina", budi)
    expect({"Budi": budi, "Rina": rina}[winner].row("Wulan", "mine")).to_be_visible()
    expect(other.row("Wulan", "mine")).to_have_count(0)
    expect(other.page.get_by_text(other.t("over_other", agent=winner))).to_be_visible()
    expect(other.button("close")).to_have_count(0)


def test_notes_are_for_agents(floor: Floor, console: Enter) -> None:
    """Everybody at the desk reads them, with or without the case; the visitor never does."""
    visitor = floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    budi.take("Wulan")
    budi.write_note("Cek log server jkt-2")
    expect(budi.log.get_by_text(budi.t("note"))).to_be_visible()
    rina.page.goto(f"{floor.base}/agent#{visitor.conversation_id}")
    rina.page.reload()
    expect(rina.log).to_contain_text("Cek log server jkt-2")
    rina.note.fill("Sudah saya lihat juga")
    rina.note.press("Enter")
    expect(budi.log).to_contain_text("Sudah saya lihat juga")
    budi.button("mode_say").click()
    budi.say("Sebentar ya")
    visitor.until("Sebentar ya")
    assert "jkt-2" not in str(visitor.entries()) and "Sudah saya lihat" not in str(visitor.entries())


def test_sent_to_another_tier(floor: Floor, console: Enter) -> None:
    """With a reason, which the next one reads; it waits there again."""
    floor.visitor("Wulan", MEMBER)
    tono, rina = console("Tono"), console("Rina")
    tono.take("Wulan")
    tono.press("Alt+t")
    expect(tono.dialog.get_by_role("radio", name=tono.t("to_tier", n=2))).to_be_checked()
    tono.dialog.get_by_role("textbox").fill("Butuh log server")
    tono.confirm("transfer")
    expect(tono.row("Wulan", "mine")).to_have_count(0)
    expect(tono.row("Wulan")).to_have_count(0)  # not his tier
    rina.take("Wulan")
    expect(rina.log).to_contain_text("Butuh log server")


def test_reserved_for_somebody(floor: Floor, console: Enter) -> None:
    """Sent to an agent, it says so there, and is told."""
    floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    budi.take("Wulan")
    budi.hand_over("transfer", "Rina")
    expect(rina.row("Wulan")).to_contain_text(rina.t("reserved_for_you"))
    expect(rina.toast).to_contain_text(rina.t("alert_reserved_for_you"))
    rina.take("Wulan")


def test_a_lead_gives_it_to_somebody(floor: Floor, console: Enter) -> None:
    """Without having had it; who is no lead has no such button."""
    floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    rina.row("Wulan").click()
    expect(rina.button("take")).to_be_visible()
    expect(rina.button("assign")).to_have_count(0)
    budi.row("Wulan").click()
    budi.hand_over("assign", "Rina")
    expect(rina.row("Wulan", "mine")).to_be_visible()
    expect(rina.input).to_be_visible()


def test_a_note_never_turns_into_an_answer(floor: Floor, console: Enter) -> None:
    """Not even when the case is given to somebody who is just writing one; nor an answer into a note."""
    visitor = floor.visitor("Wulan")
    budi, rina = console("Budi"), console("Rina")
    rina.row("Wulan").click()
    rina.note.press_sequentially("Jangan dibaca ")
    budi.row("Wulan").click()
    budi.hand_over("assign", "Rina")
    expect(rina.row("Wulan", "mine")).to_be_visible()
    expect(rina.button("close")).to_be_visible()
    rina.page.keyboard.type("pengunjung")
    rina.press("Enter")
    expect(rina.log).to_contain_text("Jangan dibaca pengunjung")
    rina.button("mode_say").click()
    rina.input.fill("Sebentar")
    console("Tono")
    expect(budi.section("team").get_by_role("listitem").filter(has_text="Tono")).to_contain_text(
        budi.t("presence_online"))
    budi.hand_over("assign", "Tono")
    expect(rina.page.get_by_text(rina.t("over_other", agent="Tono"))).to_be_visible()
    rina.page.keyboard.type(" ya")
    rina.press("Enter", "Control+Enter")
    expect(rina.input).to_have_value("Sebentar")
    expect(rina.log).not_to_contain_text("Sebentar")
    assert not [entry for entry in visitor.entries() if entry["author"] == "agent"]


def test_back_to_the_bot(floor: Floor, console: Enter) -> None:
    """The bot has the word again, and the agent sees that."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.button("give_back").click()
    expect(desk.dialog).to_contain_text(desk.t("give_back_sure"))
    desk.confirm("give_back")
    expect(desk.page.get_by_text(desk.t("over_bot"))).to_be_visible()
    visitor.say("halo lagi")
    visitor.until(": halo lagi")
    expect(desk.log).to_contain_text("halo lagi")


def test_a_ticket(floor: Floor, console: Enter) -> None:
    """Filled in from the case; what is wrong is said at the field; the visitor gets the number."""
    visitor = floor.visitor("Wulan", incident="p2")
    desk = console().take("Wulan")
    desk.button("ticket").click()
    subject = desk.dialog.get_by_label(desk.t("field_subject"))
    email = desk.dialog.get_by_label(desk.t("field_email"))
    expect(subject).to_have_value("Rapat kami putus sejak pagi")
    expect(email).to_have_value("sari@example.com")
    expect(desk.dialog.get_by_label(desk.t("field_priority"))).to_have_value("p2")
    email.fill("bukan alamat")
    desk.dialog.get_by_role("button", name=desk.t("ticket_send")).click()
    expect(email).to_be_focused()
    expect(desk.dialog).to_contain_text(desk.t("form_wrong"))
    email.fill("wulan@example.com")
    desk.confirm("ticket_send")
    visitor.until("KLT-")
    expect(desk.row("Wulan", "mine")).to_have_count(0)
