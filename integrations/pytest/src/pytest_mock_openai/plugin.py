"""What pytest loads."""

from __future__ import annotations

import os
import unittest
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from .environment import client_environment
from .errors import MockOpenAIError
from .mock import MockOpenAI
from .server import Server, find_or_start

SECTION = "mock-openai"
PROPERTY = "mock_openai"
KNOWN = ("scenario", "policy", "seed", "judge", "call_path")

_mock_key = pytest.StashKey[MockOpenAI]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("mock_openai_scenario", "the scenario of tests whose marker names none", default="")
    parser.addini("mock_openai_policy", "the policy of tests whose marker names none", default="")
    parser.addini(
        "mock_openai_call_path",
        "whether the requests of a test are the attempts of one call, which the base URL names",
        type="bool",
        default=True,
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "mock_openai(scenario=None, policy=None, seed=None, judge=True, call_path=True): a stand-in for OpenAI in this "
        "test. judge=False: a broken rule does not fail it. call_path=False: calls are recognised by what they ask.",
    )
    config.pluginmanager.register(Summary(), "mock_openai_summary")


@dataclass(frozen=True)
class Wanted:
    """What the markers of a test ask for, the nearest first, and then the settings of the project."""

    scenario: Any = None
    policy: Any = None
    seed: Any = None
    judge: bool = True
    call_path: bool = True


def _wanted(node: pytest.Item) -> Wanted:
    values: dict[str, Any] = {}
    for marker in node.iter_markers("mock_openai"):
        unknown = [name for name in marker.kwargs if name not in KNOWN]
        if unknown or marker.args:
            what = f"no {unknown[0]}" if unknown else "keywords only"
            raise MockOpenAIError(f"@pytest.mark.mock_openai takes {what}; known: {', '.join(KNOWN)}")
        for name, value in marker.kwargs.items():
            values.setdefault(name, value)
    settings = {
        "scenario": node.config.getini("mock_openai_scenario") or None,
        "policy": node.config.getini("mock_openai_policy") or None,
        "call_path": node.config.getini("mock_openai_call_path"),
    }
    return Wanted(**{**settings, **values})


@pytest.fixture(scope="session")
def mock_openai_server() -> Iterator[Server]:
    """The mock of this process: that of MOCK_OPENAI_URL, or one that is started. With xdist, each worker has its own."""
    try:
        server = find_or_start(os.environ)
    except MockOpenAIError as error:
        raise _failure(str(error)) from None
    yield server
    server.stop()


@pytest.fixture
def mock_openai(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockOpenAI]:
    """A stand-in for OpenAI for this test. The variables that clients read point to it."""
    server: Server = request.getfixturevalue("mock_openai_server")
    node: pytest.Item = request.node
    folders = [node.path.parent, node.config.rootpath]
    try:
        wanted = _wanted(node)
        mock = MockOpenAI(
            server,
            monkeypatch,
            folders=folders,
            scenario=wanted.scenario,
            seed=wanted.seed,
            policy=wanted.policy,
            call=node.name if wanted.call_path else None,
        )
    except MockOpenAIError as error:
        raise _failure(str(error)) from None
    node.stash[_mock_key] = mock
    yield mock
    mock.close()


@pytest.fixture(autouse=True)
def _mock_openai_of_test(request: pytest.FixtureRequest) -> None:
    """The marker alone is enough. Tests of unittest find the mock as an attribute; those under `run` are told apart."""
    node: pytest.Item = request.node
    if node.get_closest_marker("mock_openai") is not None or "mock_openai" in request.fixturenames:
        mock: MockOpenAI = request.getfixturevalue("mock_openai")
        if isinstance(request.instance, unittest.TestCase):
            request.instance.mock_openai = mock  # type: ignore[attr-defined]
    elif os.environ.get("MOCK_OPENAI_ORIGIN") and node.config.getini("mock_openai_call_path"):
        _name_call(node, request.getfixturevalue("monkeypatch"))


