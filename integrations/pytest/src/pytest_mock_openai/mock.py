"""The mock as a test sees it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from .environment import client_environment
from .server import Server
from .source import Policy, Scenario, is_name, policy_source, scenario_source

# A verdict is about requests that are over; what is still open after this time is judged as it stands.
IDLE_S = 1.0


class MockOpenAI:
    """
    A world of its own for one test: its scenario, counters, limits, calls and verdict are shared with no other test.
    What it is asked for is fetched from the mock, and raises MockOpenAIError where the mock refuses it.
    """

    base_url: str
    """For the client, with ``/v1``. It names the test as the call that all requests belong to."""
    api_key: str
    """A key that the scenario accepts."""

    def __init__(
        self,
        server: Server,
        monkeypatch: pytest.MonkeyPatch,
        *,
        folders: Sequence[Path],
        scenario: Scenario | None = None,
        seed: int | str | None = None,
        policy: Policy | None = None,
        call: str | None = None,
    ) -> None:
        self._server = server
        self._monkeypatch = monkeypatch
        self._folders = folders
        self._policy = policy
        self.judged_by_test = False
        """Whether the test has asked for the verdict itself."""
        self.explained = False
        """Whether the failure of the test tells the verdict already."""
        body = {
            **({} if scenario is None else {"scenario": scenario_source(scenario, folders)}),
            **({} if seed is None else {"seed": seed}),
        }
        opened = server.admin.json("POST", "/__admin/sessions", json.dumps(body) if body else "")
        self.session_id: str = opened["id"]
        self.session_url: str = opened["base_url"]
        self.api_key = opened["api_key"]
        self.scenario: str = opened["scenario"]
        self.base_url = self.session_url if call is None else self.call_url(call)
        self._show(self.base_url)

    @property
    def origin(self) -> str:
        """Of the mock: ``http://127.0.0.1:41234``."""
        return self._server.origin

    @property
    def admin_url(self) -> str:
        """The admin API of this test: ``…/__admin``."""
        return f"{self.origin}{self._path('')}"

    def call_url(self, name: str) -> str:
        """A base URL whose requests are the attempts of one call of that name."""
        url = urlsplit(self.session_url)
        session, rest = self._split(url.path)
        return f"{url.scheme}://{url.netloc}{session}/c/{quote(name, safe='')}{rest}"

    @contextmanager
    def call(self, name: str) -> Iterator[str]:
        """Within it, the variables of clients name another call. Make the client in it."""
        before = self.base_url
        self.base_url = self.call_url(name)
        self._show(self.base_url)
        try:
            yield self.base_url
        finally:
            self.base_url = before
            self._show(before)

    def use(self, rules: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """Puts a rule, or several, before those of the scenario: ``{"attempts": "1..1", "fault": "server_error"}``."""
        self._server.admin.json("POST", self._path("rules"), json.dumps(rules))

    def use_scenario(self, scenario: Scenario) -> None:
        """Begins anew with another scenario."""
        source = scenario_source(scenario, self._folders)
        if isinstance(source, str) and is_name(source):
            raise ValueError(f"give the name {source!r} to the marker; a running test takes the text or the data of a scenario")
        text = source if isinstance(source, str) else json.dumps(source)
        self._server.admin.json("PUT", self._path("scenario"), text)

    def reset(self) -> None:
        """Forgets what happened: counters, limits, calls, added rules, the journal."""
        self._server.admin.json("POST", self._path("reset"))

    def calls(self) -> list[dict[str, Any]]:
        """What came, as calls with their attempts: ``calls()[0]["attempts"][1]["gapMs"]``."""
        self._settle()
        calls: list[dict[str, Any]] = self._server.admin.json("GET", self._path("calls"))["calls"]
        return calls

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """What came, request by request; only what is after that ``seq``."""
        self._settle()
        entries: list[dict[str, Any]] = self._server.admin.json("GET", self._path(f"journal?since={since}"))["entries"]
        return entries

    def verdict(self, policy: Policy | None = None) -> dict[str, Any]:
        """
        The verdict over the test so far, as if the client were done. A test that asks for it judges by itself:
        it does not fail for a broken rule by itself any more.
        """
        self.judged_by_test = True
        return self.judge(policy)

    def assert_verdict(self, policy: Policy | None = None) -> None:
        """Fails the test unless the verdict is ``pass`` or ``warn``, with the findings as `mock-openai run` prints them."""
        __tracebackhide__ = True
        if self.verdict(policy)["verdict"] not in ("pass", "warn"):
            self.explained = True
            pytest.fail(self.explain(policy))

    def judge(self, policy: Policy | None = None) -> dict[str, Any]:
        verdict: dict[str, Any] = json.loads(self._ask_verdict(policy, "json"))
        return verdict

    def explain(self, policy: Policy | None = None) -> str:
        """The verdict as text, as `mock-openai run` prints it, without the rules that had nothing to judge."""
        blocks = self._ask_verdict(policy, "text").rstrip().split("\n\n")
        return "\n\n".join(block for block in blocks if not block.startswith("not applicable"))

    def close(self) -> None:
        """Forgets the session. The plug-in does it when the test is over."""
        self._server.admin.json("DELETE", f"/__admin/sessions/{quote(self.session_id, safe='')}")

    def _ask_verdict(self, policy: Policy | None, how: str) -> str:
        wanted = self._policy if policy is None else policy
        query = f"ended=true&format={how}&settle={IDLE_S}s"
        if wanted is None:
            return self._server.admin.text("GET", self._path(f"verdict?{query}"))
        source = policy_source(wanted, self._folders)
        if isinstance(source, str) and is_name(source):
            return self._server.admin.text("GET", self._path(f"verdict?{query}&policy={quote(source)}"))
        text = source if isinstance(source, str) else json.dumps(source)
        return self._server.admin.text("POST", self._path(f"verdict?{query}"), text)

    def _settle(self) -> None:
        """Waits a little for requests whose end the mock has not seen: the client is a moment ahead of it."""
        until = time.monotonic() + IDLE_S
        while time.monotonic() < until:
            if self._server.admin.json("GET", self._path("health"))["in_flight"] == 0:
                return
            time.sleep(0.005)

    def _path(self, route: str) -> str:
        path = f"/s/{quote(self.session_id, safe='')}/__admin"
        return f"{path}/{route}" if route else path

    def _show(self, base_url: str) -> None:
        for name, value in client_environment(base_url, self.api_key, os.environ).items():
            if value is None:
                self._monkeypatch.delenv(name, raising=False)
            else:
                self._monkeypatch.setenv(name, value)

    def _split(self, path: str) -> tuple[str, str]:
        """``/s/ID`` and what is behind it."""
        session = f"/s/{quote(self.session_id, safe='')}"
        return session, path.removeprefix(session)
