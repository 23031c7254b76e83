#!/usr/bin/env bash
# End our own node: kill its first process, wait until the last of its processes is gone, sweep up.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../env.sh"

mkdir -p "$cache/cluster"
exec 9>"$lock"
# Whoever holds the lock is of this node, or the script that brings it up: so the pid is right.
if ! flock --nonblock 9; then
    [[ -s $state/pid ]] && kill -KILL "$(cat "$state/pid")"
    flock --timeout 30 9 || fail "the node's processes did not end; see: fuser $lock"
fi
"$here/sweep.sh"
