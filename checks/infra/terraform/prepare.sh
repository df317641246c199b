# shellcheck shell=bash
# What the parts about terraform/ share. To be sourced from the repository's root, with CHECK_INFRA naming a folder for
# what is fetched and made.

configurations=(terraform terraform/bootstrap terraform/modules/github-trust)
code=$PWD/checks/infra/terraform
schema=$CHECK_INFRA/schema.json
export NODE_PATH=$CHECK_INFRA/node/node_modules

# The package whose .jsii file is the AWS provider's schema; 25.7.0 is made from provider 6.66.0.
schema_package=@cdktn/provider-aws@25.7.0
schema_sha512=13f9e1bb4c95644e265cc8083ee23cb4416dd411312e403b0118e285d1befc79
schema_sha512+=9f0dfccbafe384177764151bc8ea0951b77d25aeb05640bc17a82241c5c9b252

not_checked() {
    echo "NOT CHECKED: $*"
    exit 3
}

# fetch_node_packages: node's packages as the lock file has them, fetched once.
fetch_node_packages() {
    command -v npm >/dev/null || not_checked "node and npm are needed and not on the path (https://nodejs.org/)"
    if ! cmp -s "$code/package-lock.json" "$CHECK_INFRA/node/package-lock.json"; then
        mkdir -p "$CHECK_INFRA/node"
        cp "$code/package.json" "$CHECK_INFRA/node/"
        cp "$code/package-lock.json" "$CHECK_INFRA/node/package-lock.tmp.json"
        (
            cd "$CHECK_INFRA/node" || exit
            mv package-lock.tmp.json package-lock.json
            npm ci --ignore-scripts --no-audit --no-fund --silent || { rm -f package-lock.json; exit 1; }
        )
    fi
}

# fetch_schema: target/check-infra/schema.json, of the types that are in use and those of the self-test's fixtures.
fetch_schema() {
    fetch_node_packages
    local package=$CHECK_INFRA/provider-aws types
    if [ ! -f "$package/.jsii" ]; then
        rm -rf "$package" "$CHECK_INFRA/provider-aws.part"
        mkdir -p "$CHECK_INFRA/provider-aws.part"
        (
            cd "$CHECK_INFRA/provider-aws.part" || exit
            npm pack --silent "$schema_package" >/dev/null
            echo "$schema_sha512  $(echo ./*.tgz)" | sha512sum --check --quiet
            tar -xzf ./*.tgz --strip-components 1 --wildcards package/.jsii 'package/lib/*/index.js'
            rm -f ./*.tgz
        )
        mv "$CHECK_INFRA/provider-aws.part" "$package"
    fi
    types=$(node "$code/check-config.js" --types "${configurations[@]}" "$code/fixtures")
    if [ ! -f "$schema" ] || [ "$types" != "$(cat "$schema.types" 2>/dev/null)" ] || [ "$code/schema.js" -nt "$schema" ]; then
        # shellcheck disable=SC2086 # one word each
        node --max-old-space-size=3000 "$code/schema.js" "$package" "$schema" $types
        echo "$types" >"$schema.types"
    fi
}
