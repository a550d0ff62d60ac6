"""The admin API over one connection that is kept."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from typing import Any
from urllib.parse import urlsplit

from .errors import MockOpenAIError

TIMEOUT_S = 30.0


class Admin:
    """Asks a mock at `origin`, such as ``http://127.0.0.1:41234``. May be used by several threads."""

    def __init__(self, origin: str, token: str | None = None) -> None:
        self.origin = origin
        self._token = token
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None

    def json(self, method: str, path: str, body: str | None = None) -> Any:
        """The answer as data. Raises MockOpenAIError with the problems that the mock tells."""
        return json.loads(self.text(method, path, body))

    def text(self, method: str, path: str, body: str | None = None) -> str:
        """The answer as text. Raises MockOpenAIError with the problems that the mock tells."""
        with self._lock:
            status, answer = self._ask(method, path, body)
        if status >= 400:
            raise MockOpenAIError(_told(status, answer))
        return answer

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        # The mock closes connections that were idle for long: such a request was not read.
        if self._connection is not None:
            try:
                return self._ask_once(method, path, body)
            except (ConnectionError, http.client.CannotSendRequest):
                pass
            except (OSError, http.client.HTTPException) as error:
                raise self._unanswered(error) from error
        try:
            return self._ask_once(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise self._unanswered(error) from error

    def _unanswered(self, error: Exception) -> MockOpenAIError:
        if isinstance(error, OSError):
            return MockOpenAIError(f"the mock at {self.origin} does not answer: {error}")
        return MockOpenAIError(f"the mock at {self.origin} broke off its answer: {error!r}")

    def _ask_once(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        connection = self._connection or self._connect()
        headers = {"content-type": "application/json"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        try:
            connection.request(method, path, None if body is None else body.encode(), headers)
            response = connection.getresponse()
            answer = response.read().decode()
        except BaseException:
            connection.close()
            self._connection = None
            raise
        self._connection = connection
        return response.status, answer

    def _connect(self) -> http.client.HTTPConnection:
        url = urlsplit(self.origin)
        host = url.hostname or "127.0.0.1"
        if url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, url.port, timeout=TIMEOUT_S, context=context)
        return http.client.HTTPConnection(host, url.port, timeout=TIMEOUT_S)


def _told(status: int, answer: str) -> str:
    """Problem details as lines: every problem with its place."""
    try:
        details = json.loads(answer)
    except ValueError:
        return f"the mock answered {status}: {answer[:500]}"
    problems = details.get("problems")
    if not problems:
        return f"{details.get('title', status)} {details.get('detail', '')}".strip()
    return "\n".join([str(details["title"]), *(f"  {_place(problem)}{problem['message']}" for problem in problems)])


def _place(problem: dict[str, Any]) -> str:
    where = ":".join(str(problem[key]) for key in ("file", "line", "column") if problem.get(key) is not None)
    place = " ".join(filter(None, (where, problem.get("path"))))
    return f"{place}: " if place else ""
