#!/usr/bin/env bash
# Build the node's program and its CoreDNS from Go modules into the cache, once; prints the folder of the programs.
# Cold it takes some 8 minutes on two cores and 5 GB of Go's build cache; GOFLAGS=-p=1 keeps it to one core.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

cache=${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}
key=$(cat {.,dns}/{go.mod,go.sum,main.go} build.sh | sha256sum | cut -c1-12)
kept=$cache/cluster/node-$key
version=$(sed -n 's|^\tk8s.io/kubernetes ||p' go.mod)

if [[ ! -x $kept/kubectl ]]; then
    command -v go >/dev/null || { echo "no Go, and no kind or k3d: found no way to make a cluster" >&2; exit 1; }
    echo "building Kubernetes $version and CoreDNS from Go modules (once; kept in $kept)" >&2
    mkdir -p "$cache/cluster"
    work=$(mktemp -d "$cache/cluster/.building-XXXXXX") # moved in one step: nobody finds half of it
    trap 'rm -rf "$work"' EXIT
    stamp=k8s.io/component-base/version
    export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
    go build -trimpath -ldflags "-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=34" \
        -o "$work/node" .
    (cd dns && go build -trimpath -ldflags "-s -w" -o "$work/coredns" .) # a module of its own: other versions
    for name in etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl; do
        ln -s node "$work/$name"
    done
    chmod 755 "$work"
    rm -rf "$cache"/cluster/node-*
    mv "$work" "$kept"
fi
echo "$kept"
