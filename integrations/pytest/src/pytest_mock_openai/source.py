"""Scenarios and policies as tests give them: names, files, YAML, data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from .errors import MockOpenAIError

Scenario = Union[str, Path, Mapping[str, Any]]
Policy = Union[str, Path, Mapping[str, Any]]

_YAML = (".yaml", ".yml", ".json")


def scenario_source(given: Scenario, folders: Sequence[Path]) -> str | dict[str, Any]:
    """
    What the admin API takes: the text of a file, a name, or data. Files are looked for in `folders`, names first as
    ``scenarios/NAME.yaml`` in them. Raises MockOpenAIError where a file is not there.
    """
    if isinstance(given, str) and is_name(given) and not _looks_like_path(given):
        for folder in folders:
            for ending in _YAML[:2]:
                own = folder / "scenarios" / f"{given}{ending}"
                if own.is_file():
                    return own.read_text(encoding="utf-8")
    return policy_source(given, folders)


def policy_source(given: Policy, folders: Sequence[Path]) -> str | dict[str, Any]:
    """Text, data, or the name of a preset. Raises MockOpenAIError for anything else, and where a file is not there."""
    if isinstance(given, Mapping):
        return _data(given)
    if not isinstance(given, (str, Path)):
        raise MockOpenAIError(f"expected a name, a path, YAML or data, found {given!r}")
    if isinstance(given, str) and _is_text(given):
        return given
    if isinstance(given, Path) or _looks_like_path(given):
        return _read(given, folders)
    return given


def is_name(source: str | dict[str, Any]) -> bool:
    return isinstance(source, str) and not _is_text(source)


def _data(given: Mapping[str, Any]) -> dict[str, Any]:
    data = dict(given)
    try:
        json.dumps(data)
    except (TypeError, ValueError) as error:
        raise MockOpenAIError(f"the data holds what JSON cannot: {error}") from None
    return data


def _is_text(given: str) -> bool:
    """As the mock itself tells a text from a name."""
    return "\n" in given or re.search(r":\s", given) is not None or given.lstrip().startswith("{")


def _looks_like_path(given: str) -> bool:
    return given.lower().endswith(_YAML) or "/" in given or "\\" in given


def _read(given: str | Path, folders: Sequence[Path]) -> str:
    for folder in folders:
        path = folder / given
        if path.is_file():
            return path.read_text(encoding="utf-8")
    looked = ", ".join(str(folder) for folder in dict.fromkeys(folders))
    raise MockOpenAIError(f"there is no file {given}; looked in {looked}")
