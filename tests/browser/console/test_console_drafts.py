"""What an agent has begun to write: it outlives its tab, is asked about before it is lost, and is nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from console_page import PICTURE, ConsolePage, Enter
from console_stage import Floor, cookie
from playwright.sync_api import BrowserContext, expect


def beside(desk: ConsolePage, fragment: str = "") -> ConsolePage:
    """Another tab of the same browser."""
    other = ConsolePage(desk.page.context.new_page(), desk.base, "id", desk.pictures)
    return other.go(fragment)


def hold_line(desk: ConsolePage) -> Callable[[], None]:
    """The line is down for this browser alone, until what this gives is called."""
    desk.page.context.set_offline(True)
    desk.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(desk.banner).to_be_visible()
    return lambda: desk.page.context.set_offline(False)


def test_it_outlives_its_tab(floor: Floor, console: Enter) -> None:
    """The tab is closed, another one opens: the case is open again with what was begun."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Maya").take("Wulan")
    desk.page.keyboard.type("Belum selesai")
    other = beside(desk)
    desk.page.close()
    expect(other.heading("Wulan")).to_be_visible()
    expect(other.input).to_have_value("Belum selesai")
    other.input.focus()
    other.press("Enter")
    expect(other.log).to_contain_text("Belum selesai")
    again = beside(other)
    expect(again.heading("Wulan")).to_be_visible()
    expect(again.input).to_have_value("")
    desk.page = again.page


def test_after_a_new_sign_in(floor: Floor, console: Enter) -> None:
    """The session was over: the open case is open again, with the draft; but not for somebody else."""
    visitor = floor.visitor("Wulan")
    desk = console("Rina").take("Wulan")
    desk.page.keyboard.type("Belum selesai")
    context = desk.page.context
    [session] = [each["value"] for each in context.cookies() if each["name"] == "kilat_agent"]
    floor.sign_out(session)
    expect(desk.banner).to_contain_text(desk.t("ended"))
    context.add_cookies([cookie(floor.session("Budi"))])
    desk.go()
    expect(desk.page.get_by_text(desk.t("empty"))).to_be_visible()
    desk.page.goto(f"{floor.base}/agent#{visitor.conversation_id}")
    desk.page.reload()
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.note).to_have_value("")
    expect(desk.page.locator("body")).not_to_contain_text("Belum selesai")
    context.add_cookies([cookie(floor.session("Rina"))])
    desk.go()
    expect(desk.heading("Wulan")).to_be_visible()
    expect(desk.input).to_have_value("Belum selesai")


@pytest.mark.parametrize("step", [
    "close", "transfer", *(pytest.param(step, marks=pytest.mark.long) for step in ("give_back", "ticket"))])
def test_what_ends_a_case_asks(floor: Floor, console: Enter, step: str) -> None:
    """With an answer, a note or a picture that is not sent: back is where Enter leads; gone on, the draft is gone."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Belum terkirim")
    desk.copy(png=PICTURE)
    desk.press("Control+v")
    expect(desk.waiting).to_have_count(1)
    desk.button(step).click()
    expect(desk.dialog).to_contain_text("Belum terkirim")
    expect(desk.dialog).to_contain_text("image.png")
    desk.shoot("asked")
    desk.press("Enter")
    expect(desk.dialog).to_have_count(0)
    expect(desk.input).to_have_value("Belum terkirim")
    desk.button(step).click()
    desk.dialog.get_by_role("button", name=desk.t("unsent_drop")).click()
    name = "ticket_send" if step == "ticket" else step
    expect(desk.dialog.get_by_role("button", name=desk.t(name), exact=True)).to_be_visible()
    expect(desk.input).to_have_value("Belum terkirim")
    desk.confirm(name)
    expect(desk.row("Wulan", "mine")).to_have_count(0)
    expect(desk.input).to_have_count(0)
    assert desk.page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':draft:'))") == []


def test_signing_out_asks_and_leaves_nothing(floor: Floor, console: Enter) -> None:
    """Nothing of what was typed stays in the browser."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Rahasia pelanggan")
    desk.button("settings").click()
    desk.dialog.get_by_role("button", name=desk.t("sign_out")).click()
    expect(desk.dialog.last).to_contain_text("Rahasia pelanggan")
    desk.press("Enter")
    expect(desk.dialog).to_have_count(1)
    desk.dialog.get_by_role("button", name=desk.t("sign_out")).click()
    desk.dialog.get_by_role("button", name=desk.t("unsent_drop")).click()
    expect(desk.page.locator("input[name=login]")).to_be_visible()
    assert "Rahasia" not in desk.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")


