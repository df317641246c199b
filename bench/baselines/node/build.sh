#!/bin/sh
# Builds the Node baseline, unless it is up to date: build.sh OUT_DIR
#   OUT_DIR/node         what it is built from: index.mjs and node_modules, as package-lock.json says
#   OUT_DIR/node-bundle  index.mjs, one minified file (esbuild)
set -eu
out=${1:?usage: build.sh OUT_DIR}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
bundle=$out/node-bundle/index.mjs
stamp=$out/node/.built
wanted=$(cat "$here/index.mjs" "$here/package.json" "$here/package-lock.json" "$here/build.sh" | cksum)
if [ -f "$bundle" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
rm -rf "$out/node" "$out/node-bundle"
mkdir -p "$out/node"
cp "$here/index.mjs" "$here/package.json" "$here/package-lock.json" "$out/node/"
cd "$out/node"
npm ci --no-audit --no-fund --ignore-scripts
./node_modules/.bin/esbuild index.mjs --bundle --minify --platform=node --target=node20 --format=esm \
    --banner:js="import{createRequire}from'node:module';const require=createRequire(import.meta.url);" \
    --outfile="$bundle"
echo "$wanted" >"$stamp"
