#!/usr/bin/env bash
# Docker from Ubuntu's own, signed archive: Engine, buildx and compose.
set -euo pipefail
# shellcheck disable=SC1091
. /tmp/mayfly/install.sh

install_packages docker.io docker-buildx docker-compose-v2
# Started by its socket when a job wants it, not at every boot.
systemctl disable docker.service containerd.service
systemctl enable docker.socket
docker buildx version
docker compose version
