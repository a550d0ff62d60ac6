import unittest

import pytest
from openai import AsyncOpenAI, InternalServerError, OpenAI

HELLO = [{"role": "user", "content": "Hello"}]


def test_waits_as_it_is_told(mock_openai):
    answer = OpenAI().chat.completions.create(model="gpt-4o", messages=HELLO)
    assert answer.choices[0].message.content
    [call] = mock_openai.calls()
    assert [attempt["status"] for attempt in call["attempts"]] == [429, 200]
    mock_openai.assert_verdict()


async def test_waits_as_it_is_told_in_an_event_loop(mock_openai):
    answer = await AsyncOpenAI().responses.create(model="gpt-4o", input="Hello")
    assert answer.output_text
    mock_openai.assert_verdict("strict-sre")


@pytest.mark.mock_openai(scenario="healthy")
def test_survives_a_server_error(mock_openai):
    mock_openai.use({"attempts": "1..1", "fault": "server_error"})
    assert OpenAI().embeddings.create(model="text-embedding-3-small", input="Hello").data
    mock_openai.assert_verdict()


@pytest.mark.mock_openai(scenario={"rules": [{"fault": "overloaded"}]})
def test_gives_up(mock_openai):
    with pytest.raises(InternalServerError):
        OpenAI(max_retries=1).chat.completions.create(model="gpt-4o", messages=HELLO)
    assert len(mock_openai.calls()[0]["attempts"]) == 2


def test_two_calls(mock_openai):
    for name in ("first", "second"):
        with mock_openai.call(name):
            OpenAI().chat.completions.create(model="gpt-4o", messages=HELLO)
    assert [call["id"] for call in mock_openai.calls()] == ["first", "second"]
    mock_openai.assert_verdict()


@pytest.mark.mock_openai
class TestInTheStyleOfUnittest(unittest.TestCase):
    def test_waits_as_it_is_told(self):
        OpenAI().chat.completions.create(model="gpt-4o", messages=HELLO)
        self.assertEqual(len(self.mock_openai.calls()), 1)
        self.mock_openai.assert_verdict()
