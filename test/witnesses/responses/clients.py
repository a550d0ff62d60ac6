"""Python clients of the Responses API, as their users have them.

Each client in each situation prints a line of JSON: [client, situation, what the client saw].
The environment says where: URLS is JSON, a base URL for each situation of a client.
"""

import asyncio
import json
import os
import sys

import litellm
from agents import Agent, OpenAIProvider, RunConfig, Runner, function_tool
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai.models import infer_model
from pydantic_ai.providers.openai import OpenAIProvider as PydanticProvider

WHOLE = os.environ["WHOLE"]
# Under `stall`: the limit of a client, where it has one, and how long it is watched. Elsewhere neither matters.
STALL_TIMEOUT = int(os.environ["STALL_TIMEOUT_MS"]) / 1000
STALL_WATCHED = int(os.environ["STALL_WATCHED_MS"]) / 1000
PATIENCE = 60
MODEL = "gpt-4o"
KEY = "sk-test"
INPUT = "Hello"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}

litellm.suppress_debug_info = True


class Person(BaseModel):
    name: str
    age: int


def told(text, rest=""):
    """`answer` for the whole text; of less, how much there is and what else the client tells."""
    if text == WHOLE:
        return "answer"
    much = "nothing" if not text else "part" if WHOLE.startswith(text) else json.dumps(text)
    return f"{much}; {rest}" if rest else much


def name_of(error):
    """The class of an error, its status and its code."""
    status = getattr(error, "status_code", None)
    code = getattr(error, "code", None)
    parts = [type(error).__name__, status, None if str(code).isdigit() else code]
    return " ".join(str(part) for part in parts if part is not None)


async def operations(**all_of_them):
    """The operations that did what they should; of the others, what they gave or threw."""
    results = []
    for name, operation in all_of_them.items():
        try:
            result = await operation()
        except Exception as error:
            result = name_of(error)
        results.append(name if result in (True, "answer") else f"{name} ({result})")
    return ", ".join(results)


async def read(pieces, rest=lambda: ""):
    """What a stream gave until it ended or failed. `pieces` are texts."""
    text = ""
    try:
        async for piece in pieces:
            text += piece
        return told(text, rest())
    except Exception as error:
        return f"answer; {name_of(error)}" if text == WHOLE else told(text, name_of(error))


class OpenAIClient:
    def __init__(self, base_url, timeout):
        self.client = AsyncOpenAI(base_url=base_url, api_key=KEY, timeout=timeout)

    async def healthy(self):
        return await operations(
            create=self.limited,
            stream=self.stream,
            parse=self.parse,
            background=self.background,
            conversations=self.conversations,
        )

    async def limited(self):
        response = await self.client.responses.create(model=MODEL, input=INPUT)
        return told(response.output_text, response.status)

    async def stream(self):
        last = ""

        async def pieces():
            nonlocal last
            async for event in await self.client.responses.create(model=MODEL, input=INPUT, stream=True):
                last = event.type
                yield event.delta if event.type == "response.output_text.delta" else ""

        return await read(pieces(), lambda: f"ends after {last}, no error")

    async def parse(self):
        response = await self.client.responses.parse(model=MODEL, input="A person", text_format=Person)
        return isinstance(response.output_parsed, Person)

    async def background(self):
        response = await self.client.responses.create(model=MODEL, input=INPUT, background=True)
        while response.status in ("queued", "in_progress"):
            response = await self.client.responses.retrieve(response.id)
        return told(response.output_text, response.status)

    async def conversations(self):
        conversation = await self.client.conversations.create()
        await self.client.responses.create(model=MODEL, input=INPUT, conversation=conversation.id)
        items = await self.client.conversations.items.list(conversation.id)
        return len(items.data) == 2

    tools = [{"type": "function", "name": "weather", "parameters": PARAMETERS, "strict": True}]

    async def tool(self):
        first = await self.client.responses.create(model=MODEL, input="Weather?", tools=self.tools)
        call = called(first)
        items = [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]
        following = await self.client.responses.create(
            model=MODEL, input=items, previous_response_id=first.id, tools=self.tools
        )
        return f"call, then {told(following.output_text)}"


class OpenAIHelper(OpenAIClient):
    async def healthy(self):
        return await operations(**{"responses.stream": self.stream})

    async def stream(self):
        text = ""
        try:
            async with self.client.responses.stream(model=MODEL, input=INPUT) as events:
                async for event in events:
                    text += event.delta if event.type == "response.output_text.delta" else ""
                final = await events.get_final_response()
            return told(final.output_text, f"get_final_response() has status {final.status}")
        except Exception as error:
            return told(text, name_of(error))

    limited = stream

    async def tool(self):
        async with self.client.responses.stream(model=MODEL, input="Weather?", tools=self.tools) as events:
            final = await events.get_final_response()
        return "call" if "city" in json.loads(called(final).arguments) else final.status


def called(response):
    return next(item for item in response.output if item.type == "function_call")


