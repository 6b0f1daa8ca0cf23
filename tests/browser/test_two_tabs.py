"""Tabs of one browser that are opened together, with the real gateway behind them: one conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from server import Server
from widget_page import WidgetPage

from bot.settings import ROOT

NO_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined });"
# Each tab asks for its socket when both are there.
TOGETHER = """Kilat.open()"""
HAS_KEY = "Object.values(localStorage).some((value) => value.includes('kb_'))"


@pytest.mark.parametrize("locks", [True, False])
def test_opened_together(server: Server, someone: Callable[..., BrowserContext], locks: bool) -> None:
    """What is said in either is seen in both, and after a reload. Without locks (plain http) it is the storage that
    tells, so one tab is given a moment's lead: its key comes while the other's hello is under way."""
    context = someone()
    if not locks:
        context.add_init_script(NO_LOCKS)
    base = f"http://127.0.0.1:{server.gateway_port}"
    tabs = [WidgetPage(context.new_page(), base, "id", ROOT / "var" / "screenshots" / "two-tabs") for _ in range(2)]
    held: list[Any] = []
    if not locks:
        def hold(route: Any) -> None:
            line = route.connect_to_server()
            line.on_message(lambda message: held.append((route, message)) if not held else route.send(message))
            route.on_message(line.send)

        tabs[1].page.route_web_socket("**/v1/socket", hold)
    for tab in tabs:
        tab.go("/")
    for tab in tabs:
        tab.page.evaluate(TOGETHER)
    if not locks:
        # The page's policy forbids Playwright's own way of waiting.
        while not (held and tabs[0].page.evaluate(HAS_KEY)):
            tabs[1].page.wait_for_timeout(10)
        held[0][0].send(held[0][1])
    tabs[0].ready().say("halo")
    expect(tabs[1].log).to_contain_text("halo")
    tabs[1].ready().say("terima kasih")
    expect(tabs[0].log).to_contain_text("terima kasih")
    for tab in tabs:
        tab.page.reload()
        expect(tab.log).to_contain_text("terima kasih")
        expect(tab.log).to_contain_text("halo")
