# shellcheck shell=bash
# Sets $python to a python3 with what requirements.txt names: the machine's own where it has them, else one under
# target/ that is made on first use. To be sourced from the repository's root.
# shellcheck source=scripts/lib/python-environment.sh disable=SC1091
. scripts/lib/python-environment.sh

python=python3
# Files that a session of Python leaves behind are no part of a checkout.
export PYTHONDONTWRITEBYTECODE=1
found=0
python_with checks/infra "$CHECK_INFRA/python" "boto3, cfnlint, cryptography, jsonschema, moto.server" || found=$?
if [ "$found" = 3 ] || ! command -v python3 >/dev/null; then
    echo "NOT CHECKED: python3 is needed, with what checks/infra/requirements.txt names"
    exit 3
fi
[ "$found" = 0 ] || exit "$found"
