#!/usr/bin/env bash
# The operator's tool: setup, doctor, status, report, job, connect, verify, pause. GitHub is the emulator in Java, AWS is moto.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=checks/infra/terraform/prepare.sh disable=SC1091
. checks/infra/terraform/prepare.sh
# shellcheck source=checks/infra/python.sh disable=SC1091
. checks/infra/python.sh

"${python:?}" checks/infra/test_operator.py
"$python" checks/infra/test_pool_rules.py
scripts/find-jdk >/dev/null 2>&1 || not_checked "a JDK 25 is needed for the emulator of GitHub, and was not found"
fetch_node_packages
scripts/mvn -q process-test-classes

# Each has its own GitHub and AWS, and waits for them half of its time, so two go side by side.
others() {
    "$python" checks/infra/test_setup.py && "$python" checks/infra/test_status.py && "$python" checks/infra/test_connect.py && "$python" checks/infra/test_verify.py
}
others >"$CHECK_INFRA/operator-others.log" 2>&1 &
beside=$! status=0
"$python" checks/infra/test_doctor.py || status=1
"$python" checks/infra/test_job.py || status=1
wait "$beside" || status=1
cat "$CHECK_INFRA/operator-others.log"
exit "$status"
