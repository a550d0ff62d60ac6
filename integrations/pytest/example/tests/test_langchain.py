def test_waits_as_it_is_told(mock_openai):
    from langchain_openai import ChatOpenAI

    assert ChatOpenAI(model="gpt-4o").invoke("Hello").content
    mock_openai.assert_verdict()


async def test_waits_as_it_is_told_in_an_event_loop(mock_openai):
    from langchain_openai import ChatOpenAI

    assert (await ChatOpenAI(model="gpt-4o", use_responses_api=True).ainvoke("Hello")).content
    mock_openai.assert_verdict()
