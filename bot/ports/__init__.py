"""The ports: the interfaces through which services use stores, desks and the bot."""

from bot.core.effects import CaseFile, TicketDraft
from bot.core.routing import Staffing
from bot.ports.account_managers import AccountManagers, Alarm
from bot.ports.audit import Action, Audit, AuditEntry, AuditEvent, AuditQuery
from bot.ports.bot import Bot, BotReply, BotTurn
from bot.ports.conversations import Conversations, Files, StoredFile
from bot.ports.desk import (
    AgentDesk,
    DeskEvent,
    DeskLink,
    DeskLinks,
    DeskNews,
    Memory,
    ReplyFile,
    TicketDesk,
    TicketReply,
)
from bot.ports.facts import FactsStore
from bot.ports.queue import AgentAccount, Agents, Case, Cases, Queue, QueuePlace, StoredNote
from bot.ports.tickets import Receipt, Ticket, TicketExport, Tickets

__all__ = [
    "AccountManagers", "Action", "AgentAccount", "AgentDesk", "Agents", "Alarm", "Audit", "AuditEntry", "AuditEvent",
    "AuditQuery", "Bot", "BotReply", "BotTurn", "Case", "CaseFile", "Cases", "Conversations", "DeskEvent", "DeskLink",
    "DeskLinks", "DeskNews", "FactsStore", "Files", "Memory", "Queue", "QueuePlace", "Receipt", "ReplyFile",
    "Staffing", "StoredFile", "StoredNote", "Ticket", "TicketDesk", "TicketDraft", "TicketExport", "TicketReply",
    "Tickets",
]
