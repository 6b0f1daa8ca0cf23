"""A real Matrix server for tests, in a process of its own: SQLite, no federation, no limits (`make desks`)."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from waiting import wait_until

from bot.adapters.port_check import free_port
from bot.settings import ROOT

PYTHON = ROOT / ".desks" / "synapse" / "bin" / "python"
DOMAIN = "kilat.test"
_SECRET = "only-for-tests"
_CONFIG = """
server_name: {domain}
pid_file: {folder}/synapse.pid
listeners:
  - {{port: {port}, type: http, tls: false, bind_addresses: [127.0.0.1], resources: [{{names: [client, media]}}]}}
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: {secret}
macaroon_secret_key: {secret}
form_secret: {secret}
report_stats: false
trusted_key_servers: []
max_upload_size: 10M
presence: {{enabled: true}}
bcrypt_rounds: 4
caches: {{sync_response_cache_duration: 0}}
{limits}
"""
_LIMITS = """
rc_message: {per_second: 10000, burst_count: 10000}
rc_registration: {per_second: 10000, burst_count: 10000}
rc_login:
  address: {per_second: 10000, burst_count: 10000}
  account: {per_second: 10000, burst_count: 10000}
rc_joins:
  local: {per_second: 10000, burst_count: 10000}
  remote: {per_second: 10000, burst_count: 10000}
rc_invites:
  per_room: {per_second: 10000, burst_count: 10000}
  per_user: {per_second: 10000, burst_count: 10000}
  per_issuer: {per_second: 10000, burst_count: 10000}
rc_room_creation: {per_second: 10000, burst_count: 10000}
rc_presence:
  per_user: {per_second: 10000, burst_count: 10000}
rc_media_create: {per_second: 10000, burst_count: 10000}
"""
_LOG = """
version: 1
formatters: {plain: {format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}
handlers: {file: {class: logging.FileHandler, filename: FOLDER/synapse.log, formatter: plain}}
root: {level: WARNING, handlers: [file]}
"""


class Synapse:
    """A server whose users and rooms live in `folder`."""

    MISSING = "no Matrix server is installed: make desks"

    @staticmethod
    def is_installed() -> bool:
        """True when `make desks` has installed it."""
        return PYTHON.exists() and shutil.which(str(PYTHON)) is not None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        (folder / "log.yaml").write_text(_LOG.replace("FOLDER", str(folder)))
        (folder / "homeserver.yaml").write_text(_CONFIG.format(
            domain=DOMAIN, folder=folder, port=self.port, secret=_SECRET, limits=_LIMITS))
        self._run("--generate-keys")

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server, and wait for its first answer."""
        self._process = subprocess.Popen(
            [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(self._folder / "homeserver.yaml")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, "Synapse does not answer")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/_matrix/client/versions", timeout=2).close()
            return True
        except OSError:
            assert self._process and self._process.poll() is None, (self._folder / "synapse.log").read_text()[-2000:]
            return False

    def stop(self) -> None:
        """Stop the server; it keeps its messages."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        assert self._process is not None, "it runs"
        self._process.kill()
        self._process.wait()
        self._process = None

    def register(self, name: str, *, display_name: str | None = None) -> str:
        """Register a user; returns the access token."""
        nonce = self.ask("GET", "/_synapse/admin/v1/register")["nonce"]
        parts = [nonce, name, "password", "notadmin"]
        mac = hmac.new(_SECRET.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        token: str = self.ask("POST", "/_synapse/admin/v1/register", {
            "nonce": nonce, "username": name, "password": "password", "admin": False, "mac": mac})["access_token"]
        if display_name:
            self.ask("PUT", f"/_matrix/client/v3/profile/@{name}:{DOMAIN}/displayname",
                     {"displayname": display_name}, token)
        return token

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Call the client-server API."""
        content, kind = (body, "application/octet-stream") if isinstance(body, bytes) else (
            None if body is None else json.dumps(body).encode(), "application/json")
        request = urllib.request.Request(self.url + path, content, method=method, headers={
            "Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})})
        with urllib.request.urlopen(request, timeout=30) as answer:
            raw = answer.read()
            return json.loads(raw) if answer.headers.get_content_type() == "application/json" else raw

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(self._folder / "homeserver.yaml"), *arguments],
            check=True, capture_output=True)
