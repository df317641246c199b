#!/usr/bin/env bash
# The SAM template as it is, and as CloudFormation gets it: SAM's translator turns it into a template for each kind of
# package, and cfn-lint judges that one too.
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
# translate FILE: what CloudFormation gets, for each kind of package.
translate() {
    PYTHONPATH=checks/infra "${python:?}" - "$1" "$CHECK_INFRA" <<'PYTHON'
import json, pathlib, sys
import template
for package in ("zip", "image"):
    document = template.transformed(package, pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    pathlib.Path(sys.argv[2], f"translated-{package}.json").write_text(json.dumps(document, indent=1))
PYTHON
}
translated=("$CHECK_INFRA/translated-zip.json" "$CHECK_INFRA/translated-image.json")
translate deploy/template.yaml
lint --non-zero-exit-code informational "${translated[@]}"
# Does it look? What is wrong must be found, in the transformed parts too.
wrong=$CHECK_INFRA/wrong.yaml
for change in 's/InvokedViaFunctionUrl: true/InvokedByFunctionUrl: true/' 's/MemorySize: 256/MemorySize: 5/' \
    's/!GetAtt FailedSweeps.Arn/!GetAtt FailedSweep.Arn/' 's/MaximumEventAgeInSeconds: 60/MaximumEventAgeInSeconds: 5/'; do
    sed "$change" deploy/template.yaml >"$wrong"
    ! cmp -s "$wrong" deploy/template.yaml || { echo "the template has nothing for $change"; exit 1; }
    ! lint "$wrong" >/dev/null || { echo "cfn-lint does not find $change"; exit 1; }
    translate "$wrong"
    ! lint "${translated[0]}" >/dev/null || { echo "cfn-lint does not find $change in what the transform makes of it"; exit 1; }
done
echo "deploy/template.yaml is right, before SAM's transform and after it, and four wrong ones are found wrong"
echo "NOT CHECKED: sam validate and a deployment, for want of an account"
