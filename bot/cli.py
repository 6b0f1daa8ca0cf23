"""`kilat`: everything that an operator or a bot builder starts from a shell."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext, redirect_stdout
from io import TextIOWrapper

from bot.adapters import logging_setup
from bot.core.errors import ConfigurationError, KilatError, StoreUnavailable
from bot.settings import REFUSED, Settings
from bot.settings.state_folder import check_state, keep_private
from bot.tools.admin import arguments as admin_arguments
from bot.tools.compare import arguments as compare_arguments
from bot.tools.coverage import arguments as coverage_arguments
from bot.tools.inspector import arguments as inspect_arguments
from bot.tools.learning import arguments as learn_arguments
from bot.tools.quality import arguments as report_arguments
from bot.tools.shell import arguments as shell_arguments
from bot.tools.subcommands import Command, add_subcommand


def main() -> None:
    """Parse the command line and run one command; a `KilatError` is printed without a traceback."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a question mark rather than a traceback, in another encoding
    arguments = _parser().parse_args()
    command: Command = arguments.command
    try:
        keep_private()
        settings = Settings.from_environment()
        if command in (_serve, _gateway):
            logging_setup.configure(settings.log_format, settings.log_level)
        else:
            logging_setup.tell_no_refusals()
        check_state(settings)
        sys.exit(command(arguments, settings))
    except KilatError as error:
        if isinstance(error, StoreUnavailable):
            error = StoreUnavailable(f"the database does not answer: {str(error).splitlines()[0]}")
        if isinstance(error, ConfigurationError) and command in (_serve, _gateway):
            print(f"kilat: {error}", file=sys.stderr)
            sys.exit(REFUSED)
        sys.exit(f"kilat: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kilat", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add_subcommand(commands, "serve", _serve, help="run the bot; seeds and trains first when needed")
    add_subcommand(commands, "gateway", _gateway, help="run the public gateway alone")
    add_subcommand(commands, "seed", _seed, help="load data/knowledge into the database; a running bot follows at once")

    train = add_subcommand(commands, "train", _train, help="train the model")
    train.add_argument("--if-needed", action="store_true", help="only when what it is made of has changed")
    train.add_argument("--no-activate", action="store_true", help="leave the active version as it is")

    add_subcommand(commands, "encoder", _encoder,
                   help="build the sentence encoder, once; `train` and `serve` do it, too")

    check = add_subcommand(commands, "check", _check, help="check the words and facts under data/")
    check.add_argument("--vectors", action="store_true",
                       help="look for training lines under a wrong intent, too; takes minutes the first time")

    shell_arguments.add_to(commands)

    token = add_subcommand(commands, "token", _token, help="print an identity token, to try the REST channel")
    token.add_argument("customer", metavar="PLAN:ROLE:TYPE")

    inspect_arguments.add_to(commands)
    admin_arguments.add_to(commands)
    report_arguments.add_to(commands)
    learn_arguments.add_to(commands)
    coverage_arguments.add_to(commands)
    compare_arguments.add_to(commands)
    return parser


def _serve(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.serve import serve

    with redirect_stdout(logging_setup.Told()) if settings.log_format == "json" else nullcontext():
        return serve(settings)


def _gateway(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.web.server import run

    return run(settings)


def _seed(_arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.bootstrap import seed

    facts = seed(settings)
    print(f"Loaded {len(facts.rules)} rules, {len(facts.phone_lines)} phone lines, {len(facts.priorities)} priorities.")
    return 0


def _train(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.tools.training import train

    train(settings, only_if_needed=arguments.if_needed, candidate=arguments.no_activate)
    return 0


def _encoder(_arguments: argparse.Namespace, _settings: Settings) -> int:
    from bot.adapters.sentence_encoder.build import build_encoder
    from bot.adapters.sentence_encoder.folder import encoder_folder

    build_encoder()
    if (folder := encoder_folder()) is None:
        return 1
    print(f"The sentence encoder lies in {folder}.")
    return 0


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.tools.content_checks import locales, problems

    found = problems(settings.data)
    if arguments.vectors:
        from bot.adapters.sentence_encoder.build import build_encoder
        from bot.tools.quality.mislabelled import problems as label_issues

        build_encoder()
        found += label_issues(settings.data, settings.state)
    for problem in found:
        print(problem, file=sys.stderr)
    for line in locales.of_partial_languages(settings.data):
        print(line)
    print(f"{len(found)} problems in {settings.data}.")
    return 1 if found else 0


def _token(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.adapters.identity_token import sign
    from bot.adapters.sample_customers import sample_identity

    print(sign(sample_identity(arguments.customer), settings))
    return 0


if __name__ == "__main__":
    main()
