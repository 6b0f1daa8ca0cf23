"""Starts the shell: by keyboard, or with scripts."""

from __future__ import annotations

import argparse
import sys

from bot.adapters.model_store import Models
from bot.adapters.sample_customers import sample_identity
from bot.core.errors import ConfigurationError
from bot.settings import Settings
from bot.tools.sandbox.sandbox import open_sandbox
from bot.tools.sandbox.session import Who
from bot.tools.shell.repl import Shell, talk
from bot.tools.shell.script import ScriptOptions, run_scripts, scenarios_of


def start(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run `kilat shell`; returns the exit status."""
    who = Who(arguments.customer, arguments.lang, arguments.channel)
    if who.customer is not None:
        sample_identity(who.customer)
    if arguments.script is None:
        if arguments.junit or arguments.update:
            raise ConfigurationError("--junit and --update need --script")
        return talk(Shell(settings, who, is_real=arguments.real, debug=arguments.debug, desk=arguments.desk))
    scenarios = scenarios_of(arguments.script, who)
    options = ScriptOptions(arguments.junit, arguments.update, arguments.debug)
    model = Models(settings.models).active_archive()
    print("Loading the model …", file=sys.stderr)
    with open_sandbox(settings, model, is_real=arguments.real) as sandbox:
        return run_scripts(sandbox, scenarios, options)
