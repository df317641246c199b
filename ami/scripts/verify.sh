#!/usr/bin/env bash
# Does the image hold what it promises? Fails the build where not, and prints what is in it.
set -euo pipefail

problem() {
  echo "verify: $*" >&2
  exit 1
}

for tool in bash curl pgrep python3 setpriv useradd ip sudo git jq unzip make cc docker aws sha256sum; do
  command -v "$tool" >/dev/null || problem "$tool is missing"
done
[ -x /opt/actions-runner/bin/Runner.Listener ] || problem "no runner"
[ "$(stat -c %U /opt/actions-runner)" = runner ] || problem "the runner's folder is not the runner's"
[ "$(id -u runner)" != 0 ] || problem "runner is root"
for unit in mayfly-fetch mayfly-watchdog mayfly-runner; do
  [ "$(systemctl is-enabled "$unit.service")" = enabled ] || problem "$unit is not enabled"
done
# Else there is a way in that no pool has asked for.
! systemctl -q is-enabled amazon-ssm-agent.service 2>/dev/null || problem "the agent of Session Manager is enabled"
[ ! -e /etc/systemd/system/amazon-ssm-agent.service ] || amazon-ssm-agent -version
systemd-analyze verify /etc/systemd/system/mayfly-*.service
if [ -n "${RUST_VERSION:-}" ]; then
  work=$(runuser -u runner -- mktemp -d)
  echo 'fn main() { println!("hello"); }' | runuser -u runner -- tee "$work/hello.rs" >/dev/null
  case $ARCHITECTURE in
    x86_64) target=x86_64-unknown-linux-musl ;;
    arm64) target=aarch64-unknown-linux-musl ;;
  esac
  runuser -u runner -- env RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo \
    rustc --target "$target" -o "$work/hello" "$work/hello.rs"
  [ "$("$work/hello")" = hello ] || problem "Rust with musl does not work"
  rm -rf "$work"
fi
cat /etc/os-release /etc/mayfly-image
docker --version
aws --version
df -h /
