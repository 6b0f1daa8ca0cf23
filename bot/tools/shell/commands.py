"""The shell's commands: lines that begin with a colon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.tools.sandbox.session import Turn
from bot.tools.scenarios.scenario import Step
from bot.tools.scenarios.sides import Line
from bot.tools.scenarios.writer import Seen, append
from bot.tools.shell.training_lines import training_lines

if TYPE_CHECKING:
    from bot.tools.shell.repl import Shell

SAVED = ROOT / "tests" / "dialogue"
LEAVING = (":quit", "/quit")


@dataclass(frozen=True)
class Command:
    """A command of the shell."""

    does: Callable[[Shell, str], None]  # the shell, and what follows the command's name
    argument: str
    help: str


def is_command(line: str) -> bool:
    """True for a colon and a name; ":)" is what a visitor says."""
    return line.startswith(":") and line[1:2].islower()


def run_command(shell: Shell, line: str) -> None:
    """Run the command in `line`. Raises `ConfigurationError` for an unknown one, and what the command raises."""
    name, _, rest = line[1:].partition(" ")
    if name not in COMMANDS:
        raise ConfigurationError(f"there is no :{name}; :help shows the commands")
    COMMANDS[name].does(shell, rest.strip())


def _help(shell: Shell, _rest: str) -> None:
    rows = [(f":{name} {command.argument}".strip(), command.help) for name, command in COMMANDS.items()]
    rows += [("1 … 9", "presses the button of that number"),
             ("/intent", "presses a button by its payload, such as /phone_number"),
             ("agent> take", "an agent's step: take, say TEXT, note TEXT, transfer [TIER], give_back, close [REASON]; "
                             "bayu@agent> for another agent"),
             ("Ctrl-C", "leaves a form, empties the line, or stops what a line does"),
             ("Ctrl-D, :quit", "leaves the shell")]
    shell.terminal.table(("", ""), rows)


def _as(shell: Shell, rest: str) -> None:
    customer = None if rest in ("", "nobody", "anonymous") else rest
    shell.begin(replace(shell.session.who, customer=customer))


def _lang(shell: Shell, rest: str) -> None:
    if rest not in LANGUAGES:
        raise ConfigurationError(f"{rest!r} is none of {', '.join(LANGUAGES)}")
    shell.begin(replace(shell.session.who, lang=rest))


def _reset(shell: Shell, _rest: str) -> None:
    shell.begin(shell.session.who)


def _state(shell: Shell, _rest: str) -> None:
    shell.terminal.state(shell.session.visitor.state())


def _why(shell: Shell, _rest: str) -> None:
    if not shell.session.turns:
        raise ConfigurationError("nothing was said yet")
    turn = shell.session.turns[-1]
    shell.terminal.say(str(turn.step), "bold")
    shell.terminal.why(turn.trace, training_lines(shell.settings.data))
    shell.terminal.changes(turn.trace)


def _debug(shell: Shell, _rest: str) -> None:
    shell.debug = not shell.debug
    shell.terminal.say("The reasons are shown after each answer." if shell.debug else "The reasons are hidden.")


def _undo(shell: Shell, _rest: str) -> None:
    turn = shell.session.undo()
    if turn is None:
        raise ConfigurationError("there is nothing to take back")
    shell.terminal.say(f"Taken back: {turn.step}", "yellow")
    if shell.session.turns:
        shell.show(shell.session.turns[-1])


def _save(shell: Shell, rest: str) -> None:
    """`NAME` becomes a file of its own in tests/dialogue; a path that ends in .yml is that file, then the name."""
    path, name = _place(rest)
    turns = shell.session.turns
    if not name or not turns:
        raise ConfigurationError("say :save NAME, once something was said")
    append(path, shell.session.scenario(name), seen(turns))
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    shell.terminal.say(f"Saved in {shown}. Read it: what it expects is proposed from what was said.", "green")
    shell.terminal.say(f"Play it: make shell ARGS=\"--script {shown}\"", "dim")


def seen(turns: Iterable[Turn]) -> list[Seen]:
    """What was to be seen in `turns`, to write them down."""
    return [Seen(turn.step, tuple(Line(entry["author"], entry.get("text", "")) for entry in turn.entries),
                 turn.trace.language, turn.trace.route) for turn in turns]


def _place(rest: str) -> tuple[Path, str]:
    """(file, the scenario's name) of what follows `:save`."""
    first, _, more = rest.partition(" ")
    if first.endswith((".yml", ".yaml")):
        return Path(first), more.strip() or Path(first).stem
    return SAVED / f"{re.sub(r'[^a-z0-9]+', '-', rest.lower()).strip('-') or 'scenario'}.yml", rest


def _say(shell: Shell, rest: str) -> None:
    shell.take(Step(rest))


def _form(shell: Shell, _rest: str) -> None:
    shell.fill_in_form()


def _reload(shell: Shell, _rest: str) -> None:
    shell.reload()


def _open(shell: Shell, _rest: str) -> None:
    shell.open_inspector()


COMMANDS: Mapping[str, Command] = {
    "help": Command(_help, "", "this list"),
    "as": Command(_as, "CUSTOMER", "begin anew as PLAN:ROLE:TYPE (:unlicensed at the end), or as nobody"),
    "lang": Command(_lang, "LANGUAGE", f"begin anew in {', '.join(LANGUAGES)}"),
    "reset": Command(_reset, "", "begin anew"),
    "state": Command(_state, "", "what the bot remembers"),
    "why": Command(_why, "", "why the last answer: ranking, nearest lines, entities, question, facts, times"),
    "debug": Command(_debug, "", "show the reasons after each answer, or no more"),
    "form": Command(_form, "", "fill in the ticket form that is shown"),
    "say": Command(_say, "TEXT", "say TEXT as it is: a digit, or what looks like a command"),
    "undo": Command(_undo, "", "take the last turn back"),
    "reload": Command(_reload, "", "read words and facts anew, train when needed, and play the conversation again"),
    "save": Command(_save, "NAME", "save the conversation as a scenario in tests/dialogue/NAME.yml"),
    "open": Command(_open, "", "open the inspector with this conversation"),
}
