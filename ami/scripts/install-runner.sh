#!/usr/bin/env bash
# The runner, pinned by version and checksum, warmed up. It belongs to its user, so that it can update itself.
set -euo pipefail
# shellcheck disable=SC1091
. /tmp/mayfly/install.sh

dir=/opt/actions-runner
file=actions-runner-linux-$RUNNER_ARCH-$RUNNER_VERSION.tar.gz
id -u runner >/dev/null 2>&1 || useradd -mU -s /bin/bash runner
mkdir -p "$dir"
cd "$dir"
download "https://github.com/actions/runner/releases/download/v$RUNNER_VERSION/$file" "$file"
checked "$RUNNER_SHA256" "$file"
tar -xzf "$file"
rm "$file"
retry ./bin/installdependencies.sh
chown -R runner: "$dir"
# Reads and compiles what the first job would wait for.
runuser -u runner -- ./bin/Runner.Listener warmup
[ "$(runuser -u runner -- ./bin/Runner.Listener --version)" = "$RUNNER_VERSION" ]
cat >/etc/mayfly-image <<END
BUILT_AT=$(date -u -d "$BUILT_AT" +%s)
RUNNER_VERSION=$RUNNER_VERSION
END
