"""openai for Python on httpx with HTTP/2. It asks twice by one client, and tells what it saw the second time."""

import json
import os
import ssl

import httpx
from openai import OpenAI

WHOLE = os.environ["WHOLE"]


def ask(client):
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}], "stream": True}
    events = client.chat.completions.create(**asked)
    text = "".join(event.choices[0].delta.content or "" for event in events if event.choices)
    return "answer" if text == WHOLE else "half an answer"


def error_text(error):
    """The class, and the class of the innermost cause."""
    innermost = error
    while innermost.__cause__ is not None:
        innermost = innermost.__cause__
    inner = type(innermost).__name__
    said = f"{inner}: {innermost.verify_message}" if isinstance(innermost, ssl.SSLCertVerificationError) else inner
    return said if innermost is error else f"{type(error).__name__}: {said}"


def attempt(client):
    try:
        return ask(client)
    except Exception as error:
        return error_text(error)


for name, urls in json.loads(os.environ["URLS"]).items():
    for situation, url in urls.items():
        trusted = ssl.create_default_context(cafile=os.environ["CA"])
        with httpx.Client(http2=True, verify=trusted, timeout=10) as stack:
            client = OpenAI(base_url=url, api_key="sk-test", http_client=stack)
            if not situation.startswith("certificate"):
                attempt(client)
            print("SEEN " + json.dumps([name, situation, attempt(client)]), flush=True)
