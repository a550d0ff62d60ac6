class MockOpenAIError(Exception):
    """The mock could not be started, or refused what it was asked. The message says what is wrong, and where."""
