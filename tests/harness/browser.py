"""A headless Chromium, driven over its DevTools protocol by a pipe: no network, no driver to install."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SECONDS = 60  # for an answer; a busy machine starts a browser slowly


def browser_command() -> str | None:
    """Give the path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Page:
    """One tab. `troubles` are the console's errors, exceptions and refusals of the page's policy."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._buffer = b""
        self._last = 0
        self._events: list[dict[str, Any]] = []
        self._session: str | None = None
        self.troubles: list[str] = []
        self.requests: list[str] = []

    def attach(self) -> None:
        """Open the tab and listen to what goes wrong there."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and give its answer; events that come meanwhile are kept."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def open(
        self,
        path: Path,
        fragment: str = "",
        *,
        width: int = 1280,
        dark: bool = False,
        script: bool = True,
    ) -> None:
        """Open a file of this machine in a window of that width, and wait until it is loaded."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 500)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Page.navigate", url="about:blank")  # else a fragment alone loads nothing anew
        self._wait("Page.loadEventFired")
        self.troubles.clear()
        self.requests.clear()
        self.call("Page.navigate", url=f"{path.as_uri()}{fragment}")
        self._wait("Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """Evaluate JavaScript in the page and give its value."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self, path: Path) -> None:
        """Write a PNG of the whole page."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _wait(self, method: str) -> None:
        while not any(event["method"] == method for event in self._events):
            self._next()
        self._events.clear()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._reading], [], [], _SECONDS)
            assert ready, f"the browser gave no answer for {_SECONDS} s"
            data = os.read(self._reading, 1 << 16)
            assert data, "the browser ended"
            self._buffer += data
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(raw)
        if "method" in message:
            self._note(message["method"], message["params"])
            self._events.append(message)
        return message

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.troubles.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.troubles.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.troubles.append(str(params["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


@contextlib.contextmanager
def browser() -> Iterator[Page]:
    """Give a tab of a browser of its own, which ends with the block."""
    command = browser_command()
    assert command is not None
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                *("bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "browser", command),
                *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                *("--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}"),
            ],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        page = Page(ours_in, ours_out)
        try:
            page.attach()
            yield page
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(ours_in)
            os.close(ours_out)
            time.sleep(0.05)  # its helpers still write into the profile
