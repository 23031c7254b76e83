#!/usr/bin/env bash
# The cluster's own authority, the API server's certificate, and one administrator whom all parts are.
# RSA: the Kubernetes client that Spark brings reads no other keys.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../env.sh"
. "$here/net.sh"
cd "$state/pki"
umask 077

new=(openssl req -newkey rsa:2048 -nodes -days 30)
"${new[@]}" -x509 -keyout ca.key -out ca.crt -subj "/CN=lakehouse-tests" 2>/dev/null
names="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
sign() {
    "${new[@]}" -x509 -CA ca.crt -CAkey ca.key -keyout "$1.key" -out "$1.crt" -subj "$2" -addext "$3" \
        -addext basicConstraints=critical,CA:FALSE 2>/dev/null
}
sign server "/CN=kube-apiserver" "subjectAltName=$names,IP:$api_ip,IP:$node_ip,IP:127.0.0.1"
sign admin "/O=system:masters/CN=admin" "extendedKeyUsage=clientAuth"
openssl genrsa -out accounts.key 2048 2>/dev/null
