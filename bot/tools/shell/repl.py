"""`kilat shell` by keyboard: a conversation with the bot, and commands that look into it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import HTML

from bot.adapters.model_store import Models
from bot.core.errors import ConfigurationError, KilatError
from bot.settings import Settings
from bot.tools.sandbox.local_bot import LocalBot, run
from bot.tools.sandbox.sandbox import Sandbox, open_sandbox
from bot.tools.sandbox.session import Session, Turn, Who
from bot.tools.scenarios.reader import typed
from bot.tools.scenarios.scenario import WIDGET, Step
from bot.tools.scenarios.writer import append
from bot.tools.shell.commands import LEAVING, is_command, run_command, seen
from bot.tools.shell.completion import ShellCompleter
from bot.tools.shell.form_prompt import ask_fields, open_form
from bot.tools.shell.history import open_history, readable
from bot.tools.shell.terminal import Terminal
from bot.tools.shell.training_lines import training_lines


class Shell:
    """A session that is typed. `debug` shows the bot's reasons after each answer, `desk` what an agent reads."""

    def __init__(
        self, settings: Settings, who: Who, *, is_real: bool = False, debug: bool = False, desk: bool = False,
        terminal: Terminal | None = None, bot: LocalBot | None = None,
    ) -> None:
        self.terminal = terminal or Terminal()
        self.debug = debug
        self._desk = desk
        self.settings = settings
        self._is_real = is_real
        self._stack = ExitStack()
        self._open(who, bot)

    def _open(self, who: Who, bot: LocalBot | None) -> None:
        """Open a sandbox, then close the one before: when the new one can't be opened, the old one goes on."""
        model = Models(self.settings.models).active_archive()
        with ExitStack() as stack:
            sandbox = stack.enter_context(open_sandbox(self.settings, model, is_real=self._is_real, bot=bot))
            session = Session(sandbox, who)
            before, self._stack = self._stack, stack.pop_all()
        self.sandbox: Sandbox = sandbox
        self.session = session
        before.close()
        sandbox.bot.load_in_background()

    def close(self) -> None:
        """Delete the sandbox."""
        self._stack.close()

    def begin(self, who: Who) -> None:
        """Begin another conversation. Raises `ConfigurationError` for an unknown customer."""
        self.session.begin(who)
        self.terminal.say(f"— {who.customer or 'nobody known'}, {who.lang} —", "dim")
        self.terminal.entries(self.session.greeting)

    def line(self, line: str) -> None:
        """Do one line: a command, a button's number, an agent's step, or what the visitor says. Problems are told."""
        line = readable(line)
        try:
            if is_command(line):
                run_command(self, line)
            elif line.strip():
                self.take(self._pressed(line) or typed(line))
        except (KilatError, OSError) as error:
            self.terminal.say(f"!! {error}", "red")

    def stopped(self, steps: Sequence[Step]) -> None:
        """Tell that Ctrl-C has stopped a line, and go on where the conversation was before it, after `steps`."""
        if self._is_real:
            self.terminal.say("Stopped.", "yellow")
            return
        try:
            self.session.replay(steps)
            self.terminal.say("Stopped; the conversation is as it was before.", "yellow")
        except KilatError as error:
            self.terminal.say(f"!! Stopped, and it can't be played again: {error}", "red")

    def take(self, step: Step) -> None:
        """Take a step, and show what came of it. Raises a `KilatError` when it can't be done."""
        self._refuse_unknown_button(step)
        if not (step.agent or step.form or self._is_button(step) or self.sandbox.bot.is_loaded):
            self.terminal.say("The model is still loading …", "dim")
            self.sandbox.bot.wait()
        self.show(self.session.take(step))

    def show(self, turn: Turn) -> None:
        """Show what a turn brought."""
        self.terminal.entries(turn.entries)
        if self.debug:
            self.terminal.why(turn.trace, training_lines(self.settings.data))
            self.terminal.changes(turn.trace)
        if self._desk and turn.trace.transitions:
            self.terminal.say(f"  · the agent reads: {self.sandbox.desk(self.session.visitor).reads('')}", "cyan")

    def fill_in_form(self) -> None:
        """Ask for the fields of the form that is shown, and send it. Ctrl-C leaves it. Raises `ConfigurationError`
        where none is shown."""
        card = open_form(self.session.visitor.entries)
        if card is None:
            raise ConfigurationError("no form is shown")
        values = ask_fields(card)
        if values is None:
            self.terminal.say("The form was left; nothing was sent.", "yellow")
        else:
            self.take(Step("", form=tuple(values.items())))

    def leave_form(self) -> bool:
        """Cancel a form in chat, as the visitor's button for it does; false where none is under way."""
        trace = self.session.turns[-1].trace if self.session.turns else None
        if trace is None or trace.field is None:
            return False
        words = self.sandbox.app.wording.phrases[trace.language]["button_cancel"]
        self.line(f":say {words}")
        return True

    def reload(self) -> None:
        """Read words and facts anew, train when what a model is made of has changed, and play the conversation again.
        Raises `ConfigurationError` where that would be for real."""
        if self._is_real:
            raise ConfigurationError("this is real: leave the shell, and start it again")
        from bot.tools.training import train

        trained = train(self.settings, only_if_needed=True)
        steps, who, before = [turn.step for turn in self.session.turns], self.session.who, self.sandbox.bot
        same = before.model == Models(self.settings.models).archive(trained.version)
        self._open(who, before if same else None)
        self.session.replay(steps)
        self.terminal.say("Read anew." if same else f"Read anew, with model {trained.version}.", "green")
        if self.session.turns:
            self.show(self.session.turns[-1])

    def open_inspector(self) -> None:
        """Show this conversation in the inspector, until Ctrl-C."""
        with tempfile.TemporaryDirectory(prefix="kilat-inspect-") as folder:
            path = Path(folder, "conversation.yml")
            command = [sys.executable, "-m", "bot.cli", "inspect", "--script", str(path)]
            if self.session.turns:
                append(path, self.session.scenario("the shell's conversation"), seen(self.session.turns))
            with suppress(KeyboardInterrupt):
                subprocess.run(command if self.session.turns else command[:-2], check=False)

    def status(self) -> str:
        """One line on the conversation, for the prompt's foot."""
        who = self.session.who
        model = "" if self.sandbox.bot.is_loaded else " · the model is loading …"
        place = "REAL" if self._is_real else "sandbox"
        return f" {place} · {who.customer or 'nobody known'} · {who.lang} · {who.channel}{model} · :help "

    def _pressed(self, line: str) -> Step | None:
        """The button whose number was typed. Raises `ConfigurationError` beside buttons that have others."""
        entries = self.session.turns[-1].entries if self.session.turns else self.session.greeting
        buttons = entries[-1].get("buttons") or () if entries else ()
        number = int(line) if line.isdecimal() and len(line) == 1 else 0
        if number and buttons and number > len(buttons):
            raise ConfigurationError(f"there is no button {number}; :say {number} says it")
        return Step(buttons[number - 1]["payload"]) if number and buttons else None

    def _is_button(self, step: Step) -> bool:
        """True for a step that the gateway answers alone."""
        return self.session.who.channel == WIDGET and step.words.startswith("/")

    def _refuse_unknown_button(self, step: Step) -> None:
        if step.words.startswith("/") and not step.agent and step.words[1:] not in self.sandbox.app.wording.topics:
            raise ConfigurationError(f"there is no button {step.words}; commands begin with a colon, and :help shows "
                                     "them")


