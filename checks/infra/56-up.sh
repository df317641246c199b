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
exec "${python:?}" checks/infra/test_up.py "${schema:?}"
