"""The software bill of materials names every library that is installed to serve, by name, version and hash."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from bot.settings import ROOT
from bot.tools.quality.advisories import PYTHON, locked_versions

UV = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


@pytest.mark.skipif(shutil.which(UV) is None, reason="uv is neither on the PATH nor in .uv/; `make install` brings it")
def test_the_bill_lists_what_is_installed_to_serve() -> None:
    made = subprocess.run(
        [UV, "export", "--quiet", "--frozen", "--no-dev", "--format", "cyclonedx1.5", "--preview-features",
         "sbom-export"], cwd=ROOT, capture_output=True, text=True, check=True)
    bill = json.loads(made.stdout)
    listed = {component["name"]: component for component in bill["components"]}
    locked = locked_versions()

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert {"rasa", "starlette", "pyjwt", "argon2-cffi", "sqlalchemy"} <= listed.keys()
    assert {"pytest", "ruff", PYTHON} & listed.keys() == set()
    for name, component in listed.items():
        assert component["version"] == locked[name]
        files = [r for r in component.get("externalReferences", []) if r["type"] == "distribution"]
        assert files and all(file["hashes"] for file in files), name
