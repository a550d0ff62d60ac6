use crate::Asked;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::{policies::ExponentialBackoff, RetryTransientMiddleware};
use serde_json::{json, Value};
use std::error::Error;

/// As its page has it: three retries, with what the builder sets of itself.
pub fn client() -> ClientWithMiddleware {
    let policy = ExponentialBackoff::builder().build_with_max_retries(3);
    ClientBuilder::new(reqwest::Client::new()).with(RetryTransientMiddleware::new_with_policy(policy)).build()
}

pub async fn ask(client: &ClientWithMiddleware, asked: &Asked) -> Result<String, Box<dyn Error + Send + Sync>> {
    if asked.stream {
        return Err("it reads no streams".into());
    }
    let body = json!({ "model": "gpt-4o", "messages": [{ "role": "user", "content": asked.prompt }] });
    let response = client
        .post(format!("{}/chat/completions", asked.base_url))
        .bearer_auth(&asked.api_key)
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await?
        .error_for_status()?;
    let answer: Value = serde_json::from_str(&response.text().await?)?;
    Ok(answer["choices"][0]["message"]["content"].as_str().ok_or("no choices")?.to_owned())
}
