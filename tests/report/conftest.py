"""What the tests of the bundled pipeline share: small tables, and a model's server."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import settings

from capstone_report.compressed import Compressed
from capstone_report.compression import compress_profile
from capstone_report.dialect import Dialect
from capstone_report.figure_check import check_figures
from capstone_report.loaded_table import LoadedTable
from capstone_report.loading import load_table
from capstone_report.model_server import BASE_URL_VARIABLE, KEY_VARIABLES, MODEL_VARIABLE
from capstone_report.offline_summary import summarise_offline
from capstone_report.pipeline import llm
from capstone_report.profile import Profile
from capstone_report.profiling import profile_table
from capstone_report.provenance import provenance_of
from capstone_report.report import Report, make_report
from capstone_report.summary import OfflineAuthor, Summary

Load = Callable[..., pa.Table]

# The first example pays for imports, and the machine is shared: time is measured elsewhere.
settings.register_profile("report", deadline=None)
settings.load_profile("report")


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks a model that the developer's own environment names."""
    for name in (MODEL_VARIABLE, BASE_URL_VARIABLE, *KEY_VARIABLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder, which is also the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def load(project: Path) -> Load:
    """Load texts, given by file name, as the files of one table."""

    def loaded(
        files: Mapping[str, str | bytes], max_rejected: int = 1000, **dialect: Any
    ) -> pa.Table:
        paths = []
        for name, content in files.items():
            path = project / "data" / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return load_table(paths, Dialect(**dialect), max_rejected)

    return loaded


def run_llm(told: Compressed, profile: Profile, **parameters: Any) -> Summary:
    """Run stage `llm` in the working directory; return the artifact that it leaves."""
    raw, validated = Path("llm_raw.txt"), Path("llm_validated.json")
    values: Any = {**llm.declaration.params, **parameters}
    llm(told, profile, raw, validated, **values)
    return Summary.model_validate_json(validated.read_bytes())


def loaded(*paths: Path) -> pa.Table:
    """Load files as one table."""
    return load_table(paths, Dialect(), 0)


def told_of(table: pa.Table, max_tokens: int = 20_000, **how: Any) -> Compressed:
    """Compress a table."""
    return teller_of(table)(max_tokens, **how)


def teller_of(table: pa.Table) -> Callable[..., Compressed]:
    """Profile a table once, to compress it to one budget after the other."""
    return partial(compress_profile, profile_table(table), LoadedTable.in_memory(table))


def reported(table: pa.Table, summary: Summary | None = None, **words: str) -> Report:
    """Make the report on a table; without a summary, as the pipeline makes it without a model."""
    profile = profile_table(table)
    if summary is None:
        answer = summarise_offline(told_of(table))
        check = check_figures(answer, profile)
        summary = Summary(**dict(answer), author=OfflineAuthor(), check=check)
    provenance = provenance_of(Path(each.file) for each in profile.sources)
    return make_report(profile, summary, provenance, **words)


@dataclass
class Reply:
    """
    What the server sends.

    Attributes:
        body: The body.
        status: The HTTP status.
        headers: More headers.
        after: How long it takes, in seconds.
        cut: After how many characters it hangs up; None for never.
    """

    body: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    cut: int | None = None


@dataclass
class FakeServer:
    """
    A server that speaks the chat-completions protocol and says what it is told to say.

    Attributes:
        url: Its base address.
        replies: What it sends, in this order; the last one again and again.
        requests: The bodies that it was sent.
        keys: The `Authorization` headers that it was sent.
        times: When a request came, in seconds of a steady clock.
        before_reply: Called when a request has come, before it is answered.
    """

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    before_reply: Callable[[], None] = lambda: None

    def says(self, *contents: str) -> None:
        """Answer requests with *contents*, in this order."""
        self.replies += [answer(content) for content in contents]


def answer(content: str) -> Reply:
    """Return what a server sends for an answer of a model."""
    message = {"role": "assistant", "content": content}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "tiny",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16},
    }
    return Reply(json.dumps(body))


def failure(status: int, message: str, **headers: str) -> Reply:
    """Return what a server sends when it refuses."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}})
    return Reply(body, status, {name.replace("_", "-"): text for name, text in headers.items()})


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """A real HTTP server on loopback, which ends with the test."""
    fake = FakeServer()
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fake.requests.append(json.loads(self.rfile.read(length)))
            fake.keys.append(self.headers.get("Authorization", ""))
            fake.times.append(time.monotonic())
            fake.before_reply()
            reply = fake.replies[min(len(fake.requests), len(fake.replies)) - 1]
            if done.wait(reply.after):
                return
            self.send_response(reply.status)
            for name, text in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(reply.body.encode())))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut].encode())
            if reply.cut is not None:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing: a test's output is the test's."""

        def handle(self) -> None:
            """Take it as it is when a client that is out of patience hangs up."""
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    fake.url = f"http://127.0.0.1:{http.server_port}/v1"
    try:
        yield fake
    finally:
        done.set()
        http.shutdown()
        http.server_close()
        thread.join()
