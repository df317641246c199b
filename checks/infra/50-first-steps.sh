# make bootstrap, make infrastructure and make secrets, run one after the other as an operator would: AWS is moto on the
# loopback interface, and Terraform's provider is the stand-in.
set -euo pipefail
. checks/infra/terraform/prepare.sh
. checks/infra/python.sh

command -v terraform >/dev/null || not_checked "terraform is needed and is not on the path"
fetch_schema
exec "$python" checks/infra/test_first_steps.py "$schema"
