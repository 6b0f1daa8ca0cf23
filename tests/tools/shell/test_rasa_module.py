"""What the children of `kilat serve` say as they start: not what their libraries complain of, but all that is ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.adapters.port_check import free_port
from bot.settings import ROOT
from bot.tools.shell.action_server import command as action_server_command
from bot.tools.training import RASA_ENVIRONMENT

NOISY = """
import sys, warnings
import sanic_cors
warnings.warn("this is ours", DeprecationWarning)
print(__name__, sys.argv[1:])
"""


def test_one_warning_is_hushed(tmp_path: Path) -> None:
    """That of sanic_cors; the module runs as with `python -m`, and its own warnings are heard."""
    (tmp_path / "noisy.py").write_text(NOISY)
    environment = {**os.environ, **RASA_ENVIRONMENT, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "-m", "bot.tools.shell.rasa_module", "noisy", "--port", "1"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "__main__ ['--port', '1']\n"
    assert "DeprecationWarning: this is ours" in done.stderr
    assert "sanic_cors" not in done.stderr


def test_the_action_server_starts_quietly(tmp_path: Path) -> None:
    """Neither sanic_cors nor Alembic in its log, but what it does itself."""
    environment = {**os.environ, **RASA_ENVIRONMENT, "KILAT_STATE_DIR": str(tmp_path)}
    command = action_server_command(free_port())
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        heard = []
        for line in server.stderr:
            heard.append(line)
            if "up and running" in line:
                server.terminate()
    assert [line for line in heard if "Registered function for 'action_answer'" in line]
    assert not [line for line in heard if "sanic_cors" in line or "alembic" in line]
