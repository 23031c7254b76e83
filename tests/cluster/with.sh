#!/usr/bin/env bash
# Run a command against the cluster of up.sh: with.sh kubectl get pods. kubectl is our own node's where that runs, else
# the one on PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"
if [[ $kind == node ]]; then
    . "$here/node/net.sh"
    PATH=$("$here/node/build.sh"):$PATH
    export NO_PROXY="$node_ip,${NO_PROXY:-}" no_proxy="$node_ip,${no_proxy:-}"
fi
exec "$@"
