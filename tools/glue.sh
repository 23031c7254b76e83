#!/bin/sh
# What Glue jobs are made of, as it goes to S3: the wheel (with conf/) by the name that Spark's --py-files takes, the
# scripts, and the packages that Glue installs. Usage: tools/glue.sh DIR    (from the top of the project)
set -eu

folder=${1:?"usage: tools/glue.sh DIR"}
python=${PYTHON:-.venv/bin/python}

rm -rf "$folder"
mkdir -p "$folder/jobs"
"$python" -m hatchling build --target wheel --directory "$folder" >/dev/null
mv "$folder"/lakehouse-*.whl "$folder/lakehouse.zip"
cp spark_app/jobs/[a-z]*.py "$folder/jobs/"
rm "$folder/jobs/watch.py" # it runs for as long as a shop sells: Glue bills by the second what mostly waits
# As on EMR: Spark and Delta are the platform's own, and its Python is 3.11.
cp locks/emr.txt "$folder/requirements.txt"
