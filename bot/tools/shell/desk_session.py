"""A conversation with agents in the shell: the gateway in this process, the real bot, and agents typed or played.

It has a database of its own, deleted at the end, so nobody waits in the real queue.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bot.adapters.identity_token import sign
from bot.adapters.model_store import Models
from bot.adapters.sample_customers import sample_identity
from bot.bootstrap import seed
from bot.core.errors import KilatError
from bot.live.gateway import Gateway
from bot.settings import Settings
from bot.tools.sandbox.in_process_gateway import ShellDesk, ShellVisitor, in_process_gateway, pause, speaker
from bot.tools.sandbox.local_bot import LocalBot
from bot.tools.shell.action_server import action_server
from bot.tools.scenarios.scenario import Scenario, Step, command, play, read

_AGENT = re.compile(r"\s*(?:(\w+)\s*@\s*)?agent\s*>\s*(.*)", re.IGNORECASE)


def has_people(script: Path) -> bool:
    """True for a scenario file with steps of agents."""
    return script.suffix in (".yml", ".yaml") and bool(re.search(r"^[ \t]*-[ \t]*agent:", script.read_text(), re.M))


def talk_with_people(settings: Settings, customer: str | None, lang: str, script: Path | None) -> int:
    """Play the scenarios of `script`, or talk until the end of input; returns 1 when a scenario went wrong."""
    scenarios = read(script) if script else []
    model = Models(settings.models).active_archive()
    with tempfile.TemporaryDirectory(prefix="kilat-shell-") as folder:
        settings = replace(settings, state=Path(folder), database_url=f"sqlite:///{folder}/kilat.db",
                           messages_per_minute=100_000)
        seed(settings)
        print("Loading the model …", file=sys.stderr)
        environment = {"KILAT_DATABASE_URL": settings.database_url, "KILAT_STATE_DIR": folder,
                       "KILAT_INTERNAL_SECRET": settings.internal_secret, "KILAT_INTERNAL_SECRET_FILE": ""}
        with (action_server(env=environment) as url,
              in_process_gateway(settings, LocalBot(model, url, settings)) as gateway):
            if script:
                return _play(scenarios, gateway, settings)
            _type(gateway, sign(sample_identity(customer), settings) if customer else None, lang)
    return 0


def token_of(customer: str, subject: str, settings: Settings) -> str:
    """A token of a sample customer with a `subject` of its own."""
    return sign(replace(sample_identity(customer), subject=subject), settings)


def _play(scenarios: list[Scenario], gateway: Gateway, settings: Settings) -> int:
    failed = 0
    for number, scenario in enumerate(scenarios):
        print(f"\n=== {scenario.name}")
        token = token_of(scenario.customer, f"scenario-{number}", settings) if scenario.customer else None
        visitor = ShellVisitor(gateway, token, scenario.lang)
        problems = play(scenario, visitor, ShellDesk(gateway, visitor), pause=pause,
                        before=lambda step: print(f"\n{step}"), after=_shower(visitor))
        for problem in problems:
            print(f"!! {problem}")
        failed += bool(problems)
        visitor.end()
    return 1 if failed else 0


def _type(gateway: Gateway, token: str | None, lang: str) -> None:
    visitor = ShellVisitor(gateway, token, lang)
    desk, show = ShellDesk(gateway, visitor), _shower(visitor, seen=0)
    show(None)
    for line in typed_lines():
        try:
            _one(line, visitor, desk)
        except KilatError as error:
            print(f"!! {error}")
        show(None)


def typed_lines() -> Iterator[str]:
    """The lines that are typed, until the end of input or `/quit`."""
    with suppress(EOFError):
        while (line := input("\n> ").strip()) != "/quit":
            yield line


def _one(line: str, visitor: ShellVisitor, desk: ShellDesk) -> None:
    """Do one line: a step of an agent (`agent> say Halo`, `bayu@agent> take`), or else the visitor's words."""
    if found := _AGENT.fullmatch(line):
        step = command(found[2], (found[1] or "Sari").title())
        desk.do(step.agent, step.verb, step.words)
        pause(0.1)
    elif line:
        visitor.say(line)
        visitor.wait()


def _shower(visitor: ShellVisitor, seen: int | None = None) -> Callable[[Step | None], None]:
    """A function that prints the visitor's new entries, except the visitor's own."""
    shown = len(visitor.entries) if seen is None else seen

    def show(_step: Step | None) -> None:
        nonlocal shown
        for entry in visitor.entries[shown:]:
            if entry["author"] != "visitor":
                print(f"{speaker(entry)}{entry.get('text', '')}")
                for button in entry.get("buttons", ()):
                    print(f"  [{button['title']}] {button['payload']}")
        shown = len(visitor.entries)

    return show
