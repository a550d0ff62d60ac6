"""Semantic Kernel on Azure OpenAI, as its users have it."""

import asyncio

from openai import AsyncAzureOpenAI
from seen import API_VERSION, DEPLOYMENT, tell
from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion, AzureChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory


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


tell({"Semantic Kernel, Python": SemanticKernel()})
