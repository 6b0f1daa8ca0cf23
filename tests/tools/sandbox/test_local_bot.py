"""The event loop of the sandbox, wherever it is asked from."""

from __future__ import annotations

import asyncio

from bot.tools.sandbox.local_bot import run


async def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_one_loop_for_all() -> None:
    """Beside another loop's thread, too, and from a thread while it runs."""
    first = run(_loop())

    async def beside() -> asyncio.AbstractEventLoop:
        return run(_loop())  # type: ignore[no-any-return]

    async def from_a_thread() -> asyncio.AbstractEventLoop:
        return await asyncio.to_thread(lambda: run(_loop()))

    assert asyncio.run(beside()) is first and run(from_a_thread()) is first
