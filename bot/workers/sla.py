"""Takes the SLA steps of cases that `bot.core.sla` says are due: a note to the agents for each, and an entry for the
visitor where it concerns them.

A step is written first and marked as done afterwards. After a crash in between it is written again with the same
`client_id`s, and so stored once.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core import sla
from bot.core.case import CaseState
from bot.core.conversation import Author, Change, Conversation, Destination, Kind, NewEntry, Note
from bot.core.errors import DeskUnavailable, StoreUnavailable
from bot.live.gateway import Gateway
from bot.ports import Alarm, Case
from bot.services.sla_messages import alarm_text, step_text

logger = logging.getLogger(__name__)

# Pause before an account manager's webhook that failed is called again.
RETRY = timedelta(minutes=1)


async def run_due_steps(gateway: Gateway) -> None:
    """Take the due steps of all cases."""
    for case in await asyncio.to_thread(gateway.cases.clocks_due, gateway.now()):
        try:
            await _run_case(gateway, case)
        except StoreUnavailable:
            raise
        except Exception:  # the edge: one case must not hold up all others
            logger.exception("The SLA steps of a case could not be taken.")


async def _run_case(gateway: Gateway, case: Case) -> None:
    now = gateway.now()
    conversation = await asyncio.to_thread(gateway.conversations.get, case.conversation_id)
    taken: list[str] = []
    retry_at: datetime | None = None
    for step in sla.due_steps(case.clocks, case.created_at, now) if conversation else ():
        assert conversation is not None, "else there are no steps"
        try:
            case = await _do_step(gateway, conversation, case, step)
            taken.append(step)
        except DeskUnavailable as error:
            logger.warning("%s", error)
            retry_at = now + RETRY
    known = replace(case.clocks, taken=(*case.clocks.taken, *taken))
    ahead = sla.next_check(known, case.created_at, now) if conversation else None
    next_at = min((at for at in (retry_at, ahead) if at is not None), default=None)
    await asyncio.to_thread(gateway.cases.record_sla_steps, case.id, taken, next_at)


async def _do_step(gateway: Gateway, conversation: Conversation, case: Case, step: str) -> Case:
    """Take one step; returns the case as it is afterwards."""
    name = f"clock:{case.id}:{step}"
    if step == sla.ESCALATED:
        return await _escalate(gateway, conversation, case, name)
    note = Note(step, _facts(case, step), client_id=name)
    if step == sla.TOLD_MANAGER:
        note = replace(note, body={**note.body, "told": await _tell_manager(gateway, conversation, case, name)})
    await gateway.log_writer.write(Change(conversation.id, notes=(note,)))
    heard = sum(alarm(case) for alarm in gateway.on_alarm) if step in sla.ALARM_STEPS else 0
    # A visitor who talks with an agent already is told nothing.
    if step == sla.LATE and case.state is CaseState.QUEUED:
        entry = await _step_entry(gateway, conversation, case, step, name, heard > 0)
        await gateway.log_writer.write(Change(conversation.id, (entry,)))
    return case


async def _escalate(gateway: Gateway, conversation: Conversation, case: Case, name: str) -> Case:
    """Move a waiting case to the top tier's queue, where it keeps its turn; of a taken case, only tell the agents.
    Nothing happens to a case of the top tier."""
    if case.tier >= sla.TOP_TIER and not await asyncio.to_thread(_is_noted, gateway, case, name):
        return case
    tier = sla.TOP_TIER
    note = Note(sla.ESCALATED, {**_facts(case, sla.ESCALATED), "tier": tier}, client_id=name)
    # The log moves the case only while it waits: an agent may have been faster.
    await gateway.log_writer.write(Change(conversation.id, to=Destination(tier), notes=(note,)))
    case = await asyncio.to_thread(_reload, gateway, case)
    if case.state is CaseState.QUEUED and case.tier == tier:
        entry = await _step_entry(gateway, conversation, case, sla.ESCALATED, name)
        await gateway.log_writer.write(Change(conversation.id, (entry,)))
    return case


def _is_noted(gateway: Gateway, case: Case, name: str) -> bool:
    return any(stored.note.client_id == name for stored in gateway.cases.notes(case.conversation_id))


def _reload(gateway: Gateway, case: Case) -> Case:
    known = (one for one in gateway.cases.of_conversation(case.conversation_id) if one.id == case.id)
    return next(known, case)


def _facts(case: Case, step: str) -> dict[str, Any]:
    """What a step's note shows agents, as plain JSON: the tier, and the time that was promised."""
    restores = step in (sla.RESTORE_WARNED, sla.RESTORE_LATE)
    by = case.clocks.resolution_due_at if restores else case.clocks.first_response_due_at
    return {"tier": case.tier, "by": by.isoformat(timespec="seconds") if by else None}


async def _tell_manager(gateway: Gateway, conversation: Conversation, case: Case, name: str) -> bool:
    """Tell the technical account manager; false when no webhook is set. Raises `DeskUnavailable`."""
    if not gateway.managers.can_be_told:
        return False
    words = await asyncio.to_thread(gateway.responder.words, case.language)
    text = alarm_text(case, conversation.identity, words)
    facts = {
        "case": case.number, "tier": case.tier, "priority": case.priority, "question": case.file.get("question"),
        "customer": conversation.identity.subject if conversation.identity else None,
        **_facts(case, sla.TOLD_MANAGER),
    }
    await gateway.managers.tell(Alarm(name, text, facts))
    return True


async def _step_entry(
    gateway: Gateway, conversation: Conversation, case: Case, step: str, name: str, reminded: bool = False
) -> NewEntry:
    words = await asyncio.to_thread(gateway.responder.words, conversation.lang)
    body = {"event": step, "text": step_text(step, case, words, reminded=reminded), "lang": conversation.lang}
    return NewEntry(Author.SYSTEM, Kind.EVENT, body, name)
