"""`kilat shell --script`: plays scenario files and plain scripts, and checks all that they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.tools.sandbox.playing import play_in
from bot.tools.sandbox.sandbox import Sandbox
from bot.tools.sandbox.session import Turn, Who
from bot.tools.scenarios.junit import write_junit
from bot.tools.scenarios.player import Outcome
from bot.tools.scenarios.reader import is_plain, read_all
from bot.tools.scenarios.scenario import Scenario, Step
from bot.tools.scenarios.updates import diff
from bot.tools.shell.terminal import Terminal
from bot.tools.shell.training_lines import training_lines


@dataclass(frozen=True)
class ScriptOptions:
    """What `kilat shell` was told beside the files."""

    junit: Path | None = None
    update: bool = False  # propose new expectations
    debug: bool = False  # show the bot's reasons


def scenarios_of(paths: Sequence[Path], who: Who) -> list[Scenario]:
    """The scenarios of the files; those of plain scripts begin as `who`. Raises `ConfigurationError`."""
    return [replace(scenario, customer=who.customer, lang=who.lang, channel=who.channel)
            if is_plain(scenario.path) else scenario for scenario in read_all(paths)]


def run_scripts(sandbox: Sandbox, scenarios: Sequence[Scenario], options: ScriptOptions) -> int:
    """Play all; returns 1 when one of them went wrong. With `update` the diff alone goes to standard output."""
    terminal = Terminal(Console(stderr=True, highlight=False) if options.update else None)
    outcomes = [_play(sandbox, scenario, options, terminal) for scenario in scenarios]
    wrong = [outcome for outcome in outcomes if not outcome.is_right]
    terminal.say(f"\nScenarios: {len(outcomes)}, went wrong: {len(wrong)}.", "bold red" if wrong else "bold green")
    for outcome in wrong:
        terminal.say(f"  {outcome.failures[0].split('; it says ')[0]}", "red")
    if options.junit:
        write_junit(options.junit, outcomes)
    if options.update:
        print(diff(outcomes), end="")
    return 1 if wrong else 0


def _play(sandbox: Sandbox, scenario: Scenario, options: ScriptOptions, terminal: Terminal) -> Outcome:
    terminal.say(f"\n=== {scenario.name}", "bold")
    places = training_lines(sandbox.app.settings.data) if options.debug else {}

    def before(step: Step) -> None:
        terminal.console.print(Text(f"\n{step}", "bold" if not step.agent else "bold cyan"))

    def after(turn: Turn) -> None:
        terminal.entries(turn.entries)
        if options.debug:
            terminal.why(turn.trace, places)

    run = play_in(sandbox, scenario, before=before, after=after, to_the_end=options.update)
    for failure in run.outcome.failures:
        terminal.say(f"!! {failure}", "red")
    return run.outcome
