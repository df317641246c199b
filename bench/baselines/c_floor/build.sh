#!/bin/sh
# Builds the floor binary: build.sh OUT_DIR. Statically linked where there is a static C library.
set -eu
out=${1:?usage: build.sh OUT_DIR}
source=$(dirname "$0")/floor.c
mkdir -p "$out"
build() {
    cc -O2 -Wall -Wextra -D_GNU_SOURCE -s -o "$out/bootstrap" "$source" "$@"
}
build -static 2>/dev/null || build
