"""The worker that ties an outside desk (`AgentDesk`) to the log: what visitors say goes there, what agents do comes
back. The log itself is the outbox, so nothing is lost when either side is away."""

from bot.workers.desk_sync.runner import DeskSync

__all__ = ["DeskSync"]
