"""Clients of Azure OpenAI in Python, as their users have them."""

import litellm
from langchain_openai import AzureChatOpenAI
from openai import AzureOpenAI
from seen import API_VERSION, DEPLOYMENT, tell

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


CLIENTS = {
    "openai-python": OfficialSdk(),
    "LangChain, Python": LangChain(),
    "LiteLLM": LiteLlm(),
}


tell(CLIENTS)
