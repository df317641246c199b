#!/usr/bin/env bash
# The SAM template by cfn-lint, which carries out SAM's transform first.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=checks/infra/python.sh disable=SC1091
. checks/infra/python.sh

# The transform looks for the code; what is in it does not matter here.
if [ ! -e target/native/function.zip ]; then
    mkdir -p target/native
    "${python:?}" -c 'import zipfile; zipfile.ZipFile("target/native/function.zip", "w").close()'
    trap 'rm -f target/native/function.zip' EXIT
fi
lint() { "${python:?}" -c 'import sys; from cfnlint.runner import main; sys.exit(main())' "$@"; }

lint --non-zero-exit-code informational deploy/template.yaml
# Does it look? What is wrong must be found, in the transformed parts too.
wrong=$CHECK_INFRA/wrong.yaml
for change in 's/InvokedViaFunctionUrl: true/InvokedByFunctionUrl: true/' 's/MemorySize: 256/MemorySize: 5/' \
    's/!GetAtt FailedSweeps.Arn/!GetAtt FailedSweep.Arn/' 's/MaximumEventAgeInSeconds: 60/MaximumEventAgeInSeconds: 5/'; do
    sed "$change" deploy/template.yaml >"$wrong"
    ! cmp -s "$wrong" deploy/template.yaml || { echo "the template has nothing for $change"; exit 1; }
    ! lint "$wrong" >/dev/null || { echo "cfn-lint does not find $change"; exit 1; }
done
echo "deploy/template.yaml is right, and four wrong ones are found wrong"
echo "NOT CHECKED: sam validate and a deployment, for want of an account"
