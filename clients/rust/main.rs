//! Clients in Rust. A line of stdin is a call, or the id of one that is given up; a line of stdout tells how a call went.

mod ask;

use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use tokio::io::{AsyncBufReadExt, BufReader};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub struct Asked {
    id: u64,
    abort: u64,
    #[serde(rename = "baseURL")]
    pub base_url: String,
    pub api_key: String,
    pub prompt: String,
    pub stream: bool,
}

#[tokio::main]
async fn main() {
    let client = ask::client();
    println!("{}", json!({ "ready": true }));
    let mut running = HashMap::new();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(asked) = serde_json::from_str::<Asked>(&line) else { continue };
        if asked.abort != 0 {
            // Who gives a future up drops it.
            if let Some(call) = running.remove(&asked.abort) {
                tokio::task::JoinHandle::<()>::abort(&call);
                println!("{}", json!({ "id": asked.abort, "ok": false, "error": "given up" }));
            }
            continue;
        }
        let client = client.clone();
        running.insert(
            asked.id,
            tokio::spawn(async move {
                match ask::ask(&client, &asked).await {
                    Ok(text) => println!("{}", json!({ "id": asked.id, "ok": true, "text": text })),
                    Err(error) => println!("{}", json!({ "id": asked.id, "ok": false, "error": error.to_string() })),
                }
            }),
        );
    }
}
