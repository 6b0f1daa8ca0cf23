"""The gateway in this process, without sockets, console, desks and mail. It runs only while `run` does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.bootstrap import App
from bot.live.frames import Limits
from bot.live.gateway import Gateway
from bot.ports import Bot
from bot.tools.sandbox.local_bot import run, wait_for_threads
from bot.workers.timeouts import run_timeouts


@contextmanager
def in_process_gateway(app: App, bot: Bot) -> Iterator[Gateway]:
    """The gateway of `app` with `bot` behind it."""
    limits = Limits(app.settings.max_message_length, frozenset(app.wording.topics))
    gateway = Gateway(app.settings, limits, app.conversations, app.cases, app.cases, app.files, app.responder, bot,
                      app.managers, app.feedback_store, app.feedback_recorder, app.eraser, app.now)
    loops = run(_begin(gateway))
    try:
        yield gateway
    finally:
        for loop in loops:
            loop.cancel()
        run(asyncio.gather(*loops, return_exceptions=True))
        wait_for_threads()


async def _begin(gateway: Gateway) -> list[asyncio.Task[None]]:
    workers = (gateway.log_writer.run(), gateway.dispatcher.watch(), run_timeouts(gateway))
    return [asyncio.create_task(worker) for worker in workers]


def pause(seconds: float) -> None:
    """Wait, while the gateway runs."""
    run(asyncio.sleep(seconds))
