# What a person or CI does with the project. Needs Python 3.11 or newer, make and a network for the first run;
# Java comes with the environment unless the machine has a fitting one. `make help` lists the targets.
# Paths are relative throughout, so the project may lie under a path with spaces.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# Where Python is told to write no bytecode, each process would compile anew all that it imports: seconds of each start.
export PYTHONDONTWRITEBYTECODE :=

PYTHON_DEV := .venv/bin/python
PYTHON_SPARK4 := .venv-spark4/bin/python
PYTEST_ARGS ?=
# Processes of make test, each with a Spark session of its own (a core and 6 GB); 0 runs the tests in one.
WORKERS ?= 2
UPGRADE ?=
IMAGE ?= lakehouse:dev
BUILD_ARGS ?=
ARGS ?=
SUPERSET_URI ?= duckdb:////lakehouse/warehouse.duckdb?access_mode=read_only

# A stamp inside each environment is younger than its lock once the two agree: then nothing runs.
.venv/.synced: locks/dev.txt locks/uv.txt tools/venv.sh
	@sh tools/venv.sh .venv locks/dev.txt

.venv-spark4/.synced: locks/spark4.txt locks/uv.txt tools/venv.sh
	@sh tools/venv.sh .venv-spark4 locks/spark4.txt

.venv-contract-tools/.synced: locks/contract-tools.txt locks/uv.txt tools/venv.sh
	@sh tools/venv.sh .venv-contract-tools locks/contract-tools.txt

.venv-airflow/.synced: locks/airflow.txt locks/uv.txt tools/venv.sh
	@sh tools/venv.sh .venv-airflow locks/airflow.txt

.venv-superset/.synced: locks/superset.txt locks/uv.txt tools/venv.sh
	@sh tools/venv.sh .venv-superset locks/superset.txt

.venv-uv/.synced: locks/uv.txt tools/venv.sh
	@sh tools/venv.sh .venv-uv locks/uv.txt

.PHONY: help setup jars demo test test-long stack stack-jars stack-store stack-down test-stack test-chaos image images sbom glue test-image test-image-contents test-cluster test-site test-chart chart-table lint format contract-tools setup-spark4 test-spark4 test-airflow test-airflow-cluster superset superset-assets guide test-superset lock clean distclean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' Makefile

setup: .venv/.synced jars ## Make the environment (.venv) and fetch Delta's jars
	@$(PYTHON_DEV) -m compileall -q spark_app

jars: .venv/.synced
	@$(PYTHON_DEV) -m spark_app.runtime.jars

demo: setup ## Run the whole pipeline over a small made-up shop
	@./lakehouse demo

test: setup contract-tools stack-store ## Run the tests (PYTEST_ARGS="-k name" narrows them, WORKERS=0 runs one after another)
	$(PYTHON_DEV) -m pytest --numprocesses $(WORKERS) --dist loadfile $(PYTEST_ARGS)

test-long: setup ## Run the tests that run the pipeline many times: any order of arrival, killed runs, a day's cost
	$(PYTHON_DEV) -m pytest -m long $(PYTEST_ARGS)

stack-jars: jars stack-store
	@$(PYTHON_DEV) -m spark_app.runtime.jars --s3

stack-store: .venv/.synced
	@$(PYTHON_DEV) docker/stack/object_store.py build >/dev/null

stack: setup ## Run MinIO, a stand-in for Redshift, and where Docker runs the image's night over replayed days
	@if sh docker/engine.sh compose >/dev/null; then \
		$(MAKE) images && $(PYTHON_DEV) docker/stack/compose.py; \
	else \
		echo "No Docker engine with compose answers: plain processes, until Ctrl-C"; \
		$(MAKE) stack-jars && PYTHONPATH=. $(PYTHON_DEV) docker/stack/stack.py $(STACK_ARGS); \
	fi

stack-down: .venv/.synced ## Remove what make stack brought up in Docker, data too
	@$(PYTHON_DEV) docker/stack/compose.py --down

image: ## Build the container image (IMAGE=lakehouse:dev); without an engine or a registry, by Debian's packages
	@sh docker/engine.sh build --build-arg VERSION="$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)" \
		--build-arg REVISION="$$(git describe --always --abbrev=40 --dirty --exclude '*')" $(BUILD_ARGS) --tag $(IMAGE) .

images: image stack-store ## Also those of the stand-in for Redshift, and of MinIO where its own cannot be pulled
	@sh docker/engine.sh build --file standins/redshift/Dockerfile --tag lakehouse-redshift:dev .
	@$(PYTHON_DEV) docker/stack/object_store.py image

sbom: ## Write the image's bill of materials (CycloneDX) to build/sbom.json
	@sh docker/sbom.sh $(IMAGE) build/sbom.json

glue: .venv/.synced ## Build what Glue jobs are made of (wheel, scripts, requirements) into build/glue
	@PYTHON=$(PYTHON_DEV) sh tools/glue.sh build/glue

