"""The sandbox: visitors and agents in this process, on a database that is deleted at the end.

Nothing that is tried in it reaches the configured database, a desk, a ticket desk, or mail. With `is_real` the visitor
talks to the configured database instead, over the REST channel: what is opened there is worked on by real people.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from weakref import WeakSet

from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.bootstrap import seed
from bot.core.errors import ConfigurationError
from bot.live.gateway import Gateway
from bot.settings import Settings
from bot.tools.sandbox.in_process_gateway import in_process_gateway
from bot.tools.sandbox.local_bot import LocalBot
from bot.tools.sandbox.recorded_app import RecordedApp, build_recorded
from bot.tools.sandbox.trace import Recorder
from bot.tools.sandbox.visitors import RestVisitor, SandboxDesk, SandboxVisitor, WidgetVisitor
from bot.tools.scenarios.scenario import REST

# One shell, test or script sends more than any visitor.
MANY = 1_000_000
# Of an identity token: a day of work.
LIFETIME_SECONDS = 24 * 3600


class Sandbox:
    """One sandbox. `open_sandbox` makes it."""

    def __init__(self, app: RecordedApp, bot: LocalBot, gateway: Gateway | None) -> None:
        self.app = app
        self.bot = bot
        self.gateway = gateway  # `None` when it is real
        self._customers = 0
        self._visitors: WeakSet[WidgetVisitor] = WeakSet()

    @property
    def recorder(self) -> Recorder:
        """Notes what happens while a message is answered."""
        return self.app.recorder

    @property
    def is_real(self) -> bool:
        """True when what is tried reaches the configured database."""
        return self.gateway is None

    def visitor(self, channel: str, customer: str | None, lang: str) -> SandboxVisitor:
        """A new visitor at `channel` (`widget` or `rest`): a sample customer, or nobody known. Raises
        `ConfigurationError` for an unknown customer, and for the widget of a real database."""
        token = self._token(customer) if customer else None
        if channel == REST or self.gateway is None:
            return RestVisitor(self.bot, token, lang)
        visitor = WidgetVisitor(self.gateway, self.app.wording, token, lang)
        self._visitors.add(visitor)
        return visitor

    def close(self) -> None:
        """Let go of every visitor: nobody follows a conversation any more."""
        for visitor in self._visitors:
            visitor.leave()

    def desk(self, visitor: SandboxVisitor) -> SandboxDesk:
        """The agents' side of the visitor's case. Raises `ConfigurationError` where there are no agents."""
        if self.gateway is None or not isinstance(visitor, WidgetVisitor):
            raise ConfigurationError("there are no agents here: they need the channel `widget`, and no `--real`")
        return SandboxDesk(self.gateway, visitor)

    def _token(self, customer: str) -> str:
        """Each visitor has a subject of their own, so that no earlier conversation is continued."""
        self._customers += 1
        subject = sample_identity(customer).subject
        return token_of(customer, subject if self.is_real else f"{subject}-{self._customers}", self.app.settings)


def token_of(customer: str, subject: str, settings: Settings) -> str:
    """A token of a sample customer with a `subject` of its own. Raises `ConfigurationError`."""
    return sign(replace(sample_identity(customer), subject=subject), settings, lifetime_seconds=LIFETIME_SECONDS)


@contextmanager
def throwaway(settings: Settings) -> Iterator[Settings]:
    """`settings` with a database and a folder of their own, deleted at the end; nothing is told to anybody outside."""
    with tempfile.TemporaryDirectory(prefix="kilat-sandbox-") as folder:
        yield replace(settings, state=Path(folder), database_url=f"sqlite:///{folder}/kilat.db",
                      messages_per_minute=MANY, tam_webhook=None)


@contextmanager
def open_sandbox(
    settings: Settings, model: Path, *, is_real: bool = False, bot: LocalBot | None = None,
) -> Iterator[Sandbox]:
    """A sandbox with the `model` (an archive), or with `bot`, which has loaded it already and is lent. `is_real`: on
    the configured database."""
    with ExitStack() as stack:
        stack.enter_context(_ended_by_signals())
        if not is_real:
            settings = stack.enter_context(throwaway(settings))
        seed(settings)
        app = build_recorded(settings, Recorder())
        bot = bot or LocalBot(model, app)
        stack.enter_context(bot.lent_to(app))
        gateway = None if is_real else stack.enter_context(in_process_gateway(app, bot))
        sandbox = Sandbox(app, bot, gateway)
        stack.callback(sandbox.close)
        yield sandbox


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM, and SIGHUP of a closed terminal, end the process as an exception does, which deletes the sandbox."""
    def end(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    is_main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)} if is_main else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
