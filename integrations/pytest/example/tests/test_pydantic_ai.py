async def test_waits_as_it_is_told(mock_openai):
    from pydantic_ai import Agent

    assert (await Agent("openai:gpt-4o").run("Hello")).output
    mock_openai.assert_verdict()
