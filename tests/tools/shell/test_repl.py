"""The shell by keyboard: commands, buttons, forms, Ctrl-C; with the real bot in this process."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from live_bot import LiveBot
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console
from rich.text import Text
from waiting import wait_until

import bot.tools.training
from bot.adapters.model_store import version_of
from bot.core.errors import ConfigurationError
from bot.tools.sandbox import sandbox, visitors
from bot.tools.sandbox.session import Who
from bot.tools.scenarios.reader import read
from bot.tools.shell import commands, repl
from bot.tools.shell.completion import ShellCompleter
from bot.tools.shell.history import HISTORY, open_history
from bot.tools.shell.repl import Shell, talk
from bot.tools.shell.terminal import Terminal

PREMIER = "premier:admin:business"
CONTROL_C, CONTROL_D, BACKSPACE = "\x03", "\x04", "\x7f"
UP, END, HOME, RIGHT, DELETE = "\x1b[A", "\x1b[F", "\x1b[H", "\x1b[C", "\x1b[3~"


class Typist:
    """A shell, and what it has printed."""

    def __init__(self, shell: Shell, printed: io.StringIO) -> None:
        self.shell, self._printed = shell, printed

    def type(self, *lines: str) -> str:
        """Type lines; what the last of them printed."""
        for line in lines:
            self._printed.truncate(self._printed.seek(0))
            self.shell.line(line)
        return self._printed.getvalue()

    def press(self, keys: str) -> str:
        """Press keys in the whole shell, until it ends; what was printed."""
        with closing(create_pipe_input()) as keyboard, create_app_session(keyboard, DummyOutput()):
            keyboard.send_text(keys)
            assert talk(self.shell) == 0
        return self._printed.getvalue()


@pytest.fixture
def typist(live_bot: LiveBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Typist]]:
    """Opens shells."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(commands, "SAVED", tmp_path / "dialogue")
    opened: list[Shell] = []

    def open_shell(customer: str | None = None, lang: str = "en", *, width: int = 100, colours: bool = False,
                   channel: str = "widget", **more: Any) -> Typist:
        printed = io.StringIO()
        console = Console(file=printed, width=width, force_terminal=colours, highlight=False)
        settings = replace(live_bot.settings, state=tmp_path, database_url=f"sqlite:///{tmp_path}/kilat.db")
        shell = Shell(settings, Who(customer, lang, channel), bot=live_bot.bot, terminal=Terminal(console), **more)
        opened.append(shell)
        return Typist(shell, printed)

    yield open_shell
    for shell in opened:
        shell.close()


def test_buttons_by_number(typist: Callable[..., Typist]) -> None:
    """Those of the last answer alone; without any, a digit is what the visitor says, and so is `:say 1`."""
    at = typist()
    assert at.shell.session.greeting[-1]["buttons"][0]["payload"] == "/phone_number"
    at.type("1")
    assert at.shell.session.turns[-1].trace.answered == "phone_number"
    assert "there is no button 9; :say 9 says it" in at.type("9") and len(at.shell.session.turns) == 1
    at.type("P1?", ":say 1")
    assert at.shell.session.turns[-1].step.words == "1"


def test_why(typist: Callable[..., Typist]) -> None:
    """Ranking, nearest lines, entities, the question, facts, times."""
    at = typist()
    assert "nothing was said" in at.type(":why")
    told = at.type("what's the support number in Japan?", ":why")
    for part in ("intent phone_number (", "nearest lines:", "data/nlu/phone.yml:", "country=JP", "topic=phone_number",
                 "phone_lines JP", "utter_phone_number", "language en", "ms:", "topic: none → phone_number"):
        assert part in told, told
    assert "phone_lines FR" in at.type(":debug", "France?")


def test_the_reason_in_a_form(typist: Callable[..., Typist]) -> None:
    """The field that is asked, not the intent that the words might have had."""
    at = typist(channel="rest", debug=True)
    at.type("open a ticket")
    assert "answers the form's question; the form asks for ticket.description" in at.type("P1 response time")


