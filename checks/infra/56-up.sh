#!/usr/bin/env bash
# scripts/mayfly up, deploy, upgrade, version and down, killed and stopped at every step: GitHub is the emulator in Java, AWS is moto with a
# stand-in for CloudFormation, Terraform's provider is the stand-in.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=checks/infra/terraform/prepare.sh disable=SC1091
. checks/infra/terraform/prepare.sh
# shellcheck source=checks/infra/python.sh disable=SC1091
. checks/infra/python.sh

command -v terraform >/dev/null || not_checked "terraform is needed and is not on the path"
scripts/find-jdk >/dev/null 2>&1 || not_checked "a JDK 25 is needed for the emulator of GitHub, and was not found"
fetch_schema
scripts/mvn -q process-test-classes

# Each has its own GitHub and AWS. Most of the time they wait, so two go side by side.
"${python:?}" checks/infra/test_up.py "${schema:?}" WholePath >"$CHECK_INFRA/up-whole-path.log" 2>&1 &
whole=$! status=0
"$python" checks/infra/test_up.py "$schema" Plans Failures Downs || status=1
wait "$whole" || status=1
cat "$CHECK_INFRA/up-whole-path.log"
echo "NOT CHECKED: up, deploy, upgrade and down against AWS and GitHub themselves, for want of accounts"
exit "$status"
