"""The one composition root: settings in, services out. Nothing is opened at import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from bot.adapters.account_manager_webhook import AccountManagerWebhook
from bot.adapters.anonymizer import read_anonymizer
from bot.adapters.file_store import FolderFiles
from bot.adapters.knowledge import read_facts
from bot.adapters.learning_runs import FolderRuns
from bot.adapters.sql.agent_sessions import SqlAgentSessions
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.desk_links import SqlDeskLinks, SqlMemory
from bot.adapters.sql.effects import SqlEffects
from bot.adapters.sql.engine import now_in_milliseconds, open_engine
from bot.adapters.sql.erasures import SqlErasures
from bot.adapters.sql.facts import SqlFacts
from bot.adapters.sql.feedback import SqlFeedback
from bot.adapters.sql.insights import SqlHistory
from bot.adapters.sql.migrate import migrate
from bot.adapters.sql.personal_data import SqlPersonal
from bot.adapters.sql.second_factor import SqlSecondFactor
from bot.adapters.sql.tickets import SqlTickets
from bot.adapters.wording_reader import read_wording
from bot.core.answer import Bubble
from bot.core.effects import Effect
from bot.core.facts import Facts
from bot.ports import AccountManagers, Conversations, DeskLinks, FactsStore, Files, Memory, QueuePlace, Tickets
from bot.ports.insights import Records, RetainedFigures
from bot.services.dialogue.manager import DialogueManager
from bot.services.effect_messages import effect_bubble
from bot.services.erasure import Eraser
from bot.services.feedback_recorder import FeedbackRecorder
from bot.services.insights import tally
from bot.services.local_responder import LocalResponder
from bot.services.retention import Retention
from bot.services.wording import Wording
from bot.settings import Settings

# Several processes that start at once seed in turn.
SEEDING_PATIENCE_SECONDS = 30.0
# Within the state folder: what `kilat learn` makes.
LEARN = "learn"


@dataclass(frozen=True)
class App:
    """The services and adapters for entry points."""

    settings: Settings
    facts: FactsStore
    cases: SqlCases
    tickets: Tickets
    wording: Wording
    conversations: Conversations
    files: Files
    agents: SqlAgents
    agent_sessions: SqlAgentSessions
    second_factor: SqlSecondFactor
    audit: SqlAudit
    history: SqlHistory
    links: DeskLinks
    memory: Memory
    managers: AccountManagers
    feedback_store: SqlFeedback
    feedback_recorder: FeedbackRecorder
    personal: SqlPersonal
    eraser: Eraser
    now: Callable[[], datetime] = now_in_milliseconds

    @property
    def dialogue_manager(self) -> DialogueManager:
        """Answers turns."""
        return DialogueManager(self.wording, self.cases, self.settings.community_url)

    def retention(self, *, has_desk: bool) -> Retention:
        """Deletes what is too old; `has_desk`: tickets go on to a ticket desk."""
        return Retention(self.settings.keep, self.eraser, self.feedback_store, self.audit, self.now, has_desk=has_desk)

    @property
    def responder(self) -> LocalResponder:
        """Answers buttons, forms and files, which need no understanding."""
        community, sign_in, privacy = self.settings.community_url, self.settings.sign_in_url, self.settings.privacy_url
        return LocalResponder(self.dialogue_manager, self.wording, self.facts, community, sign_in, privacy)


def build(
    settings: Settings, now: Callable[[], datetime] = now_in_milliseconds, *, wording: Wording | None = None,
    facts: FactsStore | None = None,
) -> App:
    """Join the services with their adapters. `now` gives the time in UTC; `wording` and `facts` are those of the
    settings, unless others are given."""
    engine = open_engine(settings.database_url)
    agent_sessions = SqlAgentSessions(engine, now=now)
    facts, wording = facts or SqlFacts(engine), wording or read_wording(settings.data)
    cases, tickets = SqlCases(engine, now, settings.desk_hours), SqlTickets(engine)

    def announce(effect: Effect, result: QueuePlace | str | None) -> Bubble:
        return effect_bubble(effect, result, wording.words(facts.load(), effect.language))

    patience = timedelta(seconds=settings.queue_patience_seconds)
    return App(
        settings, facts, cases, tickets, wording,
        SqlConversations(engine, patience, now, SqlEffects(cases, tickets, announce)),
        FolderFiles(settings.state / "files"), SqlAgents(engine, now, timedelta(seconds=settings.absent_seconds)),
        agent_sessions, SqlSecondFactor(engine, settings.internal_secret, agent_sessions.failed, now),
        SqlAudit(engine, now), SqlHistory(engine), SqlDeskLinks(engine), SqlMemory(engine),
        AccountManagerWebhook(settings.tam_webhook), SqlFeedback(engine),
        FeedbackRecorder(read_anonymizer(settings.data), settings.doubt_margin, settings.keep.feedback != 0),
        *_eraser(settings, engine, now), now,
    )


# The application of this process: one at most.
_apps: list[App] = []


def app() -> App:
    """The application of this process: the one that was given to `use`, else built from the environment."""
    if not _apps:
        use(build(Settings.from_environment()))
    return _apps[0]


def use(built: App) -> None:
    """Make `built` the application of this process."""
    _apps[:] = [built]


def seed(settings: Settings) -> Facts:
    """Migrate the database, load the facts and their names into it, and return them. Safe when called concurrently."""
    facts = read_facts(settings.data)
    engine = open_engine(settings.database_url, SEEDING_PATIENCE_SECONDS)
    try:
        migrate(engine)
        SqlFacts(engine).save(facts)
    finally:
        engine.dispose()
    return facts


def _eraser(settings: Settings, engine: Engine, now: Callable[[], datetime]) -> tuple[SqlPersonal, Eraser]:
    """Finds a person's data, and erases it: rows, files, and runs of `kilat learn`."""
    zone = ZoneInfo(settings.desk_hours.zone)

    def kept(records: Records, at: datetime) -> tuple[RetainedFigures, ...]:
        return tally(records, at, lambda then: then.astimezone(zone).date())

    erasures = SqlErasures(engine, kept, now)
    runs = FolderRuns(settings.state / LEARN)
    return SqlPersonal(engine), Eraser(erasures, FolderFiles(settings.state / "files"), runs, now)


def open_personal(settings: Settings) -> tuple[SqlPersonal, Eraser, SqlAudit]:
    """Finds, erases and records personal data, for the shell."""
    engine = _migrated(settings)
    return *_eraser(settings, engine, now_in_milliseconds), SqlAudit(engine)


def open_agents(settings: Settings) -> SqlAgents:
    """The accounts of agents, for the shell."""
    return SqlAgents(_migrated(settings))


def open_second_factor(settings: Settings) -> SqlSecondFactor:
    """The second factor of agents, for the shell."""
    engine = _migrated(settings)
    return SqlSecondFactor(engine, settings.internal_secret, SqlAgentSessions(engine).failed)


def open_feedback(settings: Settings) -> SqlFeedback:
    """The stored feedback, for learning."""
    return SqlFeedback(_migrated(settings))


def _migrated(settings: Settings) -> Engine:
    engine = open_engine(settings.database_url, SEEDING_PATIENCE_SECONDS)
    migrate(engine)
    return engine
