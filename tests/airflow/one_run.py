"""One run of a DAG by `dag.test()`, in a process of its own: python tests/airflow/one_run.py DAG RUN_AFTER [CONF].

Prints the run's and its tasks' states as JSON on the last line. A deadline breaks dag.test() on success
(apache/airflow#73428), so it is unset here.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from airflow.configuration import conf
from airflow.dag_processing.dagbag import DagBag


def main() -> None:
    """Run it."""
    name, run_after, given = sys.argv[1], datetime.fromisoformat(sys.argv[2]), sys.argv[3:]
    found = DagBag(f"{conf.get('core', 'dags_folder')}/{name}.py")
    assert not found.import_errors, found.import_errors
    dag = found.dags[name]
    dag.deadline = None
    run = dag.test(run_after=run_after, logical_date=run_after, run_conf=json.loads(given[0]) if given else None)
    tasks = {one.task_id: {"state": one.state, "try": one.try_number} for one in run.get_task_instances()}
    sys.stdout.write(f"\n{json.dumps({'state': run.state, 'tasks': tasks})}\n")


main()