def test_state_and_reset(typist: Callable[..., Typist]) -> None:
    """What the bot remembers, without what is empty."""
    at = typist(PREMIER)
    told = at.type("what's the support number in Japan?", ":state")
    assert "phone_number" in told and "JP" in told and "incident" not in told
    assert "I'm Kilat" in at.type(":reset") and not at.shell.session.turns
    assert "JP" not in at.type(":state")


def test_as_and_lang(typist: Callable[..., Typist]) -> None:
    """Another customer, another language, from the beginning; a wrong one changes nothing."""
    at = typist()
    assert "Sari" in at.type(f":as {PREMIER}")
    assert "Halo, Sari!" in at.type(":lang id")
    assert "PLAN:ROLE:TYPE" in at.type(":as gold") and "'fr' is none of" in at.type(":lang fr")
    assert at.shell.session.who == Who(PREMIER, "id")
    assert "Sari" not in at.type(":as nobody")


def test_undo(typist: Callable[..., Typist]) -> None:
    """One turn back, and the answer before it once more."""
    at = typist()
    assert "nothing to take back" in at.type(":undo")
    told = at.type("what's the support number in Japan?", "and France?", ":undo")
    assert "Taken back: > and France?" in told and "120427732" in told
    assert len(at.shell.session.turns) == 1


def test_save_and_play(typist: Callable[..., Typist], live_bot: LiveBot, tmp_path: Path) -> None:
    """What was said becomes a scenario, with its language and route, which can be read; a name is taken once."""
    at = typist(PREMIER)
    assert "once something was said" in at.type(":save x")
    told = at.type("what's the support number in Japan?", "a person please", "agent> take", "agent> say Halo",
                   ":save Japan, then a person")
    path = tmp_path / "dialogue" / "japan-then-a-person.yml"
    assert str(path) in told
    [scenario] = read(path)
    assert (scenario.name, scenario.customer, scenario.lang) == ("Japan, then a person", PREMIER, "en")
    first, second, *_ = (step.expected for step in scenario.steps)
    assert first.lang == "en" and any("120427732" in pattern for pattern in first.has)
    assert second.route == "agent_queue_tier2" and second.has == (r"KLC-\d+",)
    assert "already" in at.type(":save Japan, then a person")
    assert "Saved in" in at.type(f":save {path} another") and len(read(path)) == 2


