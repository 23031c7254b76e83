#!/usr/bin/env bash
# Bring up a Kubernetes of one node for tests; prints the path of its kubeconfig. Up already: prints it again.
#   tests/cluster/up.sh && export KUBECONFIG=~/.cache/lakehouse/cluster/state/kubeconfig
# kind or k3d make it where they and an engine are there (env.sh). Else it is a node of our own, node/up.sh, from Go
# modules and Debian's packages, for machines that reach no image registry.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"

case $kind in
kind | k3d)
    engine_runs || fail "$kind: found no Docker engine that answers; start one, or set LAKEHOUSE_CLUSTER=node"
    mkdir -p "$state"
    echo "$kind" >"$state/kind"
    if [[ $kind == kind ]]; then
        kind get clusters 2>/dev/null | grep -qx "$name" ||
            kind create cluster --name "$name" --kubeconfig "$kubeconfig" --wait 180s >&2
        kind export kubeconfig --name "$name" --kubeconfig "$kubeconfig" >&2
    else
        k3d cluster list "$name" >/dev/null 2>&1 ||
            k3d cluster create "$name" --wait --kubeconfig-update-default=false --kubeconfig-switch-context=false \
                --k3s-arg '--disable=traefik@server:0' >&2
        k3d kubeconfig get "$name" >"$kubeconfig"
    fi
    ;;
node) exec "$here/node/up.sh" ;; # one process: whoever kills it, kills all of it
*) fail "LAKEHOUSE_CLUSTER: found '$kind', expected kind, k3d or node" ;;
esac
echo "$kubeconfig"
