#!/usr/bin/env bash
# The system, up to date, with what nearly every job needs; and without what would work at every boot.
set -euo pipefail
# shellcheck disable=SC1091
. /tmp/mayfly/install.sh

# The first boot's own package work holds the lock.
cloud-init status --wait >/dev/null || true
systemctl stop apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service 2>/dev/null || true

retry apt-get -o DPkg::Lock::Timeout=120 update -q
retry apt-get -o DPkg::Lock::Timeout=120 upgrade -y -q
read -r -a further <<<"${PACKAGES:-}"
# procps, util-linux and iproute2 are what the boot script itself calls.
install_packages build-essential pkg-config cmake git git-lfs curl wget jq unzip zip xz-utils zstd rsync \
  ca-certificates gnupg python3 python3-venv procps util-linux iproute2 iptables sudo "${further[@]}"
git lfs install --system --skip-repo

# An instance lives for one job: nothing is updated, cleaned or reported on it.
systemctl disable --now apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer logrotate.timer man-db.timer motd-news.timer update-notifier-download.timer \
  update-notifier-motd.timer apport.service ua-timer.timer ubuntu-advantage.service 2>/dev/null || true
retry apt-get -o DPkg::Lock::Timeout=120 purge -y -q unattended-upgrades snapd amazon-ssm-agent 2>/dev/null || true
systemctl mask snapd.service snapd.socket snapd.seeded.service multipathd.service ModemManager.service \
  apt-daily.service apt-daily-upgrade.service >/dev/null 2>&1 || true
