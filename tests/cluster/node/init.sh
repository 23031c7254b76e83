#!/usr/bin/env bash
# The node's first process, in its own namespaces (see up.sh): starts all parts, and ends all when one of them ends.
set -euo pipefail
state=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/net.sh"
trap 'exit 1' TERM

main() {
    exec 3<"$state/verdict"
    own_mounts
    own_network
    own_group
    hostname "$node_name"
    part containerd containerd --config "$state/containerd.toml"
    part etcd etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn
    api_server
    until kubectl --kubeconfig "$state/kubeconfig" get --raw /readyz >/dev/null 2>&1; do sleep 0.2; done
    part controllers kube-controller-manager --kubeconfig "$state/kubeconfig" --leader-elect=false \
        --use-service-account-credentials --service-account-private-key-file "$state/pki/accounts.key" \
        --root-ca-file "$state/pki/ca.crt"
    part scheduler kube-scheduler --kubeconfig "$state/kubeconfig" --leader-elect=false
    part kubelet kubelet --config "$state/kubelet.yaml" --kubeconfig "$state/kubeconfig" --root-dir "$state/kubelet" \
        --hostname-override "$node_name" --node-ip "$node_ip"
    part proxy kube-proxy --config "$state/proxy.yaml"
    part coredns coredns -conf "$state/Corefile"
    watch_starter &
    wait -n || true
    echo "a part ended; so does the node"
}

part() {
    local log=$1
    shift
    "$@" >"$state/log/$log" 2>&1 &
}

# up.sh writes `stay` when all is well. If it is killed before, the pipe's end says so, and the node goes with it.
watch_starter() {
    local word=
    read -r word <&3 || true
    [[ $word == stay ]] || kill -TERM 1
    exec sleep infinity
}

own_mounts() {
    mount --make-rprivate /
    mount --make-rshared / # volumes that containers share: within this node only
    mount -t tmpfs -o mode=755 node-run /run
    mount -t tmpfs -o mode=755 node-log /var/log
    mkdir -p /run/kernel /run/lock
    local setting
    for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
        kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
        local path=${setting%=*}
        echo "${setting#*=}" >"/run/kernel/${path//\//.}"
        mount --bind "/run/kernel/${path//\//.}" "/proc/sys/$path"
    done
}

own_network() {
    ip link set lo up
    until ip link show eth0 >/dev/null 2>&1; do sleep 0.1; done
    ip addr add "$node_ip/30" dev eth0
    ip link set eth0 up
    ip route add default via "$host_ip"
    echo 1 >/proc/sys/net/ipv4/ip_forward
}

# Beside its pods, in the control groups that share out the processors: a busy machine then starves neither.
own_group() {
    local root
    for root in /sys/fs/cgroup /sys/fs/cgroup/cpu; do
        [[ ! -d $root/$cgroup/parts ]] || echo $$ >"$root/$cgroup/parts/cgroup.procs"
    done
}

api_server() {
    local pki=$state/pki
    part apiserver kube-apiserver --etcd-servers http://127.0.0.1:2379 --advertise-address "$node_ip" \
        --client-ca-file "$pki/ca.crt" --tls-cert-file "$pki/server.crt" --tls-private-key-file "$pki/server.key" \
        --kubelet-client-certificate "$pki/admin.crt" --kubelet-client-key "$pki/admin.key" \
        --kubelet-preferred-address-types InternalIP \
        --service-account-key-file "$pki/accounts.key" --service-account-signing-key-file "$pki/accounts.key" \
        --service-account-issuer https://kubernetes.default.svc.cluster.local \
        --service-cluster-ip-range "$services" --authorization-mode Node,RBAC --allow-privileged
}

main
