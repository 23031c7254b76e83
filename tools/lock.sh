#!/bin/sh
# Write locks/*.txt anew from pyproject.toml: every platform, Python 3.11 and newer, with hashes.
# Locked versions stay unless pyproject.toml asks otherwise; `make lock UPGRADE=--upgrade` takes the newest.
# Usage: tools/lock.sh [--upgrade]    (from the top of the project, after tools/venv.sh made .venv-uv)
set -eu

compile() {
    output=$1
    shift
    .venv-uv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file "$output" "$@"
    echo "Wrote $output" >&2
}

compile locks/dev.txt pyproject.toml --extra java --group dev "$@"
compile locks/spark4.txt pyproject.toml --extra java --group dev --overrides locks/spark4-overrides.txt "$@"
compile locks/contract-tools.txt --group pyproject.toml:contract-tools "$@"
compile locks/airflow.txt --group pyproject.toml:airflow "$@"
compile locks/superset.txt --group pyproject.toml:superset "$@"
# The image, without what libraries ask for and the project never reaches (docs/image.md): scipy, cryptography (Great
# Expectations), lxml and Beautiful Soup (the Redshift driver's logins through a browser), and vl-convert (84 MB, whose
# JavaScript the build puts in: locks/vega.txt).
without() {
    printf -- '--no-emit-package %s ' "$@"
}
# shellcheck disable=SC2046  # a list of words
compile locks/runtime.txt pyproject.toml --constraint locks/dev.txt \
    $(without scipy cryptography cffi pycparser lxml beautifulsoup4 soupsieve vl-convert-python) "$@"
# On EMR Spark and Delta are the platform's own.
# shellcheck disable=SC2046
compile locks/emr.txt pyproject.toml --constraint locks/dev.txt $(without pyspark py4j delta-spark vl-convert-python) "$@"
compile locks/redshift.txt --group pyproject.toml:redshift --constraint locks/dev.txt "$@"
compile locks/vega.txt --group pyproject.toml:vega --constraint locks/dev.txt "$@"
compile locks/uv.txt locks/uv.in "$@"
