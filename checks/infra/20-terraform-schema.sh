# Arguments, blocks and references against the AWS provider's schema, without Terraform and without the provider; and
# that this check finds mistakes.
set -euo pipefail
. checks/infra/terraform/prepare.sh

fetch_schema
node "$code/selftest.js" "$schema"
node "$code/check-config.js" "$schema" "${configurations[@]}"
echo "${#configurations[@]} configurations agree with the schema of provider $(node -p "require('$schema').provider")"
