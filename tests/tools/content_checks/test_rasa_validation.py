"""Rasa's own validation of intents, responses and stories: training leaves it out, for it reads all data twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rasa.cli.utils import validate_files
from rasa.shared.importers.importer import TrainingDataImporter

from bot.settings import ROOT
from bot.tools.training import RASA_ENVIRONMENT


def _validate(domain: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings", "--domain", str(domain)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300,
                          env={**os.environ, **RASA_ENVIRONMENT, "PYTHONWARNINGS": "default"})


@pytest.mark.long
def test_rasa_finds_nothing(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """No error and no warning. In this process, which has imported Rasa already: what `_validate` comes to."""
    monkeypatch.chdir(ROOT)
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    try:
        validate_files(fail_on_warnings=True, max_history=None, importer=importer)
    except SystemExit:
        pytest.fail(capfd.readouterr().err[-3000:])


@pytest.mark.long
def test_rasa_finds_what_is_missing(tmp_path: Path) -> None:
    """An intent that has examples and a rule, and is not in the domain."""
    domain = Path(shutil.copy(ROOT / "domain.yml", tmp_path))
    domain.write_text(domain.read_text().replace("  - phone_rates\n", "", 1))
    done = _validate(domain)
    assert done.returncode != 0 and "phone_rates" in done.stdout + done.stderr
