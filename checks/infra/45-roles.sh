# What each identity may do, by what it has to do and by what an attacker would: the policies that the rehearsal has left, the
# template's, and the tables beside the template and beside Packer's files.
set -euo pipefail
. checks/infra/python.sh

rehearsal=$CHECK_INFRA/rehearsal
# Run by itself, it rehearses first where that was not done, or not with what is there now.
last=$rehearsal/public.bootstrap.tfstate
if [ ! -f "$last" ] || [ -n "$(find terraform checks/infra/terraform -name '*.tf*' -newer "$last" -print -quit)" ]; then
    bash checks/infra/40-terraform-rehearsal.sh || exit
fi
"$python" checks/infra/roles.py "$rehearsal"
"$python" checks/infra/test_roles.py "$rehearsal"
"$python" checks/infra/test_ceiling.py "$rehearsal"
echo "NOT CHECKED: that CloudFormation's handlers and Packer call what the tables say, and that IAM judges as we do, for want of an account"
