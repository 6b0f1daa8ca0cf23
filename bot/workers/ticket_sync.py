"""Hands tickets over from SQL to the ticket desk, and brings replies from there into the conversation.

A ticket that fails is retried later and holds up no other. A desk opens a ticket once, however often it is asked, and a
reply carries the desk's own id: so a crash loses nothing and repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial

from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.gateway import Gateway
from bot.live.rounds import attempt, repeat
from bot.ports import Ticket, TicketDesk, Tickets
from bot.workers.backoff import Backoff
from bot.workers.ticket_replies import TicketReplies

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 5.0, 300.0
# Least pause between two rounds of replies, however many webhooks come.
CALM_SECONDS = 1.0
# Tickets whose replies one round reads; the next round reads the others'.
MOST_ASKED = 20
DAY = timedelta(days=1)
# Receipts a day to one unverified address or from one conversation: the address may be a stranger's.
MOST_RECEIPTS = 3
LONGEST_TRANSCRIPT = 10_000


class TicketSync:
    """The worker of one ticket desk. Replies are read every `poll_seconds`; `clock` gives UTC."""

    def __init__(
        self, gateway: Gateway, tickets: Tickets, desk: TicketDesk, poll_seconds: float,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.desk = desk
        self._gateway = gateway
        self._tickets = tickets
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._sending = Backoff(RETRY_SECONDS, LONGEST_RETRY_SECONDS)
        self._asking = Backoff(RETRY_SECONDS, LONGEST_RETRY_SECONDS)
        self._replies = TicketReplies(gateway, desk)
        self._asked = ""
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Run until cancelled."""
        send = repeat(self.send, ROUND_SECONDS, "hand tickets over")
        await asyncio.gather(send, self._ask_for_ever())

    def wake(self) -> None:
        """Read the replies on all tickets soon."""
        self._news.set()

    async def send(self) -> None:
        """Hand over the tickets that the desk does not have yet."""
        for ticket in await asyncio.to_thread(self._tickets.unsent):
            if self._sending.is_due(ticket.number):
                try:
                    await self._send(ticket)
                    self._sending.went_well(ticket.number)
                except StoreUnavailable:
                    raise
                except DeskUnavailable as error:
                    wait = self._sending.failed(ticket.number, error.retry_after)
                    logger.warning("%s can't be handed over, again in %.0f s: %s", ticket.number, wait, error)
                except Exception:  # the edge: the others go on
                    self._sending.failed(ticket.number)
                    logger.exception("%s can't be handed over.", ticket.number)

    async def ask(self, most: int | None = MOST_ASKED) -> None:
        """Bring the replies on the next `most` tickets (`None`: on all)."""
        followed = [t for t in await asyncio.to_thread(self._tickets.followed) if self._asking.is_due(t.number)]
        turn = [t for t in followed if t.number > self._asked] + [t for t in followed if t.number <= self._asked]
        for ticket in turn[:most]:
            self._asked = ticket.number
            try:
                await self._ask(ticket)
                self._asking.went_well(ticket.number)
            except StoreUnavailable:
                raise
            except DeskUnavailable as error:
                self._asking.failed(ticket.number, error.retry_after)
                logger.warning("The replies on %s can't be read: %s", ticket.number, error)
                if error.retry_after:
                    return
            except Exception:  # the edge: the others go on
                self._asking.failed(ticket.number)
                logger.exception("The replies on %s can't be read.", ticket.number)

    async def _send(self, ticket: Ticket) -> None:
        gateway, draft = self._gateway, ticket.draft
        cases = await asyncio.to_thread(gateway.cases.of_conversation, draft.conversation_id)
        entries = await asyncio.to_thread(
            gateway.conversations.entries, draft.conversation_id, limit=LONGEST_TRANSCRIPT)
        ticket_export = await asyncio.to_thread(
            gateway.responder.ticket_export, ticket, entries, cases[0] if cases else None,
            may_write=await self._may_write(ticket), is_new=self._clock() - ticket.created_at < DAY)
        if not await asyncio.to_thread(self._tickets.is_there, ticket.number):
            return
        ref = await self.desk.open_ticket(ticket, ticket_export)
        if not await asyncio.to_thread(self._tickets.sent, ticket.number, ref):
            logger.warning("%s was handed over as %s while it was erased here; delete it at the desk %s.",
                           ticket.number, ref, self.desk.name)

    async def _may_write(self, ticket: Ticket) -> bool:
        """True when the desk may mail the ticket's address: it is verified, or few receipts went to it lately."""
        draft = ticket.draft
        verified = draft.identity.email if draft.identity else None
        if verified and verified.lower() == draft.email.lower():
            return True
        return await asyncio.to_thread(self._tickets.earlier, ticket, ticket.created_at - DAY) < MOST_RECEIPTS

    async def _ask(self, ticket: Ticket) -> None:
        assert ticket.ref is not None, "only tickets that the desk has are followed"
        conversation = await asyncio.to_thread(self._gateway.conversations.get, ticket.draft.conversation_id)
        if conversation is None:
            # A ticket from the REST channel has no log that could take replies.
            await asyncio.to_thread(self._tickets.save_reply_cursor, ticket.number, ticket.cursor, is_over=True)
            return
        replies, cursor, is_over = await self.desk.replies(ticket.ref, ticket.cursor)
        await self._replies.bring(ticket, conversation, replies)
        if is_over or cursor != ticket.cursor:
            await asyncio.to_thread(self._tickets.save_reply_cursor, ticket.number, cursor, is_over=is_over)

    async def _ask_for_ever(self) -> None:
        while True:
            # A webhook does not say for which ticket it came, so all are read.
            most = None if self._news.is_set() else MOST_ASKED
            self._news.clear()
            await attempt(partial(self.ask, most), "read the replies on tickets")
            await asyncio.sleep(CALM_SECONDS)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._poll_seconds)
