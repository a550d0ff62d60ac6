"""Clients of Azure OpenAI in Python, as their users have them.

Each client in each case prints a line of JSON: [client, case, what the client saw]. ENDPOINTS is JSON: an endpoint for each
case of a client.
"""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor

import litellm
from langchain_openai import AzureChatOpenAI
from openai import AsyncAzureOpenAI, AzureOpenAI
from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion, AzureChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory

WHOLE = os.environ["WHOLE"]
CALLS = int(os.environ["CALLS"])
API_VERSION = "2025-04-01-preview"
DEPLOYMENT = "mine"

litellm.suppress_debug_info = True


def messages(content):
    return [{"role": "user", "content": content}]


class OfficialSdk:
    def client(self, endpoint, retries):
        options = {} if retries else {"max_retries": 0}
        return AzureOpenAI(azure_endpoint=endpoint, api_key="k", api_version=API_VERSION, **options)

    def ask(self, endpoint, content, retries=False):
        client = self.client(endpoint, retries)
        completion = client.chat.completions.create(model=DEPLOYMENT, messages=messages(content))
        return completion.choices[0].message.content

    def stream(self, endpoint, content):
        events = self.client(endpoint, False).chat.completions.create(model=DEPLOYMENT, messages=messages(content), stream=True)
        return "".join(event.choices[0].delta.content or "" for event in events if event.choices)


class LangChain:
    def client(self, endpoint, retries):
        options = {} if retries else {"max_retries": 0}
        return AzureChatOpenAI(
            azure_endpoint=endpoint, azure_deployment=DEPLOYMENT, api_key="k", api_version=API_VERSION, **options
        )

    def ask(self, endpoint, content, retries=False):
        return self.client(endpoint, retries).invoke(content).text

    def stream(self, endpoint, content):
        return "".join(chunk.text for chunk in self.client(endpoint, False).stream(content))


class LiteLlm:
    def call(self, endpoint, content, **options):
        given = {"api_base": endpoint, "api_key": "k", "api_version": API_VERSION, "messages": messages(content), **options}
        return litellm.completion(model=f"azure/{DEPLOYMENT}", **given)

    def ask(self, endpoint, content, retries=False):
        options = {} if retries else {"num_retries": 0, "max_retries": 0}
        return self.call(endpoint, content, **options).choices[0].message.content

    def stream(self, endpoint, content):
        events = self.call(endpoint, content, stream=True, num_retries=0, max_retries=0)
        return "".join(event.choices[0].delta.content or "" for event in events if event.choices)


class SemanticKernel:
    """It takes an endpoint with https alone, and any client."""

    async def complete(self, endpoint, content, streams, **options):
        history = ChatHistory()
        history.add_user_message(content)
        settings = AzureChatPromptExecutionSettings()
        async with AsyncAzureOpenAI(
            azure_endpoint=endpoint, api_key="k", api_version=API_VERSION, **options
        ) as client:
            service = AzureChatCompletion(deployment_name=DEPLOYMENT, async_client=client)
            if not streams:
                return str(await service.get_chat_message_content(history, settings))
            chunks = service.get_streaming_chat_message_contents(history, settings)
            return "".join([str(message) async for messages in chunks for message in messages])

    def ask(self, endpoint, content, retries=False):
        options = {} if retries else {"max_retries": 0}
        return asyncio.run(self.complete(endpoint, content, False, **options))

    def stream(self, endpoint, content):
        return asyncio.run(self.complete(endpoint, content, True, max_retries=0))


CLIENTS = {
    "openai-python": OfficialSdk(),
    "LangChain, Python": LangChain(),
    "LiteLLM": LiteLlm(),
    "Semantic Kernel, Python": SemanticKernel(),
}


def seen(act):
    try:
        text = act()
        return "answer" if text == WHOLE else json.dumps(text)
    except Exception as error:
        # Semantic Kernel wraps the error of the SDK.
        status = getattr(error, "status_code", None) or getattr(error.__cause__, "status_code", None)
        return type(error).__name__ if status is None else f"{type(error).__name__} {status}"


for name, endpoints in json.loads(os.environ["ENDPOINTS"]).items():
    client = CLIENTS[name]
    for case, endpoint in endpoints.items():
        if case == "stream":
            saw = seen(lambda: client.stream(endpoint, "Hello"))
        elif case == "rate-limited":
            with ThreadPoolExecutor(CALLS) as pool:
                asked = pool.map(lambda at: seen(lambda: client.ask(endpoint, f"Question {at}", True)), range(CALLS))
                # Whatever text: the scenario says none.
                saw = "answers" if all(each.startswith('"') for each in asked) else "errors"
        else:
            saw = seen(lambda: client.ask(endpoint, "Hello"))
        print("SEEN " + json.dumps([name, case, saw]), flush=True)
