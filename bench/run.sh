#!/usr/bin/env bash
# Sets up all that the bench needs and runs it: function.zip against the baselines, in one run.
#   run.sh [option of lambda_bench.py ...]
#   run.sh load [option of load.py ...]
#   BENCH_COLD, BENCH_WARM   cold starts (15) and warm invocations (200) of each kind
#   MAYFLY_ZIP               the package to measure (target/function.zip)
#   MAYFLY_BIN               another native binary, in place of the package's
#   MAYFLY_JVM               a folder with the JVM package unpacked, to measure it too
# The result is written to target/bench/result.json.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$PWD/target/bench
export BENCH_BUILD=$out
mkdir -p "$out"

python_with_packages() {
    "$1" -c 'import boto3, requests, cryptography' 2>/dev/null
}

# Prints the Python that runs the bench and the Python baseline.
find_python() {
    local venv=$PWD/target/bench-venv log=$out/python.log
    if python_with_packages python3; then
        echo python3
        return
    fi
    if ! python_with_packages "$venv/bin/python"; then
        echo "installing boto3, requests and cryptography into target/bench-venv" >&2
        if ! { python3 -m venv --clear "$venv" && "$venv/bin/python" -m pip install --disable-pip-version-check \
            -r bench/baselines/python/requirements.txt; } >"$log" 2>&1; then
            echo "baseline python could not be built: $(tail -n 1 "$log") (all of it in $log)" >&2
            echo python3
            return
        fi
    fi
    echo "$venv/bin/python"
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

bench/build_baselines.sh || true
python=$(find_python)

if [ "${1:-}" = load ]; then
    exec "$python" bench/load.py "${@:2}"
fi
exec "$python" bench/lambda_bench.py --cpu lambda:256 --tls \
    --cold "${BENCH_COLD:-15}" --warm "${BENCH_WARM:-200}" \
    --json "$out/result.json" --logs "$out/logs" "$@"
