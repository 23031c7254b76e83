#!/usr/bin/env bash
# containerd's own command, on our own node: ctr.sh images ls.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../env.sh"
exec nsenter --target "$(cat "$state/pid")" --mount ctr --namespace k8s.io "$@"
