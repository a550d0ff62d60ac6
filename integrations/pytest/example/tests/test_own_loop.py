"""A retry loop as it is often written. It passes its own test, and breaks a rule: so the test fails, and says why."""

import json
import os
import time
import urllib.error
import urllib.request

import pytest


def ask(prompt):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]}
    headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}", "Content-Type": "application/json"}
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    for attempt in range(4):
        try:
            request = urllib.request.Request(url, json.dumps(body).encode(), headers)
            with urllib.request.urlopen(request) as response:
                return json.load(response)["choices"][0]["message"]["content"]
        except urllib.error.HTTPError as error:
            if error.code != 429 or attempt == 3:
                raise
            time.sleep(0.1)  # whatever Retry-After says


@pytest.mark.mock_openai(scenario={"rules": [{"attempts": "1..1", "fault": {"rate_limit": {"retry_after": "1s"}}}]})
def test_ignores_retry_after(mock_openai):
    assert ask("Hello")
