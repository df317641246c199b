#!/usr/bin/env bash
# Rust with the target for musl, where RUST_VERSION names one. In /usr/local, for the runner's user to use and extend.
set -euo pipefail
# shellcheck disable=SC1091
. /tmp/mayfly/install.sh

[ -n "${RUST_VERSION:-}" ] || { echo "no Rust wanted"; exit 0; }
rustup=1.28.2
case $ARCHITECTURE in
  x86_64) host=x86_64 sum=20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c ;;
  arm64) host=aarch64 sum=e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c ;;
esac
export RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install_packages musl-tools musl-dev
download "https://static.rust-lang.org/rustup/archive/$rustup/$host-unknown-linux-gnu/rustup-init" "$work/rustup-init"
checked "$sum" "$work/rustup-init"
chmod +x "$work/rustup-init"
# rustup verifies what it downloads by the checksums of the release's manifest.
retry "$work/rustup-init" -y -q --no-modify-path --profile minimal --default-toolchain "$RUST_VERSION" \
  --component clippy,rustfmt --target "$host-unknown-linux-musl"
id -u runner >/dev/null 2>&1 || useradd -mU -s /bin/bash runner
chown -R runner: "$RUSTUP_HOME" "$CARGO_HOME"
for tool in cargo cargo-clippy cargo-fmt clippy-driver rustc rustdoc rustfmt rustup; do
  ln -sf "$CARGO_HOME/bin/$tool" "/usr/local/bin/$tool"
done
# The runner reads .env in its folder into every job's environment.
mkdir -p /opt/actions-runner
printf 'RUSTUP_HOME=%s\nCARGO_HOME=%s\n' "$RUSTUP_HOME" "$CARGO_HOME" >>/opt/actions-runner/.env
runuser -u runner -- env RUSTUP_HOME="$RUSTUP_HOME" CARGO_HOME="$CARGO_HOME" rustc --version
