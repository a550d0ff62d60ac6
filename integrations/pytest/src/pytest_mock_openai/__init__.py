"""A stand-in for api.openai.com in tests. pytest loads the plug-in by itself."""

from .errors import MockOpenAIError
from .mock import MockOpenAI

__all__ = ["MockOpenAI", "MockOpenAIError"]
