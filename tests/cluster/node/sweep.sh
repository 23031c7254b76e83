#!/usr/bin/env bash
# Remove what a node that is no more has left: empty control groups and the state folder. Only with none running.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../env.sh"
. "$here/net.sh"

for root in /sys/fs/cgroup /sys/fs/cgroup/*/; do
    [[ -d $root/$cgroup ]] && find "$root/$cgroup" -depth -type d -exec rmdir {} +
done
rm -rf "$state"
