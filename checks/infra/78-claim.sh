#!/usr/bin/env bash
# What an instance signs to say who it is, beside what botocore signs.
set -euo pipefail
. checks/infra/python.sh
"$python" checks/infra/claim.py
