"""Connects an outside desk (`AgentDesk`) with the log: what visitors say goes to the desk, what agents do comes back.
The log itself is the outbox, so nothing is lost while either side is away."""

from bot.workers.desk_sync.runner import DeskSync

__all__ = ["DeskSync"]
