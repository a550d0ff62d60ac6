"""Clients in Python. A line of stdin is a call, or the id of one that is given up; a line of stdout tells how a call went."""

import asyncio
import json
import os
import sys
import tempfile

os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"



def with_few_authorities():
    """Some of these have a client of HTTP for each base URL, and so for each call here. Each would read all certificate authorities,
    which takes 70 ms, and use none: nothing is encrypted. A program has one base URL, and reads them once."""
    try:
        import certifi
    except ModuleNotFoundError:
        return None
    file = tempfile.NamedTemporaryFile("w", suffix=".pem")
    with open(certifi.where()) as authorities:
        file.write(authorities.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n")
    file.flush()
    os.environ["SSL_CERT_FILE"] = file.name
    return file


def openai_python():
    from openai import AsyncOpenAI

    # A program has one client, whose connections and certificates are shared.
    shared = AsyncOpenAI(base_url="http://127.0.0.1", api_key="sk-none")

    async def call(base_url, api_key, prompt, stream):
        client = shared.with_options(base_url=base_url, api_key=api_key)
        request = {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]}
        if not stream:
            return (await client.chat.completions.create(**request)).choices[0].message.content
        text = ""
        async for chunk in await client.chat.completions.create(**request, stream=True):
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        return text

    return call


def langchain_python():
    from langchain_openai import ChatOpenAI

    async def call(base_url, api_key, prompt, stream):
        model = ChatOpenAI(model="gpt-4o", base_url=base_url, api_key=api_key)
        if not stream:
            return (await model.ainvoke(prompt)).text
        return "".join([chunk.text async for chunk in model.astream(prompt)])

    return call


def litellm():
    import litellm

    litellm.suppress_debug_info = True

    async def call(base_url, api_key, prompt, stream):
        messages = [{"role": "user", "content": prompt}]
        target = {"model": "openai/gpt-4o", "api_base": base_url, "api_key": api_key, "num_retries": 2}
        answer = await litellm.acompletion(messages=messages, stream=stream, **target)
        if not stream:
            return answer.choices[0].message.content
        return "".join([chunk.choices[0].delta.content or "" async for chunk in answer])

    return call


def pydantic_ai():
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    async def call(base_url, api_key, prompt, stream):
        agent = Agent(OpenAIResponsesModel("gpt-4o", provider=OpenAIProvider(base_url=base_url, api_key=api_key)))
        if not stream:
            return (await agent.run(prompt)).output
        async with agent.run_stream(prompt) as result:
            return await result.get_output()

    return call


def instructor():
    import instructor
    from openai import AsyncOpenAI
    from pydantic import BaseModel

    class Answer(BaseModel):
        text: str

    shared = AsyncOpenAI(base_url="http://127.0.0.1", api_key="sk-none")

    async def call(base_url, api_key, prompt, stream):
        client = instructor.from_openai(shared.with_options(base_url=base_url, api_key=api_key))
        messages = [{"role": "user", "content": prompt}]
        if not stream:
            answer = await client.chat.completions.create(
                model="gpt-4o", messages=messages, response_model=Answer, max_retries=2
            )
            return answer.text
        partial = client.chat.completions.create_partial(
            model="gpt-4o", messages=messages, response_model=Answer, max_retries=2
        )
        text = ""
        async for each in partial:
            text = each.text or text
        return text

    return call


def agents_python():
    from agents import Agent, OpenAIProvider, RunConfig, Runner
    from openai import AsyncOpenAI

    shared = AsyncOpenAI(base_url="http://127.0.0.1", api_key="sk-none")

    async def call(base_url, api_key, prompt, stream):
        client = shared.with_options(base_url=base_url, api_key=api_key)
        config = RunConfig(model_provider=OpenAIProvider(openai_client=client), tracing_disabled=True)
        agent = Agent(name="probe", model="gpt-4o")
        if not stream:
            return (await Runner.run(agent, prompt, run_config=config)).final_output
        result = Runner.run_streamed(agent, prompt, run_config=config)
        async for _ in result.stream_events():
            pass
        return result.final_output

    return call


def tenacity():
    import httpx
    from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential_jitter

    client = httpx.AsyncClient(timeout=60)

    def transient(error):
        if isinstance(error, httpx.HTTPStatusError):
            return error.response.status_code == 429 or error.response.status_code >= 500
        return isinstance(error, httpx.TransportError)

    @retry(retry=retry_if_exception(transient), wait=wait_exponential_jitter(), stop=stop_after_attempt(4), reraise=True)
    async def ask(base_url, api_key, prompt):
        response = await client.post(
            f"{base_url}/chat/completions",
            headers={"authorization": f"Bearer {api_key}"},
            json={"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]},
        )
        response.raise_for_status()
        return response.json()["choices"][0]["message"]["content"]

    async def call(base_url, api_key, prompt, stream):
        if stream:
            raise NotImplementedError("it reads no streams")
        return await ask(base_url, api_key, prompt)

    return call


async def answer(call, asked):
    given = (asked["baseURL"], asked["apiKey"], asked["prompt"], asked["stream"])
    try:
        told = {"ok": True, "text": await call(*given)}
    except asyncio.CancelledError:
        told = {"ok": False, "error": "given up"}
    except Exception as error:  # whatever the client raises is what its user sees
        told = {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}
    print(json.dumps({"id": asked["id"], **told}), flush=True)


async def main(name):
    call = globals()[name.replace("-", "_")]()
    print(json.dumps({"ready": True}), flush=True)
    tasks = {}
    reader = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked = json.loads(line)
        if "abort" in asked:
            if asked["abort"] in tasks:
                tasks[asked["abort"]].cancel()
            continue
        task = tasks[asked["id"]] = asyncio.create_task(answer(call, asked))
        task.add_done_callback(lambda _, id=asked["id"]: tasks.pop(id, None))


authorities = with_few_authorities()
asyncio.run(main(sys.argv[1]))
