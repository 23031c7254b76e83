#!/bin/sh
# Make the virtual environment DIRECTORY hold exactly what LOCK names, then stamp it.
# Usage: tools/venv.sh DIRECTORY LOCK    (from the top of the project; PYTHON=... picks the interpreter)
# Paths stay relative and quoted: the project may lie under a path with spaces.
set -eu

directory=$1
lock=$2
uv_home=.venv-uv

fail() {
    echo "$*" >&2
    exit 1
}

# The first interpreter that runs and is recent enough. A name on PATH is no proof: version managers
# leave shims for interpreters that are not installed. 3.11 first, the version the tests run on most.
find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "No Python 3.11 or newer found (looked for: ${PYTHON:-python3.11 python3.12 python3.13 python3 python})." \
        "Install one, or name it: make PYTHON=<interpreter> ..."
}

runs() {
    [ -x "$1/bin/python" ] && "$1/bin/python" -c '' 2>/dev/null
}

# uv in an environment of its own, so that syncing the others cannot remove it. Sets $uv, empty if not to be had.
find_uv() {
    uv=
    if ! { runs "$uv_home" && [ -e "$uv_home/.synced" ] && [ ! locks/uv.txt -nt "$uv_home/.synced" ]; }; then
        "$python" -m venv --clear "$uv_home" || fail "Cannot make a virtual environment with $python" \
            "(Debian and Ubuntu keep that in a package of its own: python3-venv)."
        # A platform without a uv wheel gets by with pip, only slower.
        "$uv_home/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
            --only-binary :all: -r locks/uv.txt || return 0
        touch "$uv_home/.synced"
    fi
    uv="$uv_home/bin/python -m uv"
}

python=$(find_python)
find_uv
if [ "$directory" = "$uv_home" ]; then
    [ -n "$uv" ] || fail "uv could not be installed into $uv_home; pip's message above says why."
else
    echo "Installing $lock into $directory" >&2
    if [ -n "$uv" ]; then
        runs "$directory" || "$python" -m venv --clear --without-pip "$directory"
        # Compiled here, as pip does: else a process that may write no bytecode compiles 700 modules at each start.
        # shellcheck disable=SC2086  # $uv is a command line of words without spaces
        $uv pip sync --quiet --require-hashes --compile-bytecode --python "$directory/bin/python" "$lock"
    else
        runs "$directory" && "$directory/bin/python" -m pip --version >/dev/null 2>&1 \
            || "$python" -m venv --clear "$directory"
        "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    fi
fi
touch "$directory/.synced"
