#!/usr/bin/env bash
# End the cluster of up.sh and remove all it left; nothing up: nothing to do.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"

case $kind in
kind) kind delete cluster --name "$name" --kubeconfig "$kubeconfig" >&2 ;;
k3d) k3d cluster delete "$name" >&2 ;;
node) "$here/node/down.sh" ;;
esac
rm -rf "$state"
