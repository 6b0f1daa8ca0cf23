"""What the services need from outside, in our own words."""

from bot.ports.bot import Bot, BotReply, BotTurn
from bot.ports.conversations import Conversations, Files, StoredFile
from bot.ports.desk import AgentDesk, DeskEvent, DeskNews, TicketDesk, TicketReply
from bot.ports.facts import FactsStore
from bot.ports.queue import AgentAccount, Agents, Case, CaseFile, Cases, Queue, QueuePlace, Staffing, StoredNote
from bot.ports.tickets import Ticket, TicketDraft, Tickets

__all__ = [
    "AgentAccount",
    "AgentDesk",
    "Agents",
    "Bot",
    "BotReply",
    "BotTurn",
    "Case",
    "CaseFile",
    "Cases",
    "Conversations",
    "DeskEvent",
    "DeskNews",
    "FactsStore",
    "Files",
    "Queue",
    "QueuePlace",
    "Staffing",
    "StoredFile",
    "StoredNote",
    "Ticket",
    "TicketDesk",
    "TicketDraft",
    "TicketReply",
    "Tickets",
]
