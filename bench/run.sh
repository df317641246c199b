#!/usr/bin/env bash
# Sets up all that the bench needs and runs it: function.zip against the baselines, in one run.
#   run.sh [option of lambda_bench.py ...]
#   run.sh load [option of load.py ...]
#   run.sh sweep [option of sweep.py ...]
#   BENCH_COLD, BENCH_WARM   cold starts (15) and warm invocations (200) of each kind
#   MAYFLY_ZIP               the package to measure (target/function.zip)
#   MAYFLY_BIN               another native binary, in place of the package's
#   MAYFLY_JVM               a folder with the JVM package unpacked, to measure it too
# The result is written to target/bench/result.json.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/python-environment.sh disable=SC1091
. scripts/lib/python-environment.sh

out=$PWD/target/bench
export BENCH_BUILD=$out
mkdir -p "$out"

# Prints the Python that runs the bench and the Python baseline.
find_python() {
    if ! python_with bench/baselines/python "$PWD/target/bench-venv" "boto3, cryptography, requests"; then
        echo "baseline python could not be built" >&2
        python=python3
    fi
    echo "$python"
}

# Unpacks function.zip beside the baselines, and says which of the two kinds it is.
unpack() {
    local zip=$1
    rm -rf "$out/function"
    python3 -m zipfile -e "$zip" "$out/function"
    if [ -f "$out/function/bootstrap" ]; then
        chmod +x "$out/function/bootstrap"
        export MAYFLY_BIN=${MAYFLY_BIN:-$out/function/bootstrap}
        if [ "$MAYFLY_BIN" = "$out/function/bootstrap" ]; then
            export MAYFLY_ZIP=$zip
        fi
    elif [ -z "${MAYFLY_JVM:-}" ]; then
        export MAYFLY_JVM=$out/function MAYFLY_JVM_ZIP=$zip
    fi
}

zip=${MAYFLY_ZIP:-target/function.zip}
unset MAYFLY_ZIP
if [ -f "$zip" ]; then
    unpack "$zip"
elif [ -z "${MAYFLY_BIN:-}${MAYFLY_JVM:-}" ]; then
    echo "$zip is not there: build the function first" >&2
    exit 1
fi

if [ "${1:-}" = sweep ]; then
    exec "$(find_python)" bench/sweep.py "${@:2}"
fi
bench/build_baselines.sh || true
python=$(find_python)

if [ "${1:-}" = load ]; then
    exec "$python" bench/load.py "${@:2}"
fi
exec "$python" bench/lambda_bench.py --cpu lambda:256 --tls \
    --cold "${BENCH_COLD:-15}" --warm "${BENCH_WARM:-200}" \
    --json "$out/result.json" --logs "$out/logs" "$@"
