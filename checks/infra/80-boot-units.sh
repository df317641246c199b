#!/usr/bin/env bash
# The image's units, booted by systemd in machines of their own.
set -euo pipefail
exec bash "$(dirname "$0")/../boot-units"