class AgentsSDK:
    def __init__(self, base_url, timeout):
        provider = OpenAIProvider(openai_client=AsyncOpenAI(base_url=base_url, api_key=KEY, timeout=timeout))
        self.config = RunConfig(model_provider=provider, tracing_disabled=True)

    async def healthy(self):
        return await operations(**{"run": self.limited, "run_streamed": self.stream})

    async def run(self, agent, text):
        return await Runner.run(agent, text, run_config=self.config)

    async def limited(self):
        return told((await self.run(agent(), INPUT)).final_output)

    async def stream(self):
        streamed = Runner.run_streamed(agent(), INPUT, run_config=self.config)

        async def pieces():
            async for event in streamed.stream_events():
                if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                    yield event.data.delta

        return await read(pieces(), lambda: f"final_output {told(streamed.final_output or '')}")

    async def tool(self):
        @function_tool
        def weather(city: str) -> str:
            """Tells the weather."""
            return "sunny"

        first = await self.run(agent(tools=[weather]), "Weather?")
        outputs = [item.output for item in first.new_items if item.type == "tool_call_output_item"]
        second = await self.run(agent(handoffs=[agent("other")]), "Hand over")
        handed = "hand-off, then " if second.last_agent.name == "other" else ""
        return f"{'call, then ' if outputs == ['sunny'] else ''}{told(first.final_output)}; {handed}{told(second.final_output)}"


def agent(name="helper", **more):
    return Agent(name=name, instructions="Help", model=MODEL, **more)


class PydanticAI:
    def __init__(self, base_url, timeout):
        self.model = infer_model(f"openai:{MODEL}", lambda _name: PydanticProvider(base_url=base_url, api_key=KEY))
        self.settings = {"timeout": timeout}

    def agent(self, **more):
        return PydanticAgent(self.model, model_settings=self.settings, **more)

    async def healthy(self):
        return await operations(**{"run": self.limited, "run_stream": self.stream, "output_type": self.person})

    async def limited(self):
        return told((await self.agent().run(INPUT)).output)

    async def person(self):
        return isinstance((await self.agent(output_type=Person).run("A person")).output, Person)

    async def stream(self):
        state = ""

        async def pieces():
            nonlocal state
            async with self.agent().run_stream(INPUT) as result:
                async for piece in result.stream_text(delta=True, debounce_by=None):
                    yield piece
                state = getattr(result.response, "finish_reason", None)

        return await read(pieces(), lambda: f"finish_reason {state}, no error")

    async def tool(self):
        asked = self.agent()

        @asked.tool_plain
        def weather(city: str) -> str:
            return "sunny"

        result = await asked.run("Weather?")
        kinds = [part.part_kind for message in result.all_messages() for part in message.parts]
        return f"{'call, then ' if 'tool-return' in kinds else ''}{told(result.output)}"


class LangChain:
    def __init__(self, base_url, timeout):
        self.chat = ChatOpenAI(model=MODEL, api_key=KEY, base_url=base_url, use_responses_api=True, timeout=timeout)

    async def healthy(self):
        return await operations(
            ainvoke=self.limited, astream=self.stream, with_structured_output=self.person
        )

    async def limited(self):
        return told((await self.chat.ainvoke(INPUT)).text)

    async def person(self):
        return isinstance(await self.chat.with_structured_output(Person).ainvoke("A person"), Person)

    async def stream(self):
        status = None

        async def pieces():
            nonlocal status
            async for chunk in self.chat.astream(INPUT):
                status = chunk.response_metadata.get("status", status)
                yield chunk.text

        return await read(pieces(), lambda: f"status {status}, no error")

    async def tool(self):
        weather = {"type": "function", "function": {"name": "weather", "description": "weather", "parameters": PARAMETERS}}
        message = await self.chat.bind_tools([weather]).ainvoke("Weather?")
        return "call" if "city" in message.tool_calls[0]["args"] else "no call"


class LiteLLM:
    def __init__(self, base_url, timeout):
        self.options = {"model": f"openai/{MODEL}", "api_base": base_url, "api_key": KEY, "timeout": timeout}

    async def healthy(self):
        return await operations(**{"aresponses": self.limited, "aresponses with stream": self.stream})

    async def ask(self, text=INPUT, **more):
        return await litellm.aresponses(input=text, **self.options, **more)

    async def limited(self):
        return told((await self.ask()).output[-1].content[0].text)

    async def stream(self):
        last = ""

        async def pieces():
            nonlocal last
            async for event in await self.ask(stream=True):
                last = str(getattr(event.type, "value", event.type))
                yield event.delta if last == "response.output_text.delta" else ""

        return await read(pieces(), lambda: f"ends after {last}, no error")

    async def tool(self):
        response = await self.ask("Weather?", tools=OpenAIClient.tools)
        return "call" if "city" in json.loads(called(response).arguments) else "no call"


CLIENTS = {
    "openai-python": OpenAIClient,
    "openai-python, responses.stream()": OpenAIHelper,
    "Agents SDK, Python": AgentsSDK,
    "pydantic-ai": PydanticAI,
    "LangChain, Python": LangChain,
    "LiteLLM": LiteLLM,
}


async def see(name, situation, base_url):
    limits = (STALL_TIMEOUT, STALL_WATCHED) if situation == "stall" else (PATIENCE, PATIENCE)
    client = CLIENTS[name](base_url, limits[0])
    asked = {"healthy": client.healthy, "tool": client.tool, "limited": client.limited}.get(situation, client.stream)
    try:
        saw = await asyncio.wait_for(asked(), limits[1])
    except asyncio.TimeoutError:
        saw = "waits on"
    except Exception as error:
        saw = name_of(error)
    print("SEEN " + json.dumps([name, situation, saw]), flush=True)


async def main():
    urls = json.loads(os.environ["URLS"])
    asked = [(name, *one) for name, situations in urls.items() for one in situations.items()]
    # The first request of a client loads the rest of it, and a busy process would look like a stall: each has a turn of its own.
    turns = {"healthy": 0, "stall": 2}
    for turn in range(3):
        await asyncio.gather(*(see(*one) for one in asked if turns.get(one[1], 1) == turn))


asyncio.run(main())
sys.stdout.flush()
os._exit(0)
