"""From the tickets in SQL to the desk where people work on them, and from there back into the conversation.

Each ticket goes by itself: one that fails is tried again later and holds up no other. A desk does the same thing once,
however often it is asked, and a reply carries the desk's own id: so nothing is lost and nothing comes twice, whatever
dies in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone

from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.gateway import Gateway
from bot.ports import Ticket, TicketDesk, Tickets
from bot.workers.backoff import Backoff
from bot.workers.ticket_replies import TicketReplies

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 5.0, 300.0
# Between two looks at the replies, however many webhooks come.
CALM_SECONDS = 1.0
# A round of replies asks for so many tickets; the next one goes on with the others.
MOST_ASKED = 20
DAY = timedelta(days=1)
# So many tickets of one address or one conversation are written about in a day: it may be a stranger's address.
MOST_RECEIPTS = 3
LONGEST_TRANSCRIPT = 10_000


class TicketSync:
    """The worker of one ticket desk. `poll_seconds` is how often replies are asked for; `clock` gives UTC."""

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
        """Until it is cancelled."""
        await asyncio.gather(self._send_for_ever(), self._ask_for_ever())

    def wake(self) -> None:
        """Look at the replies soon."""
        self._news.set()

    async def send(self) -> None:
        """Hand over what the desk does not have yet."""
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
        """Bring the replies of so many tickets (`None`: of all), and go on with the others next time."""
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
        """A verified address is its owner's; any other may be a stranger's, who must not be flooded with our mail."""
        draft = ticket.draft
        verified = draft.identity.email if draft.identity else None
        if verified and verified.lower() == draft.email.lower():
            return True
        return await asyncio.to_thread(self._tickets.earlier, ticket, ticket.created_at - DAY) < MOST_RECEIPTS

    async def _ask(self, ticket: Ticket) -> None:
        assert ticket.ref is not None, "only those that the desk has are followed"
        conversation = await asyncio.to_thread(self._gateway.conversations.get, ticket.draft.conversation_id)
        if conversation is None:
            # A ticket of the REST channel: there is no log to bring replies to.
            await asyncio.to_thread(self._tickets.save_reply_cursor, ticket.number, ticket.cursor, is_over=True)
            return
        replies, cursor, is_over = await self.desk.replies(ticket.ref, ticket.cursor)
        await self._replies.bring(ticket, conversation, replies)
        if is_over or cursor != ticket.cursor:
            await asyncio.to_thread(self._tickets.save_reply_cursor, ticket.number, cursor, is_over=is_over)

    async def _send_for_ever(self) -> None:
        while True:
            await self._safely(self.send())
            await asyncio.sleep(ROUND_SECONDS)

    async def _ask_for_ever(self) -> None:
        while True:
            # Who calls means one ticket, we don't know which: all are asked for.
            most = None if self._news.is_set() else MOST_ASKED
            self._news.clear()
            await self._safely(self.ask(most))
            await asyncio.sleep(CALM_SECONDS)
            try:
                await asyncio.wait_for(self._news.wait(), self._poll_seconds)
            except asyncio.TimeoutError:
                continue

    async def _safely(self, work: Awaitable[None]) -> None:
        try:
            await work
        except StoreUnavailable:
            logger.warning("The store did not answer; the next round tries again.")
        except Exception:  # the edge: the rounds go on
            logger.exception("A round of tickets failed.")
