# A rehearsed apply of terraform/ and terraform/bootstrap/ for each set of variables in terraform/rehearsals/, against the
# stand-in for the provider; a second plan must change nothing. Then the policies that AWS would have got are judged.
set -euo pipefail
. checks/infra/terraform/prepare.sh
. checks/infra/python.sh

command -v terraform >/dev/null || not_checked "terraform is needed and is not on the path"
fetch_schema

work=$CHECK_INFRA/rehearsal
rm -rf "$work"
mkdir -p "$work"
(cd terraform && tar -cf - --exclude=.terraform --exclude='*.tfstate*' --exclude=terraform.tfvars --exclude='.terraform.lock.hcl' .) |
    tar -xf - -C "$work"
stand_in=(node "$code/schema-provider.js" "$schema")

rehearse() {
    local folder=$1 variables=$2 state=$3
    shift 3
    local arguments=(-input=false -no-color -state="$state" -var-file="$variables" "$@")
    "${stand_in[@]}" terraform -chdir="$folder" apply -auto-approve "${arguments[@]}" >"$state.log" 2>&1 || {
        tail -n 40 "$state.log"
        exit 1
    }
    "${stand_in[@]}" terraform -chdir="$folder" plan -detailed-exitcode "${arguments[@]}" >"$state.log" 2>&1 || {
        echo "A second plan of $(basename "$folder") with $(basename "$variables") is not empty:"
        tail -n 40 "$state.log"
        exit 1
    }
}

for folder in "$work" "$work/bootstrap"; do
    printf 'terraform {\n  backend "local" {}\n}\n' >"$folder/backend_override.tf"
    "${stand_in[@]}" terraform -chdir="$folder" init -input=false -no-color >"$work/init.log" 2>&1 || { cat "$work/init.log"; exit 1; }
done

for variables in "$code"/rehearsals/*.tfvars; do
    name=$(basename "$variables" .tfvars)
    rehearse "$work" "$variables" "$work/$name.tfstate"
    # bootstrap knows fewer variables than terraform/, whose file it gets all the same.
    "$python" scripts/lib/tfvars.py "$variables" terraform/bootstrap >"$work/$name.bootstrap.tfvars"
    rehearse "$work/bootstrap" "$work/$name.bootstrap.tfvars" "$work/$name.bootstrap.tfstate" -var own_state_bucket=true -var own_oidc_provider=true
    echo "applied and planned again: $name"
done

"$python" checks/infra/policies.py --selftest
"$python" checks/infra/policies.py checks/infra/wildcards.json "$work"/*.tfstate