def test_reload(typist: Callable[..., Typist], live_bot: LiveBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """New words at once, in the conversation that was under way; the model stays where it is the same."""
    version = version_of(live_bot.bot.model)
    monkeypatch.setattr(bot.tools.training, "train", lambda *_, **__: SimpleNamespace(version=version))
    lent = live_bot.bot.app
    at = typist()
    at.type("what's the support number in Japan?")
    before = at.shell.sandbox
    told = at.type(":reload")
    assert "Read anew." in told and "120427732" in told
    assert at.shell.sandbox is not before and at.shell.sandbox.bot is live_bot.bot
    assert live_bot.bot.app is at.shell.sandbox.app, "its answers are in the new words, and noted for :why"
    at.shell.close()
    assert live_bot.bot.app is lent


def test_reload_of_what_is_broken(
    typist: Callable[..., Typist], live_bot: LiveBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mistake is told, and the conversation goes on with the old words."""
    version = version_of(live_bot.bot.model)
    monkeypatch.setattr(bot.tools.training, "train", lambda *_, **__: SimpleNamespace(version=version))
    at = typist()
    at.type("what's the support number in Japan?")

    def broken(*_: object) -> None:
        raise ConfigurationError("data/x.yml:3: not valid YAML")

    monkeypatch.setattr(sandbox, "seed", broken)
    assert "!! data/x.yml:3: not valid YAML" in at.type(":reload")
    assert "800.94.64.64" in at.type("and France?"), "the topic is still known"


def test_control_c_stops_a_line(typist: Callable[..., Typist], monkeypatch: pytest.MonkeyPatch) -> None:
    """And not the shell: the conversation is as it was before the line."""
    at = typist()
    settle = visitors.WidgetVisitor.settle

    def interrupted(visitor: visitors.WidgetVisitor) -> bool:
        if visitor.entries[-1].get("text") == "and P2?":
            raise KeyboardInterrupt
        return settle(visitor)

    monkeypatch.setattr(visitors.WidgetVisitor, "settle", interrupted)
    assert "Stopped" in at.press(f"P1?\rand P2?\rand P3?\r{CONTROL_D}")
    assert [turn.step.words for turn in at.shell.session.turns] == ["P1?", "and P3?"]


def test_what_can_not_be_saved(typist: Callable[..., Typist], tmp_path: Path) -> None:
    """Told, and the shell goes on; bytes of another encoding can be saved."""
    at = typist()
    at.type("P1 \udcff?")
    (tmp_path / "file").touch()
    assert "!! " in at.type(f":save {tmp_path}/file/a.yml x") and "!! " in at.type(f":save {'x' * 300}")
    at.type(f":save {tmp_path}/a.yml x")
    assert read(tmp_path / "a.yml")[0].steps[0].words == "P1 ??"


def test_a_history_that_can_not_be_kept(tmp_path: Path) -> None:
    """Arrow-up works for this session."""
    kept = open_history(tmp_path)
    kept.append_string("P1 \udcff?")
    assert list(kept.load_history_strings()) == ["P1 ??"]
    (tmp_path / HISTORY).unlink()
    (tmp_path / HISTORY).mkdir()
    open_history(tmp_path).append_string("P1?")


def test_the_inspector(typist: Callable[..., Typist], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given the conversation as a scenario."""
    given: list[list[str]] = []
    monkeypatch.setattr(repl.subprocess, "run", lambda command, **_: given.append(
        [*command[3:], *(step.words for step in read(Path(command[-1]))[0].steps)]))
    at = typist()
    at.type("P1?", ":open")
    assert given[0][0] == "inspect" and given[0][-1] == "P1?"


def test_what_is_no_command(typist: Callable[..., Typist]) -> None:
    """Told, and not said to the bot."""
    at = typist()
    at.type(":)")
    assert at.shell.session.turns.pop().step.words == ":)"
    assert "there is no :nope" in at.type(":nope") and "there is no button /slots" in at.type("/slots")
    assert "there is no button /debug" in at.type("/debug") and "can't 'fly'" in at.type("agent> fly")
    assert not at.shell.session.turns
    assert ":undo" in at.type(":help") and "agent> take" in at.type(":help")


def test_agents(typist: Callable[..., Typist]) -> None:
    """Steps of agents; with --desk what they read."""
    at = typist(PREMIER, desk=True)
    assert "the agent reads:" in at.type("a person please")
    assert "Sari has joined" in at.type("agent> take") and "Sari: Hello" in at.type("agent> say Hello")
    assert "!!" in at.type("bayu@agent> say hi")


def test_a_form_is_filled_in(typist: Callable[..., Typist]) -> None:
    """Field by field, with what is known to be edited; a wrong value is asked again."""
    at = typist(PREMIER)
    assert "no form is shown" in at.type(":form")
    printed = at.press("open a ticket\r:form\rAudio breaks\rIn each meeting\r\rp9\r" + "\x7f" * 2 + "p2\r" + CONTROL_D)
    assert "KLT-000001" in printed
    assert dict(at.shell.session.turns[-1].step.form) == {
        "subject": "Audio breaks", "description": "In each meeting", "email": "sari@example.com", "priority": "p2"}


def test_control_c_leaves_a_form_and_not_the_shell(typist: Callable[..., Typist]) -> None:
    """The widget's form is put down, a form in chat is cancelled, a line is emptied."""
    at = typist(PREMIER)
    printed = at.press(f"open a ticket\r:form\rAudio{CONTROL_C}half a line{CONTROL_C}P1?\r{CONTROL_D}")
    assert "nothing was sent" in printed and "Ctrl-D leaves" in printed
    assert [turn.step.words for turn in at.shell.session.turns] == ["open a ticket", "P1?"]
    chat = typist(channel="rest")
    chat.press(f"open a ticket\r{CONTROL_C}P1?\r:quit\r")
    assert [turn.step.words for turn in chat.shell.session.turns] == ["open a ticket", "Cancel", "P1?"]
    assert chat.shell.session.turns[1].trace.after["form"] is None


def test_editing(typist: Callable[..., Typist]) -> None:
    """A line is edited with the keys that people know; /quit leaves as before."""
    at = typist()
    at.press(f"P2?{HOME}{RIGHT}{DELETE}1{END}{BACKSPACE} again?\r/quit\rnever said\r")
    assert [turn.step.words for turn in at.shell.session.turns] == ["P1 again?"]


def test_arrow_up(typist: Callable[..., Typist], monkeypatch: pytest.MonkeyPatch) -> None:
    """It brings the line before back."""
    prompts: list[Any] = []

    class Watched(repl.PromptSession):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            prompts.append(self)

    monkeypatch.setattr(repl, "PromptSession", Watched)
    at = typist()
    with closing(create_pipe_input()) as keyboard, create_app_session(keyboard, DummyOutput()):
        def feed() -> None:
            keyboard.send_text("P1?\r")
            # The history comes to a new line a moment after its prompt.
            wait_until(lambda: at.shell.session.turns and len(prompts[0].default_buffer._working_lines) > 1)
            keyboard.send_text(f"{UP}\r{CONTROL_D}")

        feeding = threading.Thread(target=feed)
        feeding.start()
        talk(at.shell)
        feeding.join()
    assert [turn.step.words for turn in at.shell.session.turns] == ["P1?", "P1?"]


def test_an_earlier_session_is_remembered(tmp_path: Path) -> None:
    """Its lines come back with arrow-up."""
    (tmp_path / HISTORY).write_text("\n# then\n+P1 again?\n")
    lines = open_history(tmp_path)
    lines.append_string("P2?")
    assert list(lines.load_history_strings()) == ["P2?", "P1 again?"]


@pytest.mark.parametrize(("typed", "found"), [
    (":u", ":undo"), (":as premier:a", ":as premier:admin:business"), (":lang e", ":lang en"),
    ("/phone_n", "/phone_number"), ("agent> ta", "agent> take")])
def test_completion(typist: Callable[..., Typist], typed: str, found: str) -> None:
    """Commands and their arguments, buttons, agents' steps."""
    completer = ShellCompleter(typist().shell)
    texts = [one.text for one in completer.get_completions(Document(typed), CompleteEvent())]
    assert found in texts and typed not in texts
    assert not list(completer.get_completions(Document("hello there"), CompleteEvent()))


def test_what_is_real_is_red(typist: Callable[..., Typist], tmp_path: Path) -> None:
    """At the top; in a sandbox it says that nothing is."""
    printed = typist(PREMIER, is_real=True, colours=True).press(CONTROL_D)
    assert "\x1b[1;37;41mREAL" in printed and (tmp_path / "kilat.db").exists()
    assert "A sandbox" in typist().press(CONTROL_D)


def test_drawn_for_the_terminal(typist: Callable[..., Typist]) -> None:
    """Cards, tables and forms within the width; plain text without colours when piped."""
    for width in (40, 100):
        at = typist(PREMIER, width=width, colours=True)
        for line in ("compare the plans", "support numbers in Japan and Germany", "open a ticket"):
            shown = [Text.from_ansi(row).plain for row in at.type(line).splitlines()]
            assert max(map(len, shown)) <= width and any(set(row) & set("│┃╭") for row in shown), (line, shown)
    piped = typist(PREMIER, colours=False).type("compare the plans")
    assert "\x1b" not in piped and "┃" not in piped


def test_the_status_line(typist: Callable[..., Typist]) -> None:
    """With whom one speaks, and where."""
    assert "sandbox · nobody known · en · widget" in typist().shell.status()
