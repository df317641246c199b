#!/usr/bin/env bash
# The units that serve one job at the image's first boot. Enabled, not started.
set -euo pipefail
files=${MAYFLY_FILES:-/tmp/mayfly}

install -D -m 755 "$files/fetch" /usr/local/lib/mayfly/fetch
install -D -m 644 -t /etc/systemd/system "$files"/units/*.service
install -D -m 644 "$files/units/poweroff.conf" /etc/systemd/system/poweroff.target.d/mayfly.conf
systemctl enable mayfly-fetch.service mayfly-watchdog.service mayfly-runner.service
# cloud-init still sets up network, root file system and keys. Its last two stages would install packages and run the
# user data once more.
systemctl mask cloud-config.service cloud-final.service
