#!/usr/bin/env bash
# A one-node Kubernetes without an image registry: control plane, kubelet and CoreDNS from Go modules (build.sh),
# containerd, runc, CNI plugins and iptables from Debian. Needs root on Linux; 15 s from nothing once built.
#
# The node lives in namespaces of its own (network, mounts, processes, host name, IPC), with a cable (a veth pair) to
# the host. Its first process holds all: kill that by any signal, and every process, mount, pod and the cable are gone;
# what stays is a folder in the cache and empty control groups, which the next up.sh or down.sh removes.
# The host's network rules, mounts and kernel settings are not touched. Killed midway, this script leaves no node behind.
#
# Pitfalls, each met:
# - Without CAP_SYS_RESOURCE nobody may lower an oom_score: restrict_oom_score_adj for containerd, 0 for kubelet and
#   kube-proxy. Else: "runc create failed: can't get final child's PID from pipe".
# - `ip netns exec` mounts a new /sys, without control groups: unshare and nsenter instead.
# - Control groups v1 want failCgroupV1: false and the driver cgroupfs; Kubernetes 1.35 refuses them, 1.36 also
#   containerd 1.x. So 1.34 it is.
# - kubelet sets kernel settings of the whole machine: init.sh lays files over them that say what it wants.
# - A pod may start only once its namespace has its default ServiceAccount: wait for that, not for the node.
# - NetworkPolicies are taken but not enforced: none of Debian's CNI plugins does that.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../env.sh"
. "$here/net.sh"

main() {
    [[ $(uname -s) == Linux && $(id -u) == 0 ]] || fail "our own node needs root on Linux; install kind or k3d instead"
    install_packages
    programs=$("$here/build.sh")
    mkdir -p "$cache/cluster"
    exec 9>"$lock"
    if ! flock --nonblock 9; then
        [[ -s $state/up ]] || fail "another cluster is being brought up or ended ($lock)"
        echo "$kubeconfig"
        return
    fi
    "$here/sweep.sh" # what a killed one left
    mkdir -p "$state"/{log,cni,pki}
    own_groups
    echo node >"$state/kind"
    "$here/pki.sh"
    "$here/config.sh"
    start
    add_dns
    "$here/pause.sh" "$state/pause.tar"
    "$here/ctr.sh" images import "$state/pause.tar" >/dev/null
    until_true 60 "the default ServiceAccount" kubectl get serviceaccount default
    until_true 60 "the node to be ready" kubectl wait --for=condition=Ready --timeout=1s "node/$node_name"
    echo stay >&8
    echo yes >"$state/up"
    echo "$kubeconfig"
}

install_packages() {
    local command missing=()
    for command in containerd:containerd runc:runc iptables:iptables ip:iproute2 busybox:busybox-static openssl:openssl; do
        command -v "${command%%:*}" >/dev/null || missing+=("${command##*:}")
    done
    [[ -x /usr/lib/cni/ptp ]] || missing+=(containernetworking-plugins)
    ((${#missing[@]} == 0)) && return
    command -v apt-get >/dev/null || fail "found no ${missing[*]}; install them (or kind, or k3d)"
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Where kubelet makes its groups: beneath one of our own, in every hierarchy of v1, or in the one of v2. On a busy machine
# all pods together would get what one process of others gets: let the node count as sixteen.
own_groups() {
    local root roots=(/sys/fs/cgroup)
    [[ -f /sys/fs/cgroup/cgroup.controllers ]] || roots=(/sys/fs/cgroup/*/)
    for root in "${roots[@]}"; do
        mkdir -p "$root/$cgroup/parts"
        [[ ! -f $root/$cgroup/cpu.shares ]] || echo 16384 >"$root/$cgroup/cpu.shares"
        [[ ! -f $root/$cgroup/cpu.weight ]] || echo 1600 >"$root/$cgroup/cpu.weight"
    done
}

# The first process, and the pipe by which it learns whether this script came through: see init.sh.
start() {
    export PATH=$programs:/usr/sbin:/sbin:$PATH
    mkfifo "$state/verdict"
    exec 8<>"$state/verdict"
    setsid unshare --net --mount --pid --uts --ipc --fork --mount-proc --kill-child \
        env -u HTTP_PROXY -u HTTPS_PROXY -u http_proxy -u https_proxy \
        bash "$here/init.sh" "$state" 8>&- </dev/null >"$state/log/init" 2>&1 &
    holder=$!
    disown
    until_true 10 "the node's first process" first_process
    ip link add "$link" type veth peer name eth0 netns "$(cat "$state/pid")"
    ip addr add "$host_ip/30" dev "$link"
    ip link set "$link" up
    export KUBECONFIG=$kubeconfig NO_PROXY="$node_ip,${NO_PROXY:-}" no_proxy="$node_ip,${no_proxy:-}"
    until_true 90 "the API server" kubectl get --raw /readyz
}

first_process() { pgrep --parent "$holder" >"$state/pid"; }

add_dns() {
    kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec:
  clusterIP: $dns_ip
  ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-node, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
endpoints: [{addresses: [$node_ip], conditions: {ready: true}}]
ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
YAML
}

# until_true SECONDS WHAT command…: ends early, with the logs, when the node is no more.
until_true() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > deadline)) || ! kill -0 "$holder" 2>/dev/null; then
            tail -n 5 "$state"/log/* >&2
            fail "waited in vain for $what; the logs are in $state/log"
        fi
        sleep 0.2
    done
}

main
