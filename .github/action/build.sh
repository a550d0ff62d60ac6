#!/usr/bin/env bash
# Builds the program in the checkout of the action. What was built once is there for the next use in the same job.
set -euo pipefail
cd "$GITHUB_ACTION_PATH"
if ! node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'; then
  echo "::error title=mock-openai::it needs Node 20.19 or newer; put actions/setup-node before this step"
  exit 1
fi
if [ ! -f dist/cli/main.js ]; then
  npm ci --ignore-scripts --no-audit --no-fund
  npm run --silent bundle
fi
