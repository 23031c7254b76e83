#!/usr/bin/env bash
# Load images into the cluster: names of the local Docker engine, or files in its archive format (*.tar).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"

archive() { if [[ $1 == *.tar ]]; then cat "$1"; else docker save "$1"; fi; }

for image in "$@"; do
    case $kind:$image in
    kind:*.tar) kind load image-archive --name "$name" "$image" ;;
    kind:*) kind load docker-image --name "$name" "$image" ;;
    k3d:*) k3d image import --cluster "$name" "$image" ;;
    node:*) archive "$image" | "$here/node/ctr.sh" images import - ;;
    esac >&2
done
