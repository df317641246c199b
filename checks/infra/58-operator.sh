# The operator's tool: setup, doctor, status, report, verify, pause. GitHub is the emulator in Java, AWS is moto.
set -euo pipefail
# shellcheck source=checks/infra/python.sh disable=SC1091
. checks/infra/python.sh

"${python:?}" checks/infra/test_operator.py
"$python" checks/infra/test_pool_rules.py
if ! scripts/find-jdk >/dev/null 2>&1; then
    echo "NOT CHECKED: a JDK 25 is needed for the emulator of GitHub, and was not found"
    exit 3
fi
scripts/mvn -q process-test-classes
"$python" checks/infra/test_doctor.py
"$python" checks/infra/test_setup.py
"$python" checks/infra/test_status.py
"$python" checks/infra/test_connect.py
"$python" checks/infra/test_job.py
"$python" checks/infra/test_verify.py
