#!/usr/bin/env bash
# Who is told, and what: the weekly cost mail by the state machine's own expressions, the messages to the chat by the rules' own
# transformers, and that no alarm is forgotten.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=checks/infra/terraform/prepare.sh disable=SC1091
. checks/infra/terraform/prepare.sh
# shellcheck source=checks/infra/python.sh disable=SC1091
. checks/infra/python.sh

fetch_node_packages
"${python:?}" checks/infra/test_telling.py
echo "NOT CHECKED: that EventBridge, Step Functions, CloudWatch and Budgets do with it what their documentation says, for want of an account"
