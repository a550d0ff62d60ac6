#!/usr/bin/env bash
# Starts the mock in the background, waits until it is healthy, and writes the outputs. The runner ends the mock with the job.
set -euo pipefail

log=$(mktemp "${RUNNER_TEMP:-/tmp}/mock-openai.XXXXXX")
flags=(--port "${PORT:-0}")
if [ -n "${SCENARIO:-}" ]; then flags+=(--scenario "$SCENARIO"); fi
if [ -n "${ARGS:-}" ]; then
  words=$(printf '%s' "$ARGS" | xargs -n 1 printf '%s\n') # quotes as in a shell, and nothing else of it
  while IFS= read -r word; do flags+=("$word"); done <<<"$words"
fi

failed() {
  echo "::error title=mock-openai::$1"
  cat "$log.err" >&2
  exit 1
}

nohup node "$GITHUB_ACTION_PATH/dist/cli/main.js" serve "${flags[@]}" >"$log.out" 2>"$log.err" </dev/null &
pid=$!

for _ in $(seq 300); do
  if [ -s "$log.out" ]; then break; fi
  kill -0 "$pid" 2>/dev/null || failed "the mock did not start"
  sleep 0.1
done
url=$(head -n 1 "$log.out")
[ -n "$url" ] || failed "the mock did not start within 30 seconds"

origin=${url%/v1}
curl --silent --show-error --fail --insecure --noproxy '*' --retry 5 --retry-connrefused --retry-delay 1 --output /dev/null "$origin/__admin/health" || failed "the mock is not healthy"

{
  echo "url=$url"
  echo "admin_url=$origin/__admin"
} >>"$GITHUB_OUTPUT"
cat "$log.err"
echo "mock-openai listens at $url"
