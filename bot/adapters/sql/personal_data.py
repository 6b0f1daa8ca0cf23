"""Finds a person's conversations and tickets in SQL, and exports their rows.

A typed address proves nothing: a conversation of another customer who had signed in stays that customer's, and one that
holds the address in a sentence counts as a mention only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql.case_rows import number_of
from bot.adapters.sql.data_classification import OWNED_BY, Holds, columns
from bot.adapters.sql.email_search import in_small, is_this, lower, mentioned, typed
from bot.adapters.sql.engine import snapshot
from bot.adapters.sql.tables import cases, conversation_keys, conversations, desk_links, metadata, notes, tickets
from bot.adapters.sql.tickets import number_of as ticket_number
from bot.core.sla import TOLD_MANAGER
from bot.ports.personal_data import DataSubject, ExternalCopy, Personal, PersonalRecords

TICKET_DESK, MANAGER = "tickets", "manager"


class SqlPersonal(Personal):
    """`Personal` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, whose: DataSubject, *, with_mentions: bool = False) -> PersonalRecords:
        with snapshot(self._engine) as connection:
            theirs, known = _named(connection, whose), _addresses(connection, whose)
            theirs -= _of_others(connection, whose)
            given, said = set[str](), set[str]()
            for address in known:
                given |= typed(connection, address)
                said |= mentioned(connection, address)
            others = {name for name, _ in _owners(connection, given)} - theirs
            theirs |= given - others
            said = (said | others) - theirs
            if with_mentions:
                theirs, said = theirs | said, set()
            numbers = _tickets(connection, whose, theirs, known)
            return PersonalRecords(
                tuple(sorted(theirs)), tuple(sorted(numbers)), _rows(connection, theirs, numbers),
                tuple(_outside(connection, theirs, numbers)), tuple(sorted(said)))

    def export(self, holdings: PersonalRecords) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        with snapshot(self._engine) as connection:
            found: dict[str, Sequence[Mapping[str, Any]]] = {}
            for name in OWNED_BY:
                table = metadata.tables[name]
                shown = [table.c[column] for column in columns(name, Holds.ABOUT, Holds.PERSON)]
                query = select(*shown).where(_its(name, holdings.conversations, holdings.tickets))
                found[name] = [dict(row) for row in connection.execute(query.order_by(*table.primary_key)).mappings()]
            return found


def _named(connection: Connection, whose: DataSubject) -> set[str]:
    """The conversations that an identity, a key or a number of `whose` names."""
    its = conversations.c
    queries = []
    if whose.subject is not None:
        queries += _of_subjects({whose.subject})
    if whose.email is not None:
        queries += _of_subjects(_subjects(connection, whose.email))
        queries.append(select(its.id).where(is_this(its.claims["email"], whose.email)))
    if whose.key_hash is not None:
        key = conversation_keys.c
        queries.append(select(key.conversation).where(key.key_hash == whose.key_hash))
    if whose.conversation_id is not None:
        queries += [select(its.id).where(its.id == whose.conversation_id),
                    select(cases.c.conversation).where(cases.c.conversation == whose.conversation_id),
                    select(tickets.c.conversation).where(tickets.c.conversation == whose.conversation_id)]
    if whose.case is not None:
        queries.append(select(cases.c.conversation).where(cases.c.id == whose.case))
    return {name for query in queries for name in connection.execute(query).scalars()}


def _of_subjects(subjects: Iterable[str]) -> list[Any]:
    """Queries for the conversations of customers. Those of the REST channel are in cases and tickets only."""
    those = sorted(subjects)
    return [
        select(conversations.c.id).where(conversations.c.subject.in_(those)),
        select(cases.c.conversation).where(cases.c.file[("identity", "subject")].as_string().in_(those)),
        select(tickets.c.conversation).where(tickets.c.claims["subject"].as_string().in_(those))]


def _subjects(connection: Connection, email: str) -> set[str]:
    """The subjects of identity tokens with this address."""
    queries = (
        select(conversations.c.subject).where(is_this(conversations.c.claims["email"], email)),
        select(cases.c.file[("identity", "subject")].as_string()).where(
            is_this(cases.c.file[("identity", "email")], email)),
        select(tickets.c.claims["subject"].as_string()).where(is_this(tickets.c.claims["email"], email)))
    return {found for query in queries for found in connection.execute(query).scalars() if found}


