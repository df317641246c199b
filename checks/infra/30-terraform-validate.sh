# terraform validate and terraform test: with the AWS provider where it can be had, else with a stand-in that knows its
# schema (terraform/schema-provider.js).
set -euo pipefail
. checks/infra/terraform/prepare.sh

command -v terraform >/dev/null || not_checked "terraform is needed and is not on the path"
fetch_schema

work=$CHECK_INFRA/validate
rm -rf "$work"
mkdir -p "$work"
# A copy, so that neither a state nor a lock file is left in the repository, nor one of the operator's is used here.
(cd terraform && tar -cf - --exclude=.terraform --exclude='*.tfstate*' --exclude=terraform.tfvars --exclude='.terraform.lock.hcl' .) |
    tar -xf - -C "$work"

provider=()
init() {
    "${provider[@]}" terraform -chdir="$1" init -backend=false -input=false -no-color
}

if ! init "$work" >"$work/init.log" 2>&1; then
    grep -qE 'Failed to query available provider|Failed to install provider|could not connect|Invalid provider registry host' "$work/init.log" || {
        cat "$work/init.log"
        exit 1
    }
    echo "NOT CHECKED: what the AWS provider itself refuses; it can't be fetched here, and a stand-in with its schema serves"
    provider=(node "$code/schema-provider.js" "$schema")
fi

for folder in "${configurations[@]}"; do
    folder=$work/${folder#terraform}
    init "$folder" >"$work/init.log" 2>&1 || { cat "$work/init.log"; exit 1; }
    "${provider[@]}" terraform -chdir="$folder" validate -no-color
    if [ -d "$folder/tests" ]; then
        "${provider[@]}" terraform -chdir="$folder" test -no-color
    fi
done
