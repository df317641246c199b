#!/bin/sh
# Builds the baselines into $BENCH_BUILD (default: target/bench). One that can't be built is named, removed, and makes
# the exit status 1; the others are built all the same.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${BENCH_BUILD:-$here/../target/bench}
mkdir -p "$out"
failed=0

baseline() { # NAME FOLDER_OF_RESULT COMMAND...
    name=$1
    result=$2
    shift 2
    if ! "$@" >"$out/$name.log" 2>&1; then
        rm -rf "${out:?}/$result"
        echo "baseline $name could not be built: $(tail -n 1 "$out/$name.log") (all of it in $out/$name.log)" >&2
        failed=1
    fi
}

baseline c_floor c_floor "$here/baselines/c_floor/build.sh" "$out/c_floor"
baseline node-bundle node-bundle "$here/baselines/node/build.sh" "$out"
exit "$failed"
