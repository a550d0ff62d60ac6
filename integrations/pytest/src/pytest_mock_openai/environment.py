"""The variables by which OpenAI clients find the mock: as `mock-openai run` sets them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

AZURE_API_VERSION = "2025-04-01-preview"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def client_environment(base_url: str, api_key: str, inherited: Mapping[str, str]) -> dict[str, str | None]:
    """Variables for a client that is to talk to `base_url`, which ends with ``/v1``; None where one is not to be set."""
    root = base_url.removesuffix("/v1").removesuffix("/openai")
    url = urlsplit(base_url)
    no_proxy = _with_host(f"{inherited.get('NO_PROXY', '')},{inherited.get('no_proxy', '')}", url.hostname)
    return {
        # The official SDKs, and most others.
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": api_key,
        # LangChain, LiteLLM, openai-python before 1.0.
        "OPENAI_API_BASE": base_url,
        "OPENAI_API_BASE_URL": base_url,
        "OPENAI_HOST": root,
        "OPENAI_BASE_PATH": None,
        "SPRING_AI_OPENAI_BASE_URL": root,
        "SPRING_AI_OPENAI_API_KEY": api_key,
        # Clients of Azure, which put /openai behind it. LiteLLM has names of its own.
        "AZURE_OPENAI_ENDPOINT": root,
        "AZURE_OPENAI_API_KEY": api_key,
        "OPENAI_API_VERSION": AZURE_API_VERSION,
        "AZURE_API_BASE": root,
        "AZURE_API_KEY": api_key,
        "AZURE_API_VERSION": AZURE_API_VERSION,
        # Proxies would take the traffic.
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "OPENAI_PROXY": None,
        # The OpenAI Agents SDK sends its traces to the real host.
        "OPENAI_AGENTS_DISABLE_TRACING": "1",
    }


def _with_host(hosts: str, host: str | None) -> str:
    known = [each.strip() for each in hosts.split(",") if each.strip()]
    if "*" in known:
        return "*"
    return ",".join(dict.fromkeys([*known, *LOOPBACK, *([host] if host else [])]))
