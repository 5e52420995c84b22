"""
A real browser without a window, driven over its DevTools protocol.

Speaks the protocol through two pipes (`--remote-debugging-pipe`), which needs
nothing but the browser itself. Notes every request that a page makes, and all that
the browser complains of.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BINARY = next((found for name in NAMES if (found := shutil.which(name))), None)
"""The browser on this machine; None where there is none."""

_PATIENCE_SECONDS = 60.0
_SPEECH = frozenset({"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"})


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that a page will surely do."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


@dataclass
class Page:
    """
    A page that is open.

    Attributes:
        browser: Where.
        session: Its name there.
        requests: The addresses that it asked for, itself included.
        complaints: What the browser wrote to the console.
    """

    browser: Browser
    session: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript."""
        parameters = {"expression": expression, "returnByValue": True}
        done = self.browser.ask("Runtime.evaluate", self.session, **parameters)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        done = self.browser.ask(
            "Page.captureScreenshot", self.session, format="png", captureBeyondViewport=True
        )
        path.write_bytes(base64.b64decode(done["data"]))

    def pdf(self) -> bytes:
        """Print the page."""
        done = self.browser.ask("Page.printToPDF", self.session, preferCSSPageSize=True)
        return base64.b64decode(done["data"])


class Browser:
    """
    A browser, until `close`.

    Args:
        binary: Its program.
        folder: Where it keeps its files.
    """

    def __init__(self, binary: str, folder: Path) -> None:
        its_in, self._out = os.pipe()
        self._in, its_out = os.pipe()
        arguments = [
            binary,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ]
        with (folder / "stderr").open("wb") as said:
            places = [(its_in, 3), (its_out, 4), (said.fileno(), 1), (said.fileno(), 2)]
            self._pid = os.posix_spawn(
                binary,
                arguments,
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, source, place) for source, place in places],
                setpgroup=0,
            )
        os.close(its_in)
        os.close(its_out)
        self._number = 0
        self._read = b""
        self._pages: dict[str, Page] = {}

    def open(
        self, address: str, *, width: int, height: int, dark: bool = False, medium: str = "screen"
    ) -> Page:
        """Open a page in a window of so many pixels, and wait until it is there."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        page = self._pages[attached["sessionId"]] = Page(self, attached["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable", page.session)
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            page.session,
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", page.session, media=medium, features=[scheme])
        self.ask("Page.navigate", page.session, url=address)
        while page.evaluate("document.readyState") != "complete":
            time.sleep(0.01)
        return page

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for what it returns; note what happens until then."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        os.write(self._out, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next(method)
            if message.get("id") == self._number:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def close(self) -> None:
        """End the browser and all that it started."""
        os.close(self._out)
        os.close(self._in)
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _next(self, method: str) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while b"\0" not in self._read:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._in], [], [], max(left, 0))
            assert ready, f"the browser did not answer {method}"
            part = os.read(self._in, 1 << 16)
            assert part, f"the browser ended at {method}"
            self._read += part
        text, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        page = self._pages.get(message.get("sessionId", ""))
        if page is None:
            return
        if message["method"] == "Network.requestWillBeSent":
            page.requests.append(message["params"]["request"]["url"])
        elif message["method"] in _SPEECH:
            page.complaints.append(json.dumps(message["params"]))
