"""A real Request Tracker 5 for tests, in a process of its own: SQLite, no mail. `make desks` installs it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import aiohttp
from desks.fake_http import FakeHttp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from waiting import wait_until

from bot.adapters.port_check import free_port

SETUP = "rt-setup-database-5"
SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
PASSWORD = "only-for-tests"
# Those that docs/desks.md names.
_RIGHTS = "SeeQueue CreateTicket ShowTicket ShowTicketComments ReplyToTicket CommentOnTicket ModifyTicket"
_CONFIG = """
Set($rtname, 'kilat.test');
Set($Organization, 'kilat.test');
Set($CorrespondAddress, 'rt@kilat.test');
Set($CommentAddress, 'rt-comment@kilat.test');
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($Timezone, 'UTC');
Set($BcryptCost, 4);
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/session';
1;
"""


class Rt:
    """A server whose tickets live in `folder`. `kilat` is the user that Kilat has there, `budi` works on tickets."""

    MISSING = "no Request Tracker is installed: make desks (Debian's request-tracker5, rt5-db-sqlite, rt5-standalone)"

    @staticmethod
    def is_installed() -> bool:
        """True when `make desks` has installed it."""
        return SERVER.exists() and shutil.which(SETUP) is not None

    def __init__(self, folder: Path) -> None:
        port = free_port()
        for name in ("mason", "session"):
            (folder / name).mkdir(parents=True)
        config = folder / "RT_SiteConfig.pm"
        config.write_text(_CONFIG.format(folder=folder, port=port))
        self._environment = {**os.environ, "RT_SITE_CONFIG": str(config), "RT_SITE_CONFIG_DIR": os.devnull}
        self._log = (folder / "rt.log").open("wb")
        self.url = f"http://127.0.0.1:{port}"
        self._command = [str(SERVER), "--host", "127.0.0.1", "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None
        subprocess.run([SETUP, "--action", "init", "--skip-create", "--dba", ""], env=self._environment, check=True,
                       stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)

    def start(self) -> None:
        """Until it answers, with its users and their rights."""
        self._process = subprocess.Popen(self._command, env=self._environment, stdout=self._log, stderr=self._log)
        wait_until(self._answers, "Request Tracker does not answer")
        root = {"user": "root", "password": "password"}
        for user, name in (("kilat", "Kilat"), ("budi", "Budi Santoso")):
            self.ask("POST", "/user", {"Name": user, "RealName": name, "Password": PASSWORD, "Privileged": 1,
                                       "EmailAddress": f"{user}@kilat.test"}, **root)
            self._allow(
                f"my $user = RT::User->new(RT->SystemUser); $user->Load('{user}'); my $who = $user->PrincipalObj;",
                _RIGHTS)
        self._allow("my $who = RT->System->RoleGroup('Requestor')->PrincipalObj;", "ReplyToTicket ShowTicket SeeQueue")

    def stop(self) -> None:
        """Stop the server."""
        assert self._process is not None, "it runs"
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def ask(self, method: str, path: str, body: Any = None, *, user: str = "budi", password: str = PASSWORD) -> Any:
        """Call the REST interface as a user; returns its JSON."""
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/REST/2.0{path}", None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def history(self, ticket: str, kind: str) -> list[str]:
        """The texts of a ticket's transactions of a kind."""
        query = urllib.parse.quote(f"TicketId = {int(ticket)} AND Type = '{kind}'")
        found = self.ask("GET", f"/transactions?query={query}&fields=_hyperlinks&per_page=100")
        return [self._text(link["_url"]) for one in found["items"] for link in one["_hyperlinks"]
                if link["ref"] == "attachment"]

    def as_mail(self, ticket: str, user: str, mail: bytes) -> None:
        """Add a reply by mail."""
        self._perl(f"""
            use MIME::Parser; use MIME::Base64;
            my $parser = MIME::Parser->new; $parser->output_to_core(1);
            my $mail = $parser->parse_data(decode_base64('{base64.b64encode(mail).decode()}'));
            my $user = RT::CurrentUser->new; $user->Load('{user}');
            my $ticket = RT::Ticket->new($user); $ticket->Load({int(ticket)});
            my ($ok, $said) = $ticket->Correspond(MIMEObj => $mail); die $said unless $ok;
        """)

    def lose_files(self) -> None:
        """Delete all files, as RT's shredder does."""
        self._perl("$RT::Handle->dbh->do(q{DELETE FROM Attachments WHERE Filename <> ''});")

    def _text(self, url: str) -> str:
        part = self.ask("GET", f"/attachment/{url.rpartition('/')[2]}")
        return base64.b64decode(part.get("Content") or "").decode()

    def _allow(self, who: str, rights: str) -> None:
        """Grant rights by RT's own tools, as REST can't."""
        self._perl(f"{who} $who->GrantRight(Right => $_, Object => RT->System) for qw({rights});")

    def _perl(self, script: str) -> None:
        script = f"use lib '/usr/share/request-tracker5/lib'; use RT -init; {script}"
        subprocess.run(["perl", "-e", script], env=self._environment, check=True, stdout=self._log, stderr=self._log)

    def _answers(self) -> bool:
        try:
            self.ask("GET", "/rt", user="root", password="password")
            return True
        except (OSError, urllib.error.URLError):
            assert self._process and self._process.poll() is None, "Request Tracker has ended"
            return False


class FlakyProxy(FakeHttp):
    """A proxy to a real server. It can fail (`faults`) and stop."""

    def __init__(self, to: str) -> None:
        super().__init__([Route("/{path:path}", self._forward, methods=["GET", "POST", "PUT"])])
        self._to = to

    async def _break(self, request: Request, call_next: Any) -> Response:
        """Lose an answer with a 502 after the server has done the request."""
        if self.faults and self.faults[0] == "lost" and request.method in ("POST", "PUT"):
            self.faults.pop(0)
            await call_next(request)
            return Response(status_code=502)
        return await super()._break(request, call_next)

    async def _forward(self, request: Request) -> Response:
        url = f"{self._to}{request.url.path}?{request.url.query}"
        headers = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
        async with aiohttp.ClientSession() as session:
            body = await request.body()
            async with session.request(request.method, url, data=body or None, headers=headers) as answer:
                return Response(await answer.read(), answer.status, media_type=answer.content_type)
