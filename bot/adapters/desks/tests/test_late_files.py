"""Files whose upload comes late, or never."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.adapters.desks.http_calls import CallRefused
from bot.adapters.desks.late_files import PATIENT_SECONDS, LateFiles
from bot.core.errors import DeskUnavailable


@pytest.mark.parametrize("error", [None, DeskUnavailable("away"), CallRefused("odd", 500)])
def test_a_file_is_waited_for_a_while(error: DeskUnavailable | None) -> None:
    """An unreachable store counts as a missing file, so that the case goes on after a while."""
    now = [0.0]
    files = LateFiles(lambda: now[0])

    async def asked() -> bytes | None:
        if error:
            raise error
        return None

    async def there() -> bytes | None:
        return b"%PDF"

    async def have(one: Callable[[], Awaitable[bytes | None]]) -> bytes:
        return await files.fetch("a1", one())

    for now[0] in (0.0, PATIENT_SECONDS / 2):
        with pytest.raises(DeskUnavailable):
            asyncio.run(have(asked))
    assert asyncio.run(have(there)) == b"%PDF"
    for now[0] in (1000.0, 1000.0 + PATIENT_SECONDS / 2):
        with pytest.raises(DeskUnavailable):
            asyncio.run(have(asked))
    now[0] += PATIENT_SECONDS
    assert asyncio.run(have(asked)) == b""
