# shellcheck shell=bash
# To be sourced by what needs packages of Python.

# python_with FOLDER ENVIRONMENT MODULES: sets $python to a python3 that has the modules: the machine's own, else
# one in ENVIRONMENT, made anew whenever what FOLDER names has changed. requirements.txt there says what is wanted, and
# requirements.lock beside it the hash of every file that pip may install. Returns 3 where no package index can be
# reached, 1 for all else that fails, and says which.
python_with() {
    local folder=$1 environment=$2 modules=$3 list options=() log
    python=python3
    command -v python3 >/dev/null || { echo "python3 is needed and is not on the path" >&2; return 1; }
    has_modules "$modules" && return 0

    list=$folder/requirements.lock
    if [ -f "$list" ]; then
        options=(--require-hashes)
    else
        list=$folder/requirements.txt
    fi
    python=$environment/bin/python
    cmp -s "$list" "$environment/installed" && return 0

    mkdir -p "$(dirname "$environment")"
    log=$environment.log
    python3 -m venv --clear "$environment" >"$log" 2>&1 ||
        { echo "python3 can't make an environment; on Debian and Ubuntu: apt install python3-venv ($log)" >&2; return 1; }
    [ ${#options[@]} -gt 0 ] || echo "There is no $folder/requirements.lock yet: pip verifies no hash of what it installs." >&2
    # Without the + an empty list is an unset variable to the bash of macOS.
    if ! "$python" -m pip install --quiet --disable-pip-version-check ${options[@]+"${options[@]}"} -r "$list" >"$log" 2>&1; then
        if no_index "$log"; then
            echo "no package index can be reached for what $list names ($log)" >&2
            return 3
        fi
        echo "pip could not install what $list names: $(grep -m 1 'ERROR' "$log" || tail -n 1 "$log") ($log)" >&2
        return 1
    fi
    cp "$list" "$environment/installed"
}

# has_modules "A, B": looks where they lie and does not load them, which takes boto3 longer than most commands take.
has_modules() {
    python3 - "$1" 2>/dev/null <<'PYTHON'
import sys
from importlib.util import find_spec

sys.exit(not all(find_spec(name) for name in sys.argv[1].split(", ")))
PYTHON
}

# no_index LOG: whether pip failed for want of an answer, rather than for what it was answered.
no_index() {
    ! grep -q 'DO NOT MATCH THE HASHES' "$1" && grep -qE 'connection broken by|Could not fetch URL|from versions: none' "$1"
}
