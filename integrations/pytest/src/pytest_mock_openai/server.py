"""A mock that runs beside the tests."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .admin import Admin
from .errors import MockOpenAIError
from .node import SERVE, node

# Settings of the mock that make sense for the one of a test run. Others, such as a port, would be shared by several.
TAKEN_SETTINGS = ("MOCK_OPENAI_SCENARIO", "MOCK_OPENAI_SEED")


class Server:
    """A mock that was started, or one that was there."""

    def __init__(self, origin: str, token: str | None, process: subprocess.Popen[str] | None) -> None:
        self.origin = origin
        self.admin = Admin(origin, token)
        self._process = process

    def stop(self) -> None:
        """Ends what was started; leaves what was there."""
        self.admin.close()
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def find_or_start(environment: Mapping[str, str]) -> Server:
    """The mock that the environment names, else one of our own. Raises MockOpenAIError where it does not start."""
    given = environment.get("MOCK_OPENAI_URL") or environment.get("MOCK_OPENAI_ORIGIN")
    if given:
        return Server(_origin(given), environment.get("MOCK_OPENAI_ADMIN_TOKEN"), None)
    return _start(environment)


def _origin(given: str) -> str:
    try:
        url = urlsplit(given)
        if url.scheme in ("http", "https") and url.hostname and url.port != 0:
            return f"{url.scheme}://{url.netloc}"
    except ValueError:  # no port, or no host, is written like that
        pass
    raise MockOpenAIError(f"MOCK_OPENAI_URL: expected an address such as http://127.0.0.1:8080, found {given!r}")


def _cache_folder(environment: Mapping[str, str]) -> Path:
    """Of this user: nobody else may write what Node is to run."""
    given = environment.get("XDG_CACHE_HOME") or environment.get("LOCALAPPDATA")
    return (Path(given) if given else Path.home() / ".cache") / "mock-openai"


def _start(environment: Mapping[str, str]) -> Server:
    own = {
        name: value
        for name, value in environment.items()
        if name in TAKEN_SETTINGS or not (name.startswith("MOCK_OPENAI_") or name == "NODE_OPTIONS")
    }
    # Compiled code is kept between runs: it halves the time of a start.
    own.setdefault("NODE_COMPILE_CACHE", str(_cache_folder(environment)))
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [node(), str(SERVE), "serve", "--port", "0", "--host", "127.0.0.1", "--quiet"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=own,
            encoding="utf-8",
            # A signal of the terminal is for pytest, which ends the mock itself.
            **({} if os.name == "nt" else {"start_new_session": True}),  # type: ignore[call-overload]
        )
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        if not base_url:
            process.wait()
            errors.seek(0)
            raise MockOpenAIError(f"the mock did not start:\n{errors.read().strip()}")
    return Server(_origin(base_url), None, process)
