# shellcheck shell=bash
# Sets $python to a python3 with what requirements.txt names: the machine's own where it has them, else one under
# target/ that is made on first use. To be sourced from the repository's root.

python=python3
# Files that a session of Python leaves behind are no part of a checkout.
export PYTHONDONTWRITEBYTECODE=1
if ! command -v python3 >/dev/null; then
    echo "NOT CHECKED: python3 is needed and is not on the path"
    exit 3
fi
if ! python3 -c 'import boto3, cfnlint, moto.server' 2>/dev/null; then
    python=$CHECK_INFRA/python/bin/python
    if ! cmp -s checks/infra/requirements.txt "$CHECK_INFRA/python/requirements.txt"; then
        python3 -m venv "$CHECK_INFRA/python" || { echo "python3 has no venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
        "$python" -m pip install --quiet --disable-pip-version-check -r checks/infra/requirements.txt ||
            { echo "pip could not install what checks/infra/requirements.txt names"; exit 1; }
        cp checks/infra/requirements.txt "$CHECK_INFRA/python/"
    fi
fi
