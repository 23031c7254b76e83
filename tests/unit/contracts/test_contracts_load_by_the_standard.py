"""The contracts as other tools judge them: `datacontract lint`, and the standard's schema to the letter."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from spark_app.runtime.settings import conf_dir

ROOT = Path(__file__).resolve().parents[3]
TOOLS = Path(os.environ.get("LAKEHOUSE_CONTRACT_TOOLS") or ROOT / ".venv-contract-tools")
CONTRACTS = sorted((conf_dir() / "contracts").glob("*/*.yaml"))
# One start for all files; lint itself leaves out what the schema says of misplaced keys, hence both.
JUDGE = """
import json, sys
from importlib import resources
import jsonschema, yaml
from datacontract.data_contract import DataContract
schema = resources.files("datacontract") / "schemas" / "odcs-3.1.0.schema.json"
strict = jsonschema.Draft201909Validator(json.loads(schema.read_text("utf-8")))
found = {}
for path in json.load(sys.stdin):
    run = DataContract(data_contract_file=path).lint()
    found[path] = [check.reason or check.name for check in run.checks if check.result.value != "passed"]
    with open(path, encoding="utf-8") as text:
        errors = strict.iter_errors(yaml.safe_load(text))
    found[path] += [error.json_path + ": " + error.message for error in errors]
print(json.dumps(found))
"""


def judge(paths: list[Path]) -> dict[str, list[str]]:
    """What is wrong with each file, by its path."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        pytest.skip(f"datacontract-cli is not installed in {TOOLS}: make contract-tools")
    given = json.dumps([str(path) for path in paths])
    done = subprocess.run([str(python), "-c", JUDGE], input=given, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_contracts_are_valid():
    assert judge(CONTRACTS) == {str(path): [] for path in CONTRACTS}


def test_a_contract_that_is_not_valid_is_found(tmp_path):
    text = (conf_dir() / "contracts" / "gold" / "fact_orders.yaml").read_text(encoding="utf-8")
    unlike = {
        "no id": text.replace("id: gold.fact_orders\n", ""),
        "metric without bound": text.replace("mustBe: 0, ", "", 1),
        "misplaced bound": text.replace("{check: daysBehind, mustBeLessOrEqualTo: 3}", "daysBehind, mustBe: 3"),
    }
    for name, changed in unlike.items():
        assert changed != text
        (tmp_path / f"{name}.yaml").write_text(changed, encoding="utf-8")
    found = judge(sorted(tmp_path.glob("*.yaml")))
    assert {Path(path).stem for path, wrong in found.items() if wrong} == set(unlike)
