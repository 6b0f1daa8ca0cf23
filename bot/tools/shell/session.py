"""A conversation with the bot in the shell, typed or from a script."""

from __future__ import annotations

import os
import sys
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.identity_token import sign
from bot.adapters.model_store import Models
from bot.adapters.sample_customers import sample_identity
from bot.adapters.yaml_reader import load
from bot.bootstrap import seed
from bot.core.errors import ConfigurationError
from bot.languages import LANGUAGES, OPENINGS
from bot.settings import Settings
from bot.tools.shell.desk_session import has_people, talk_with_people, typed_lines
from bot.tools.sandbox.local_bot import LocalBot, Said, run
from bot.tools.shell.action_server import action_server
from bot.tools.training import RASA_ENVIRONMENT


def talk(
    settings: Settings, customer: str | None, language: str | None, script: Path | None, *, debug: bool, desk: bool,
) -> int:
    """Talk until the end of input or `/quit`; returns the exit status. `debug` shows the bot's reasons. With `desk`
    there are agents (`bot.tools.shell.desk_session`)."""
    if script and not script.is_file():
        raise ConfigurationError(f"--script: there is no file {script}")
    if desk or (script and has_people(script)):
        _quieten()
        return talk_with_people(settings, customer, language or LANGUAGES[0], script)
    token = None if customer is None else sign(sample_identity(customer), settings)
    model = Models(settings.models).active_archive()
    seed(settings)
    _quieten()
    print("Loading the model …", file=sys.stderr)
    with action_server() as url:
        bot = LocalBot(model, url, settings)
        for sender, spoken_as, text, echo in _messages(script):
            if echo and not text.strip():
                continue
            identity = sign(sample_identity(spoken_as), settings) if spoken_as else token
            if language and sender not in bot.greeted:
                run(bot.say(sender, OPENINGS[language], identity))
            bot.greeted.add(sender)
            if echo:
                print(f"\n> {text}")
            _show(run(bot.say(sender, text, identity)), debug=debug)
    return 0


def _quieten() -> None:
    """Hide libraries' logs and warnings. Importing Sanic turns warnings on, so that comes first."""
    for name, value in RASA_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import sanic.app  # noqa: F401

    warnings.simplefilter("ignore")


def _messages(script: Path | None) -> Iterator[tuple[str, str | None, str, bool]]:
    """(sender, customer, text, whether to print the text) from a scenario file, a plain script, or the keyboard."""
    sender = f"shell-{uuid.uuid4().hex[:8]}"
    if script is None:
        yield from ((sender, None, text, False) for text in typed_lines() if text)
    elif script.suffix in (".yml", ".yaml"):
        for number, scenario in enumerate(load(script)["scenarios"]):
            print(f"\n=== {scenario['name']}")
            yield from ((f"{sender}-{number}", scenario.get("as"), turn["user"], True) for turn in scenario["turns"])
    else:
        yield from ((sender, None, line, True) for line in script.read_text().splitlines())


def _show(said: Said, *, debug: bool) -> None:
    for message in said.messages:
        print(message.get("text", ""))
        for button in message.get("buttons") or []:
            print(f"  [{button['title']}] {button['payload']}")
    if debug:
        entities = ", ".join(f"{kind}={value}" for kind, value in said.entities) or "none"
        likeliest = ", ".join(f"{name} {share:.2f}" for name, share in said.ranking[:3])
        print(f"  · intent {said.intent} ({said.confidence:.2f}; {likeliest})", file=sys.stderr)
        if said.nearest:
            print(f"  · nearest lines: {'; '.join(said.nearest)}", file=sys.stderr)
        print(f"  · entities {entities} · language {said.language} · route {said.route}", file=sys.stderr)
