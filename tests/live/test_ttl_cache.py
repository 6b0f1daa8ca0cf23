"""What many ask for at the same moment is found out once."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.errors import StoreUnavailable
from bot.live.ttl_cache import MOST, SECONDS, TtlCache


class Finder:
    """Says which time it is that it was asked; fails while `down`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False
        self.time = 0.0

    def find(self, key: str) -> str:
        """See `TtlCache`."""
        self.asked.append(key)
        if self.down:
            raise StoreUnavailable("locked")
        return f"{key}{len(self.asked)}"


def test_once_a_second_for_each() -> None:
    """All who ask at once get the same; later it is found anew."""

    async def main() -> None:
        finder = Finder()
        briefly = TtlCache(finder.find, lambda: finder.time)
        assert await asyncio.gather(*(briefly.get("a") for _ in range(5))) == ["a1"] * 5
        assert await briefly.get("b") == "b2"
        finder.time = SECONDS
        assert await briefly.get("a") == "a3"
        assert finder.asked == ["a", "b", "a"]

    asyncio.run(main())


def test_a_fault_is_not_kept() -> None:
    """Those who wait get it; the next one tries again."""

    async def main() -> None:
        finder = Finder()
        finder.down = True
        briefly = TtlCache(finder.find, lambda: finder.time)
        with pytest.raises(StoreUnavailable):
            await briefly.get("a")
        finder.down = False
        assert await briefly.get("a") == "a2"

    asyncio.run(main())


def test_who_leaves_takes_nothing_from_others() -> None:
    """One who asks is cancelled; another gets it all the same. And not everything is kept for ever."""

    async def main() -> None:
        finder = Finder()
        briefly = TtlCache(finder.find, lambda: finder.time)
        leaving, staying = (asyncio.create_task(briefly.get("a")) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == "a1"
        for number in range(MOST):
            await briefly.get(str(number))
        assert (await briefly.get("a")) == f"a{MOST + 2}"

    asyncio.run(main())
