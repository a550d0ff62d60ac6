/** Versions of what is installed for the clients of HTTP/2. */
export const VERSIONS = {
  undici: '7.30.2',
  openai: '6.49.0',
  openaiPython: '3.57.0',
  httpx: '0.28.1',
  h2: '4.4.1',
  openaiGo: 'v3.99.0',
} as const;

export const NPM = [`undici@${VERSIONS.undici}`, `openai@${VERSIONS.openai}`] as const;
export const PYPI = [`openai==${VERSIONS.openaiPython}`, `httpx[http2]==${VERSIONS.httpx}`, `h2==${VERSIONS.h2}`] as const;

/** Needs Go 1.22 or later. */
export const GO_MOD = `module clients\n\ngo 1.22\n\nrequire github.com/openai/openai-go/v3 ${VERSIONS.openaiGo}\n`;

export const CARGO_TOML = `[package]
name = "clients"
version = "0.0.0"
edition = "2021"

[[bin]]
name = "clients"
path = "clients.rs"

[dependencies]
reqwest = { version = "=0.12.24", default-features = false, features = ["blocking", "http2", "rustls-tls-manual-roots"] }
serde_json = "=1.0.145"

[profile.dev]
debug = false
`;
