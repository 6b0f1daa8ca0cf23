"""Telling a technical account manager, against a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.adapters import account_manager_webhook
from bot.adapters.account_manager_webhook import AccountManagerWebhook
from bot.core.errors import DeskUnavailable
from bot.ports import Alarm

ALARM = Alarm("clock:1:told_manager", "Kasus KLC-000001 terlambat", {"case": "KLC-000001", "tier": 2})
SECRET = "hooks/s3cret"


def tell(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
    """Tell them where a server answers so."""

    async def run() -> None:
        app = web.Application()
        app.router.add_post(f"/{SECRET}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        try:
            await AccountManagerWebhook(f"http://127.0.0.1:{port}/{SECRET}").tell(ALARM)
        finally:
            await runner.cleanup()

    asyncio.run(run())


def test_what_they_get() -> None:
    """The words and the fields as JSON, and a header by which a repetition is known."""
    got: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        got.append((await request.json(), request.headers["Idempotency-Key"]))
        return web.Response(status=204)

    tell(answer)
    assert got == [({"text": ALARM.text, "case": "KLC-000001", "tier": 2}, ALARM.id)]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_refused(status: int) -> None:
    """Nothing but 2xx counts; the address, which may be a secret, stands in no error."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    with pytest.raises(DeskUnavailable, match=str(status)) as refusal:
        tell(answer)
    assert SECRET not in str(refusal.value)


def test_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waited for a while, then told again later."""
    monkeypatch.setattr(account_manager_webhook, "TIMEOUT", account_manager_webhook.aiohttp.ClientTimeout(total=0.1))

    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response()

    with pytest.raises(DeskUnavailable):
        tell(answer)


def test_nobody_there() -> None:
    """The port answers nobody: no cause is shown, for it would name the address."""
    with pytest.raises(DeskUnavailable) as refusal:
        asyncio.run(AccountManagerWebhook(f"http://127.0.0.1:9/{SECRET}").tell(ALARM))
    assert SECRET not in str(refusal.value) and refusal.value.__cause__ is None


def test_no_address() -> None:
    """Then nobody can be told."""
    assert AccountManagerWebhook(None).can_be_told is False
    assert AccountManagerWebhook("http://127.0.0.1/x").can_be_told is True
