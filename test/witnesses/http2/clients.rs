//! reqwest. It asks twice by one client, and tells what it saw the second time.
use std::{env, error::Error, fs, time::Duration};

const BODY: &str = r#"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}]}"#;

fn ask(client: &reqwest::blocking::Client, url: &str) -> Result<&'static str, reqwest::Error> {
    let text = client
        .post(format!("{url}/chat/completions"))
        .header("authorization", "Bearer sk-test")
        .header("content-type", "application/json")
        .body(BODY)
        .send()?
        .text()?;
    Ok(if text.contains("[DONE]") { "answer" } else { "half an answer" })
}

/// The words of the innermost cause.
fn error_text(error: reqwest::Error) -> String {
    let mut innermost: &dyn Error = &error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    let words = innermost.to_string();
    words.split(" at position").next().unwrap_or("").split(": verification time").next().unwrap_or("").to_string()
}

fn main() {
    let authority = fs::read(env::var("CA").unwrap()).unwrap();
    for line in env::var("LINES_OF_URLS").unwrap().lines() {
        let (situation, url) = line.split_once('\t').unwrap();
        let mut builder = reqwest::blocking::Client::builder().timeout(Duration::from_secs(10));
        for certificate in reqwest::Certificate::from_pem_bundle(&authority).unwrap() {
            builder = builder.add_root_certificate(certificate);
        }
        let client = builder.build().unwrap();
        if !situation.starts_with("certificate") {
            let _ = ask(&client, url);
        }
        let saw = ask(&client, url).map_or_else(error_text, str::to_string);
        println!("SEEN {}", serde_json::json!(["reqwest", situation, saw]));
    }
}