def talk(shell: Shell) -> int:
    """Talk until the end of input or `:quit`; returns the exit status."""
    try:
        _introduce(shell)
        lines = _typed(shell) if sys.stdin.isatty() else _piped()
        for line in lines:
            steps = [turn.step for turn in shell.session.turns]
            try:
                shell.line(line)
            except KeyboardInterrupt:
                if not sys.stdin.isatty():
                    raise
                shell.stopped(steps)
    finally:
        shell.close()
    return 0


def _introduce(shell: Shell) -> None:
    if shell.sandbox.is_real:
        shell.terminal.say("REAL: cases and tickets that you open here go to the configured database and its desks.",
                           "bold white on red")
    else:
        shell.terminal.say("A sandbox: nothing that you do here reaches the configured database, desks or mail. "
                           ":help shows the commands.", "dim")
    shell.terminal.entries(shell.session.greeting)


def _piped() -> Iterator[str]:
    for line in sys.stdin:
        text = line.strip()
        if text in LEAVING:
            return
        print(f"\n> {text}")
        yield text


def _typed(shell: Shell) -> Iterator[str]:
    """Lines of the keyboard, with editing, history and completion. Ctrl-C leaves a form or empties the line."""
    session: PromptSession[str] = PromptSession(
        history=open_history(shell.settings.state), completer=ShellCompleter(shell), complete_while_typing=False,
        bottom_toolbar=lambda: HTML("{}").format(shell.status()), refresh_interval=0.5)
    while True:
        try:
            line = run(session.prompt_async("\n> ")).strip()
        except KeyboardInterrupt:
            if not shell.leave_form():
                shell.terminal.say("Ctrl-D leaves the shell.", "dim")
            continue
        except EOFError:
            return
        if line in LEAVING:
            return
        yield line