test-image: setup images sbom ## Run the image's tests: what is in it, words, exit codes, a night against MinIO and the stand-in
	IMAGE=$(IMAGE) $(PYTHON_DEV) -m pytest -m image $(PYTEST_ARGS)

test-image-contents: setup image sbom ## Of these, what is in it: size, labels, jars, packages, bill of materials
	IMAGE=$(IMAGE) $(PYTHON_DEV) -m pytest -m image tests/image/test_contents.py $(PYTEST_ARGS)

test-chart: .venv/.synced ## Render the Helm chart in every way and judge what comes out (helm is found, or built once)
	@sh tools/helm.sh --where
	sh tools/helm.sh lint --strict helm/lakehouse
	$(PYTHON_DEV) -m pytest -m chart $(PYTEST_ARGS)

chart-table: .venv/.synced ## Write the chart's table of values anew, from the comments in its values.yaml
	@$(PYTHON_DEV) tools/chart_table.py

test-cluster: setup images ## Run the nightly on a real Kubernetes: kind, k3d, or one built from Go modules (root; 10 minutes once)
	$(PYTHON_DEV) -m pytest -m cluster tests/cluster $(PYTEST_ARGS)

test-site: .venv/.synced ## Open the dashboards in Chromium: figures, filters, keyboard, accessibility, size (needs Debian's chromium)
	$(PYTHON_DEV) -m pytest -m site $(PYTEST_ARGS)

test-stack: setup stack-jars ## Run the whole pipeline against S3 and Redshift's stand-in, by both loaders, with faults, and as Glue jobs
	$(PYTHON_DEV) -m pytest -m "stack and not long" $(PYTEST_ARGS)

test-chaos: setup stack-jars ## Kill and disturb runs for 20 minutes, then look whether anything differs (CHAOS_RUNS=1000 overnight)
	$(PYTHON_DEV) -m pytest -m chaos -s tests/chaos $(PYTEST_ARGS)

lint: .venv/.synced ## Check style, types and the direction of imports
	$(PYTHON_DEV) -m ruff check .
	$(PYTHON_DEV) -m ruff format --check .
	$(PYTHON_DEV) -m mypy
	$(PYTHON_DEV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@for folder in standins/*; do echo "$$folder:"; (cd "$$folder" && PYTHONPATH=. "$(CURDIR)/$(PYTHON_DEV)" -c \
		"from importlinter.cli import lint_imports_command; lint_imports_command()") || exit 1; done

format: .venv/.synced ## Format the code and mend what can be mended
	$(PYTHON_DEV) -m ruff check --fix .
	$(PYTHON_DEV) -m ruff format .

contract-tools: .venv-contract-tools/.synced ## Make the environment of datacontract-cli, which judges the contracts

setup-spark4: .venv-spark4/.synced
	@$(PYTHON_SPARK4) -m spark_app.runtime.jars

test-spark4: setup-spark4 ## Run the core tests on Spark 4
	$(PYTHON_SPARK4) -m pytest -m core $(PYTEST_ARGS)

test-airflow: setup .venv-airflow/.synced ## Run the DAGs in Airflow's own environment: scheduler, backfill, EMR's stand-in, pod specs
	.venv-airflow/bin/python -m pytest -m airflow --confcutdir=tests/airflow tests/airflow $(PYTEST_ARGS)

test-airflow-cluster: setup images .venv-airflow/.synced ## Run a night whose tasks are pods, on the cluster of make test-cluster
	.venv-airflow/bin/python -m pytest -m cluster --confcutdir=tests/airflow tests/airflow $(PYTEST_ARGS)

superset: .venv/.synced .venv-superset/.synced ## Run Superset over .lakehouse/warehouse.duckdb, dashboards and all (ARGS="--warehouse FILE --port 8088")
	@PYTHONPATH=.:docker/superset $(PYTHON_DEV) docker/superset/start.py $(ARGS)

superset-assets: .venv/.synced ## Write Superset's dashboards for a warehouse: SUPERSET_URI=... to build/superset.zip
	@PYTHONPATH=.:docker/superset $(PYTHON_DEV) -m superset_assets --uri '$(SUPERSET_URI)' --out build/superset.zip

guide: .venv/.synced ## Write the guide's answers anew, of the demo's .lakehouse/warehouse.duckdb
	@PYTHONPATH=.:docker/superset $(PYTHON_DEV) -m superset_assets.answers .lakehouse/warehouse.duckdb

test-superset: setup .venv-superset/.synced ## Run a real Superset over the demo's warehouse and open its dashboards in Chromium
	$(PYTHON_DEV) -m pytest -m superset $(PYTEST_ARGS)

lock: .venv-uv/.synced ## Write locks/*.txt anew from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@sh tools/lock.sh $(UPGRADE)

clean: ## Remove what tools leave behind (data under .lakehouse stay)
	rm -rf build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis standins/*/.import_linter_cache standins/*/.pytest_cache
	find spark_app standins tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove the environments as well
	rm -rf .venv .venv-spark4 .venv-contract-tools .venv-airflow .venv-superset .venv-uv
