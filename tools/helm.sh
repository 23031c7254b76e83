#!/bin/sh
# Run helm: the one on PATH where it is 3.14 or newer, else one built from its Go module (some minutes, once) and kept
# in the cache outside the tree ($LAKEHOUSE_CACHE, else ~/.cache/lakehouse).
# Usage: tools/helm.sh ARGUMENTS...        tools/helm.sh --where    prints the path of the program
set -eu

version=v3.22.0
kubernetes=37   # minor version that the above is made for: charts are rendered for it where no cluster says otherwise
cache=${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}
built=$cache/bin/helm-$version/helm

fits() {
    # v3.14.2+gabc, or v4.0.0: major and minor decide
    case $("$1" version --template '{{.Version}}' 2>/dev/null) in
        v3.1[4-9]* | v3.[2-9][0-9]* | v4.*) return 0 ;;
        *) return 1 ;;
    esac
}

build() {
    command -v go >/dev/null || {
        echo "helm 3.14 or newer is not on PATH, and there is no Go to build it with." \
            "Install helm (https://helm.sh/docs/intro/install/) or Go." >&2
        exit 1
    }
    echo "Building helm $version (once; kept in ${built%/helm})" >&2
    mkdir -p "${built%/helm}"
    # Built aside and moved in one step, so that nobody finds half of it.
    aside=$(mktemp -d "${built%/helm}/.building-XXXXXX")
    trap 'rm -rf "$aside"' EXIT
    # A plain `go install` would know neither its own version nor a Kubernetes newer than 1.20.
    chartutil=helm.sh/helm/v3/pkg/chartutil
    lint=helm.sh/helm/v3/pkg/lint/rules
    GOBIN=$aside go install -ldflags "-s -w -X helm.sh/helm/v3/internal/version.version=$version
        -X $chartutil.k8sVersionMajor=1 -X $chartutil.k8sVersionMinor=$kubernetes
        -X $lint.k8sVersionMajor=1 -X $lint.k8sVersionMinor=$kubernetes" "helm.sh/helm/v3/cmd/helm@$version" >&2
    mv "$aside/helm" "$built"
    rm -rf "$aside"
    trap - EXIT
}

found=$(command -v helm || true)
if [ -z "$found" ] || ! fits "$found"; then
    found=$built
    [ -x "$found" ] || build
fi
if [ "${1-}" = --where ]; then
    echo "$found"
else
    exec "$found" "$@"
fi
