# shellcheck shell=bash
# What every step to AWS does before it starts: are the tools there, whose account is this, which region?
# To be sourced by a script that has set -euo pipefail. AWS is asked through scripts/python (boto3), so that no
# step needs the AWS CLI.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

die() {
    echo "error: $*" >&2
    exit 1
}

# Where to get a tool that is missing.
whence() {
    case $1 in
        terraform) echo "https://developer.hashicorp.com/terraform/install" ;;
        packer) echo "https://developer.hashicorp.com/packer/install" ;;
        sam) echo "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html" ;;
        aws) echo "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html" ;;
        docker) echo "https://docs.docker.com/engine/install/" ;;
        node | npm | npx) echo "https://nodejs.org/" ;;
        *) echo "your system's packages" ;;
    esac
}

# at_least HAVE WANT: compares dotted numbers; a missing part is 0, what follows a dash or a plus is left out.
at_least() {
    local -a have want
    local i
    IFS=. read -r -a have <<<"${1%%[-+]*}"
    IFS=. read -r -a want <<<"${2%%[-+]*}"
    for i in 0 1 2 3; do
        ((10#${have[i]:-0} > 10#${want[i]:-0})) && return 0
        ((10#${have[i]:-0} < 10#${want[i]:-0})) && return 1
    done
    return 0
}

# need TOOL [MIN_VERSION]: ends with a message that says what is missing and where it is to be had.
need() {
    local tool=$1 least=${2:-} said version
    command -v "$tool" >/dev/null ||
        die "$tool${least:+ $least or newer} is needed and is not on the path. Get it from $(whence "$tool")"
    [ -n "$least" ] || return 0
    said=$("$tool" --version 2>&1 || true)
    [[ $said =~ ([0-9]+(\.[0-9]+)+) ]] || die "$tool --version names no version: ${said%%$'\n'*}"
    version=${BASH_REMATCH[1]}
    at_least "$version" "$least" ||
        die "$tool $least or newer is needed, this is $version. Get it from $(whence "$tool")"
}

# Whether a person can be asked. CI=true and AUTO_APPROVE=1 say no.
unattended() {
    [ "${CI:-}" = true ] || [ "${AUTO_APPROVE:-}" = 1 ]
}

# confirm QUESTION [WHAT_IS_DONE]: yes when unattended; else only the word "yes" goes on.
confirm() {
    unattended && return 0
    [ -t 0 ] || die "there is no terminal to ask on; AUTO_APPROVE=1 goes on without asking"
    local answer
    read -r -p "$1 Only 'yes' goes on: " answer
    [ "$answer" = yes ] || die "stopped, ${2:-nothing was changed}"
}

# use_region REGION: all later calls go there. Ends when the environment names another one: two regions in one command
# are a mistake.
use_region() {
    local given=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
    if [ -n "$given" ] && [ "$given" != "$1" ]; then
        die "AWS_REGION is $given, but this deployment is in $1. Unset AWS_REGION, or set it to $1"
    fi
    export AWS_REGION=$1 AWS_DEFAULT_REGION=$1
}

# Prints who calls and where, and ends when there are no usable credentials or no region.
# Sets AWS_ACCOUNT_ID, AWS_CALLER_ARN and AWS_REGION.
say_identity() {
    local answer
    answer=$("$repository/scripts/python" "$repository/scripts/lib/identity.py") || exit 1
    read -r AWS_ACCOUNT_ID AWS_CALLER_ARN AWS_REGION <<<"$answer"
    export AWS_ACCOUNT_ID AWS_CALLER_ARN AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION
    echo "Identity: $AWS_CALLER_ARN"
    echo "Account:  $AWS_ACCOUNT_ID"
    echo "Region:   $AWS_REGION"
}

# read_outputs: reads all outputs of terraform/ once, for the calls of output that follow; else each reads the state anew.
read_outputs() {
    [ -z "${MAYFLY_OUTPUTS:-}" ] || return 0
    mkdir -p "$repository/target"
    "$repository/scripts/python" "$repository/scripts/lib/backend.py" outputs >"$repository/target/outputs.json" || exit 1
    export MAYFLY_OUTPUTS=$repository/target/outputs.json
}

# output NAME: an output of terraform/. A list comes as a,b,c; a boolean as true or false; what there is not is empty.
output() {
    "$repository/scripts/terraform-outputs" "$1"
}

# terraform_variable NAME [DEFAULT]: what terraform/ will get, as Terraform itself decides: terraform.tfvars wins over
# TF_VAR_NAME, that over the default. Only for strings.
terraform_variable() {
    local value='' environment=TF_VAR_$1 file=$repository/terraform/terraform.tfvars
    [ ! -f "$file" ] || value=$(python3 "$repository/scripts/lib/tfvars.py" --get "$file" "$1") || exit 1
    value=${value:-${!environment:-${2:-}}}
    [ -n "$value" ] ||
        die "the variable $1 is not set. Copy terraform/terraform.tfvars.example to terraform/terraform.tfvars and set it there, or export $environment"
    echo "$value"
}
