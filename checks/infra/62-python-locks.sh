#!/usr/bin/env bash
# What pip installs: its hashes are those of the index, and what makes and takes them does what it says.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 checks/locks/test_locks.py
checks/locks/check
