use crate::Asked;
use async_openai::{
    config::OpenAIConfig,
    types::chat::{ChatCompletionRequestUserMessage, CreateChatCompletionRequestArgs},
    Client,
};
use futures::StreamExt;
use std::error::Error;

pub type Shared = reqwest::Client;

/// A program has one client, whose connections are shared.
pub fn client() -> Shared {
    reqwest::Client::new()
}

pub async fn ask(shared: &Shared, asked: &Asked) -> Result<String, Box<dyn Error + Send + Sync>> {
    let config = OpenAIConfig::new().with_api_base(&asked.base_url).with_api_key(&asked.api_key);
    // `with_config` reads all certificates first, for an HTTP client that is thrown away: that takes as long as a wait.
    let client = Client::build(shared.clone(), config);
    let message = ChatCompletionRequestUserMessage::from(asked.prompt.as_str());
    let mut request = CreateChatCompletionRequestArgs::default();
    request.model("gpt-4o").messages([message.into()]);
    if !asked.stream {
        let answer = client.chat().create(request.build()?).await?;
        return Ok(answer.choices[0].message.content.clone().unwrap_or_default());
    }
    let mut chunks = client.chat().create_stream(request.build()?).await?;
    let mut text = String::new();
    while let Some(chunk) = chunks.next().await {
        for choice in chunk?.choices {
            text += choice.delta.content.as_deref().unwrap_or_default();
        }
    }
    Ok(text)
}