def test_of_a_case_that_somebody_else_has(floor: Floor, console: Enter, someone: Callable[..., BrowserContext]) -> None:
    """It stands in a list of its own, until it is thrown away."""
    wulan = floor.visitor("Wulan")
    floor.visitor("Maya")
    budi, rina = console("Budi"), console("Rina").take("Wulan")
    rina.page.keyboard.type("Refund Anda")
    rina.wait_until_quiet()
    rina.row("Maya").click()
    expect(rina.heading("Maya")).to_be_visible()
    budi.page.goto(f"{floor.base}/agent#{wulan.conversation_id}")
    budi.page.reload()
    budi.hand_over("assign", "Budi")
    rina.row("Wulan", "drafts").click()
    expect(rina.input).to_have_value("Refund Anda")
    expect(rina.loss).to_be_visible()
    rina.loss.get_by_role("button", name=rina.t("discard")).click()
    expect(rina.note).to_have_value("")
    rina.row("Maya").click()
    expect(rina.row("Wulan", "drafts")).to_have_count(0)


def test_an_old_draft_is_forgotten(floor: Floor, console: Enter) -> None:
    """After a week, whoever wrote it."""
    desk = console()
    desk.page.evaluate("""() => {
      localStorage.setItem('kilat-console:draft:x:c_1', JSON.stringify({ say: 'lama', at: Date.now() - 8 * 86400000 }));
      localStorage.setItem('kilat-console:draft:x:c_2', 'nonsense');
    }""")
    desk.page.reload()
    desk.ready()
    assert desk.page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':draft:x'))") == []


@pytest.mark.long
def test_another_agent_signs_in_in_another_tab(floor: Floor, console: Enter) -> None:
    """The page of the one before shows and sends nothing of theirs any more."""
    wulan = floor.visitor("Wulan")
    desk = console("Rina").take("Wulan")
    desk.tolerate(r"WebSocket|ERR_|status 50")
    desk.page.keyboard.type("Punya Rina")
    desk.page.context.add_cookies([cookie(floor.session("Budi"))])
    floor.stage.gateway.kill()
    expect(desk.banner).to_be_visible()
    desk.press("Enter")
    floor.restart()
    expect(desk.note).to_have_value("")
    expect(desk.page.locator("body")).not_to_contain_text("Punya Rina")
    wulan.hello()
    assert "Punya Rina" not in str(wulan.entries())


def test_of_a_conversation_that_is_deleted(floor: Floor, console: Enter) -> None:
    """By its visitor, in mid-sentence: what was being written can be copied, and nothing of it stays in the browser."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Refund Anda")
    answer = floor.http.delete(f"{floor.base}/v1/conversation", headers=wulan.headers)
    assert answer.is_success, answer.text
    floor.visitors.remove(wulan)
    kept = desk.page.get_by_role("textbox", name=desk.t("drafts"))
    expect(kept).to_have_value("Refund Anda")
    expect(desk.page.get_by_text(desk.t("gone_erased"))).to_be_visible()
    desk.page.keyboard.type(" 49 EUR")
    desk.press("Enter")
    expect(kept).to_have_value("Refund Anda")
    assert "Refund" not in desk.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")


def test_of_a_conversation_that_is_deleted_while_the_line_is_down(floor: Floor, console: Enter) -> None:
    """What was sent meanwhile can be copied, too, and does not stay in the browser as a draft."""
    wulan = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.tolerate(r"WebSocket|ERR_|status 50")
    go_on = hold_line(desk)
    desk.input.fill("Refund Anda 49 EUR")
    desk.press("Enter")
    expect(desk.story).to_contain_text(desk.t("unsent"))
    answer = floor.http.delete(f"{floor.base}/v1/conversation", headers=wulan.headers)
    assert answer.is_success, answer.text
    floor.visitors.remove(wulan)
    go_on()
    expect(desk.page.get_by_role("textbox", name=desk.t("drafts"))).to_have_value("Refund Anda 49 EUR")
    expect(desk.section("drafts")).to_have_count(0)
    desk.until("!JSON.stringify({ ...localStorage }).includes('Refund')")
