# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: which kind of cluster, where its files are.
# LAKEHOUSE_CLUSTER names the kind: kind, k3d, or node (our own: needs root and Linux). Else the first that is there.
cache=${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}
name=lakehouse-tests
state=$cache/cluster/state # of the one cluster that runs: kubeconfig, and all of our own node's files
kubeconfig=$state/kubeconfig
lock=$cache/cluster/lock # held by every process of our own node, for as long as it lives
export KUBECONFIG=$kubeconfig

engine_runs() { command -v docker >/dev/null && timeout 20 docker info >/dev/null 2>&1; }

cluster_kind() {
    if [[ -n ${LAKEHOUSE_CLUSTER:-} ]]; then
        echo "$LAKEHOUSE_CLUSTER"
    elif command -v kind >/dev/null && engine_runs; then
        echo kind
    elif command -v k3d >/dev/null && engine_runs; then
        echo k3d
    else
        echo node
    fi
}

# A cluster that is up keeps the kind it was made as, whatever the environment says by now.
kind=$(cat "$state/kind" 2>/dev/null || cluster_kind)

fail() {
    echo "$*" >&2
    exit 1
}
