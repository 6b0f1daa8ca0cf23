"""Checks which conversations an agent may see. Every frame and every request that opens one comes through here."""

from __future__ import annotations

import logging

from bot.core.case_access import may_see
from bot.live.frames import FrameError
from bot.ports import AgentAccount, Case, Cases

logger = logging.getLogger(__name__)


def reach(cases: Cases, account: AgentAccount, conversation_id: str) -> list[Case]:
    """The cases of a conversation, the newest first, for an agent who may see the newest one. Raises `FrameError`
    (`unknown` without a case, `not_allowed` for one out of the agent's scope) and `StoreUnavailable`."""
    found = cases.of_conversation(conversation_id)
    if not found:
        raise FrameError("unknown", "there is no such conversation with a case")
    if not may_see(account, found[0]):
        raise not_allowed(account, "the case is of another tier or language")
    return found


def not_allowed(account: AgentAccount, why: str) -> FrameError:
    """The error for a step that the agent may not take; logs who tried."""
    logger.warning("Agent %s was refused: %s.", account.id, why)
    return FrameError("not_allowed", why)