def _addresses(connection: Connection, whose: DataSubject) -> set[str]:
    """The address that is given, and those in the identity tokens of the same customers."""
    given, owners = set[str](), set[str]()
    if whose.email is not None:
        given, owners = {in_small(whose.email)}, _subjects(connection, whose.email)
    subjects = sorted(owners if whose.subject is None else owners | {whose.subject})
    queries = (
        select(conversations.c.claims["email"].as_string()).where(conversations.c.subject.in_(subjects)),
        select(cases.c.file[("identity", "email")].as_string()).where(
            cases.c.file[("identity", "subject")].as_string().in_(subjects)),
        select(tickets.c.claims["email"].as_string()).where(tickets.c.claims["subject"].as_string().in_(subjects)))
    return given | {in_small(found) for query in queries for found in connection.execute(query).scalars() if found}


def _of_others(connection: Connection, whose: DataSubject) -> set[str]:
    """The given conversation, if it belongs to another customer only: clients of the REST channel choose the ids of
    their conversations, so two may have the same."""
    if whose.subject is None or whose.conversation_id is None:
        return set()
    owners = set(_owners(connection, {whose.conversation_id}))
    return {whose.conversation_id} if owners and (whose.conversation_id, whose.subject) not in owners else set()


def _owners(connection: Connection, these: set[str]) -> Iterator[tuple[str, str]]:
    """(conversation id, subject) of these conversations, for each customer who had signed in."""
    for conversation_id, subject in (
        (conversations.c.id, conversations.c.subject),
        (cases.c.conversation, cases.c.file[("identity", "subject")].as_string()),
        (tickets.c.conversation, tickets.c.claims["subject"].as_string()),
    ):
        query = select(conversation_id, subject).where(conversation_id.in_(sorted(these)), subject.is_not(None))
        yield from (tuple(row) for row in connection.execute(query))


def _tickets(connection: Connection, whose: DataSubject, theirs: set[str], known: set[str]) -> set[int]:
    """The ids of tickets of their conversations, and of all tickets with their addresses."""
    mine = [tickets.c.conversation.in_(sorted(theirs)), lower(tickets.c.email).in_(sorted(known))]
    if whose.ticket is not None:
        mine.append(tickets.c.id == whose.ticket)
    return set(connection.execute(select(tickets.c.id).where(or_(*mine))).scalars())


def _rows(connection: Connection, theirs: set[str], numbers: set[int]) -> dict[str, int]:
    counts = {
        name: connection.execute(
            select(func.count()).select_from(metadata.tables[name]).where(_its(name, theirs, numbers))).scalar_one()
        for name in OWNED_BY}
    return {name: count for name, count in counts.items() if count}


def _its(name: str, theirs: Iterable[str], numbers: Iterable[int]) -> Any:
    table = metadata.tables[name]
    return table.c.id.in_(sorted(numbers)) if table is tickets else table.c[OWNED_BY[name]].in_(sorted(theirs))


def _outside(connection: Connection, theirs: set[str], numbers: set[int]) -> Iterable[ExternalCopy]:
    links = select(desk_links).where(desk_links.c.conversation.in_(sorted(theirs)), desk_links.c.ref != "")
    for row in connection.execute(links.order_by(desk_links.c.case_id)).mappings():
        yield ExternalCopy(row["desk"], row["ref"], number_of(row["case_id"]))
    sent = select(tickets.c.id, tickets.c.ref).where(tickets.c.id.in_(sorted(numbers)), tickets.c.ref.is_not(None))
    for id_, ref in connection.execute(sent.order_by(tickets.c.id)):
        yield ExternalCopy(TICKET_DESK, ref, ticket_number(id_))
    told = select(notes.c.case_id).where(
        notes.c.conversation.in_(sorted(theirs)), notes.c.kind == TOLD_MANAGER, notes.c.body["told"].as_boolean())
    for case_id in connection.execute(told.order_by(notes.c.case_id)).scalars():
        yield ExternalCopy(MANAGER, "", number_of(case_id))
