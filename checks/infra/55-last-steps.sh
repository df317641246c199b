#!/usr/bin/env bash
# make native-deploy and make build-image, with stand-ins for SAM and Packer and an emulated AWS.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=checks/infra/python.sh disable=SC1091
. checks/infra/python.sh
exec "${python:?}" checks/infra/test_last_steps.py
