"""Kilat's user, and the agents, who are the members of the team's room."""

from __future__ import annotations

import asyncio

from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused

MEMBERS_SECONDS = 30.0


class Team:
    """The members of the room `address` (id or alias), which Kilat's user joins."""

    def __init__(self, client: MatrixClient, address: str) -> None:
        self._client = client
        self._address = address
        self._me = ""
        self._room = ""
        self._members: dict[str, str] = {}
        self._counted_at = 0.0

    async def me(self) -> str:
        """The id of Kilat's user."""
        if not self._me:
            self._me = str((await self._client.get("account", "whoami"))["user_id"])
        return self._me

    async def room(self) -> str:
        """The id of the team's room; joins it at the first call."""
        if not self._room:
            joined = await self._client.post("join", self._address, body={})
            self._room = str(joined["room_id"])
        return self._room

    async def agents(self, *, now: bool = False) -> dict[str, str]:
        """The agents' names by user id, cached for `MEMBERS_SECONDS` unless `now`."""
        time = asyncio.get_running_loop().time()
        if now or not self._members or time - self._counted_at > MEMBERS_SECONDS:
            told = await self._client.get("rooms", await self.room(), "joined_members")
            me = await self.me()
            self._members = {
                user: str((about or {}).get("display_name") or user[1:].partition(":")[0])
                for user, about in told["joined"].items() if user != me}
            self._counted_at = time
        return self._members

    async def online(self) -> int | None:
        """The number of agents online; `None` when the server keeps no presence: Kilat itself then seems offline."""
        try:
            if await self._presence(await self.me()) == "offline":
                return None
            states = [await self._presence(member) for member in await self.agents()]
        except MatrixRefused:
            return None
        return sum(state != "offline" for state in states)

    async def _presence(self, user: str) -> str:
        return str((await self._client.get("presence", user, "status")).get("presence"))
