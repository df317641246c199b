#!/usr/bin/env bash
# The agent of AWS Session Manager, for pools with "connect": true. Stock Ubuntu has it as a snap, and install-base.sh takes snapd away: before
# that its programs are copied to where AWS' own package has them. Nothing starts it but the boot script, where the pool says so.
set -euo pipefail
root=${MAYFLY_ROOT:-}
snap=$root/snap/amazon-ssm-agent/current

# A fresh image unpacks its snaps at its first boot.
[ -n "$root" ] || ! command -v snap >/dev/null || timeout 300 snap wait system seed.loaded || true
if [ ! -x "$snap/amazon-ssm-agent" ]; then
  echo "no agent: $snap is not there, and this image is for pools without connect"
  exit 0
fi
for program in amazon-ssm-agent ssm-agent-worker ssm-document-worker ssm-session-worker ssm-session-logger; do
  [ -x "$snap/$program" ] || { echo "$snap has no $program" >&2; exit 1; }
  install -D -m 755 "$snap/$program" "$root/usr/bin/$program"
done
mkdir -p "$root/etc/systemd/system"
cat >"$root/etc/systemd/system/amazon-ssm-agent.service" <<'UNIT'
# Not enabled: the boot script starts it where the pool says connect.
[Unit]
Description=AWS Systems Manager agent
After=network-online.target

[Service]
ExecStart=/usr/bin/amazon-ssm-agent
WorkingDirectory=/usr/bin
KillMode=process
Restart=on-failure
RestartSec=10
UNIT