def _name_call(node: pytest.Item, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under `mock-openai run`, whose mock all tests share, the base URL names the test."""
    base_url = f"{os.environ['MOCK_OPENAI_ORIGIN']}/s/default/c/{quote(node.nodeid, safe='')}/v1"
    for name, value in client_environment(base_url, os.environ.get("OPENAI_API_KEY", ""), os.environ).items():
        if value is not None and value.startswith(("http://", "https://")):
            monkeypatch.setenv(name, value)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Judges the client when the test is over, before its fixtures are."""
    try:
        result = yield
    except BaseException:
        _tell(item, _note(item).text)
        raise
    note = _note(item)
    if note.fails:
        raise _failure(note.text)
    _tell(item, note.text)
    return result


def _tell(item: pytest.Item, text: str) -> None:
    if text:
        item.add_report_section("call", SECTION, text)


def _failure(text: str) -> BaseException:
    """Fails a test with a text and no traceback: there is nothing of interest in ours."""
    return pytest.fail.Exception(text, pytrace=False)


_HINT = "@pytest.mark.mock_openai(judge=False) leaves the verdict to the test; mock_openai.verdict() tells it."


class _Note(NamedTuple):
    text: str = ""
    """What the report of the test is to tell."""
    fails: bool = False
    """Whether the test fails for it."""


def _note(item: pytest.Item) -> _Note:
    """Notes the verdict for the reports."""
    mock = item.stash.get(_mock_key, None)
    if mock is None:
        return _Note()
    decides = _wanted(item).judge and not mock.judged_by_test
    try:
        verdict = mock.judge()
        text = mock.explain() if verdict["verdict"] in ("fail", "warn") else ""
    except MockOpenAIError as error:
        return _Note(str(error), decides)
    if verdict["attempts"] == 0:
        verdict["verdict"] = _UNUSED
    told = {name: verdict[name] for name in ("verdict", "explain", "calls", "attempts", "correlation")}
    item.user_properties.append((PROPERTY, told["verdict"]))
    item.user_properties.append((f"{PROPERTY}_findings", told["explain"]))
    item.user_properties.append((f"{PROPERTY}_calls", f"{told['calls']} {told['attempts']} {_certain(verdict)}"))
    if verdict["verdict"] == "fail" and decides:
        return _Note(f"{text}\n\n{_HINT}", True)
    return _Note("" if mock.explained else text)


def _certain(verdict: dict[str, Any]) -> str:
    return ",".join(f"{name}={count}" for name, count in verdict["correlation"].items() if count)


@dataclass
class Summary:
    """What the tests with a mock came to, also those of other workers."""

    verdicts: dict[str, list[str]] = field(default_factory=dict)
    tests: int = 0
    calls: int = 0
    attempts: int = 0
    certain: dict[str, int] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties = dict(report.user_properties)
        verdict = properties.get(PROPERTY)
        if report.when != "call" or not isinstance(verdict, str):
            return
        calls, attempts, certain = str(properties[f"{PROPERTY}_calls"]).split(" ")
        self.tests += 1
        self.calls += int(calls)
        self.attempts += int(attempts)
        for each in filter(None, certain.split(",")):
            name, count = each.split("=")
            self.certain[name] = self.certain.get(name, 0) + int(count)
        self.verdicts.setdefault(verdict, []).append(f"{report.nodeid}: {properties[f'{PROPERTY}_findings']}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.tests == 0:
            return
        terminalreporter.section(SECTION)
        counts = ", ".join(f"{len(self.verdicts[kind])} {kind}" for kind in _ORDER if kind in self.verdicts)
        certain = ", ".join(f"{name} {count}" for name, count in self.certain.items())
        terminalreporter.write_line(f"verdicts     {counts}")
        terminalreporter.write_line(f"calls        {self.calls} in {self.attempts} requests; recognised {certain or 'none'}")
        for kind in ("fail", "warn"):
            for line in self.verdicts.get(kind, []):
                terminalreporter.write_line(f"{kind.upper():<12} {line}")


_UNUSED = "without a request"
_ORDER = ("fail", "warn", "inconclusive", "pass", _UNUSED)
