#!/bin/sh
# A software bill of materials of an image (CycloneDX JSON): Debian's packages, Python's, jars. By syft: the one on PATH,
# else built from its Go module, once, and kept in the cache.
# Usage: docker/sbom.sh IMAGE FILE
set -eu

version=v1.57.0
image=$1
file=$2
bin=${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}/bin/syft-$version

syft=$(command -v syft || echo "$bin/syft")
if [ ! -x "$syft" ]; then
    command -v go >/dev/null || {
        echo "sbom: found neither syft nor a Go to build it with; install one of them" >&2
        exit 1
    }
    echo "sbom: building syft $version (once; kept in $bin)" >&2
    mkdir -p "$bin"
    work=$(mktemp -d "$bin/.building-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    GOBIN=$work GOFLAGS=-trimpath CGO_ENABLED=0 go install -ldflags '-s -w' "github.com/anchore/syft/cmd/syft@$version"
    mv "$work/syft" "$syft"
fi
mkdir -p "$(dirname "$file")"
# Packages only: a list of the files inside each would be thousands of lines.
SYFT_CHECK_FOR_APP_UPDATE=false SYFT_FILE_METADATA_SELECTION=none "$syft" scan --quiet "docker:$image" --output "cyclonedx-json=$file"
