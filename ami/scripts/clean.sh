#!/usr/bin/env bash
# What must not be in an image, or is dead weight in it.
set -euo pipefail

apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /tmp/mayfly /var/tmp/* /root/.cache /home/runner/.cache
# Every machine gets its own.
rm -f /etc/ssh/ssh_host_*
cloud-init clean --logs --machine-id --seed
rm -f /home/ubuntu/.ssh/authorized_keys /root/.ssh/authorized_keys
rm -f /home/*/.bash_history /root/.bash_history
journalctl --rotate --vacuum-time=1s -q || true
find /var/log -type f -exec truncate -s 0 {} +
rm -rf /var/lib/mayfly /run/mayfly
fstrim -av || true
sync
