"""Trains a model: Rasa, in a process of its own, makes an archive, which becomes the newest version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.model_store import Models, Trained
from bot.adapters.sentence_encoder.build import build_encoder
from bot.adapters.sentence_encoder.folder import encoder_folder
from bot.adapters.subprocesses import die_with_parent
from bot.core.errors import KilatError
from bot.settings import ROOT, Settings
from bot.tools.training.activation import activate
from bot.tools.training.model_fingerprint import commit, examples, fingerprint
from bot.tools.training.rasa_files import write_rasa_files

RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "OMP_WAIT_POLICY": "passive",
}
_UNFINISHED = ".training-"
_A_DAY = 86_400


class TrainingFailed(KilatError):
    """Rasa could not train a model."""


def train(settings: Settings, *, only_if_needed: bool = False, candidate: bool = False, tree: Path = ROOT) -> Trained:
    """Train a new version of `tree` and make it serve, in a running bot, too. Rasa's cache holds what has not changed.

    Before, the intents of `topics.yml` are written into what Rasa reads (`rasa_files.py`), and the sentence encoder is
    built if there is none.

    `only_if_needed`: not if a model of the tree exists, nor if another was chosen by hand for this very tree.
    `candidate`: the active version stays active until a person decides.
    """
    write_rasa_files(tree)
    build_encoder()
    models, made_of = Models(settings.models), fingerprint(tree)
    if only_if_needed and (there := _chosen(models, made_of) or _trained(settings, models, made_of)):
        return there
    model = _train(models, made_of, tree)
    if not candidate:
        _activate(settings, model.version)
    elif tree == ROOT:
        models.hold(made_of)
    models.prune()
    return model


def _chosen(models: Models, made_of: str) -> Trained | None:
    """The active version, if the tree has not changed since the version was chosen."""
    active = models.active()
    if active is None or active.tree != made_of:
        return None
    model = models.get(active.version)
    if model.fingerprint != made_of:
        why = "`rasa train` made it, of what is not known" if model.is_by_rasa else "it is not made of the present tree"
        print(f"Model {model.version} serves by choice; {why}. "
              "`kilat train` makes one of it that serves, `kilat model list` shows what there is.", flush=True)
    return model


def _trained(settings: Settings, models: Models, made_of: str) -> Trained | None:
    """An earlier version of this tree, which serves from now on."""
    if model := models.made_of(made_of):
        print(f"The model {model.version} is made of the present tree: it serves from now on.", flush=True)
        _activate(settings, model.version)
    return model


def _activate(settings: Settings, version: str) -> None:
    """Make the version serve, and tell what else holds Rasa's port."""
    activated = activate(settings, version)
    if activated.bot and not activated.is_served:
        print(activated, flush=True)


def _train(models: Models, made_of: str, tree: Path) -> Trained:
    print("Training the model (a minute or two on two cores) …", flush=True)
    began, started = _now(), time.monotonic()
    models.folder.mkdir(parents=True, exist_ok=True)
    _tidy(models.folder)
    with TemporaryDirectory(dir=models.folder, prefix=_UNFINISHED) as folder:
        counts = examples(tree)
        _rasa_train(tree, Path(folder))
        model = Trained(
            version=f"{began:%Y%m%d-%H%M%S}-{made_of[:8]}", fingerprint=made_of,
            trained=began.isoformat(timespec="seconds"), seconds=(seconds := round(time.monotonic() - started, 1)),
            commit=commit(tree), encoder=encoder_folder() is not None, examples=sum(counts.values()),
            intents=len(counts))
        models.add(Path(folder, "kilat.tar.gz"), model)
    print(f"Trained {model.version} in {seconds:.0f} s.", flush=True)
    return model


def _tidy(folder: Path) -> None:
    """Remove the folders of killed trainings: a training that is a day old is not running."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        if time.time() - left.stat().st_mtime > _A_DAY:
            shutil.rmtree(left, ignore_errors=True)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _rasa_train(tree: Path, folder: Path) -> None:
    """Write `kilat.tar.gz` to `folder`. All trees share one cache of Rasa."""
    command = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--fixed-model-name", "kilat",
               "--out", str(folder)]
    environment = {**os.environ, **RASA_ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(ROOT / ".rasa" / "cache")}
    with subprocess.Popen(command, cwd=tree, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=die_with_parent) as process:
        assert process.stdout is not None
        tail = [line for line in process.stdout if _is_worth_keeping(line)]
    if process.returncode != 0:
        raise TrainingFailed("training failed:\n" + "".join(tail[-30:]))


def _is_worth_keeping(line: str) -> bool:
    """Print the steps of the training as they come; true for a line that may explain a failure."""
    if "training component" in line or ("Train" in line and "INFO" in line):
        print("  " + line.split(" - ", 1)[-1].strip(), flush=True)
    return "it/s" not in line
