# The format of every Terraform file.
set -euo pipefail
command -v terraform >/dev/null || { echo "NOT CHECKED: terraform is needed and is not on the path"; exit 3; }
terraform fmt -check -diff -recursive terraform
# Fixtures that can be read at all.
for fixture in checks/infra/terraform/fixtures/*.tf; do
    [ "$(basename "$fixture")" = no-hcl.tf ] || terraform fmt -check -diff "$fixture"
done
