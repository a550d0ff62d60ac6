#!/bin/sh
# One call: `codex exec` in a home of its own, for calls at the same time would share its databases. Codex refuses the folder for temporary files.
here=$(dirname "$0")
mkdir -p "$here/homes"
home=$(mktemp -d "$here/homes/XXXXXXXX")
cat >"$home/config.toml" <<CONFIG
model = "gpt-5.3-codex"
model_provider = "mock"
[model_providers.mock]
name = "mock"
base_url = "$OPENAI_BASE_URL"
wire_api = "responses"
env_key = "OPENAI_API_KEY"
CONFIG
# The program itself: the launcher of the npm package would be a process of Node more for each call.
set -- "$here"/node_modules/@openai/codex-*/vendor/*/bin/codex
CODEX_HOME=$home exec "$1" exec --skip-git-repo-check "$MOCK_OPENAI_PROMPT"
