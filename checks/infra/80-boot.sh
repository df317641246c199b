#!/usr/bin/env bash
# A stock image and a prepared one, booted by systemd in machines of their own.
# Beside the others: a machine that boots mostly waits.
set -euo pipefail
exec bash "$(dirname "$0")/../boot/check"
