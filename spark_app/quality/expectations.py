"""Findings judged by Great Expectations, and its Data Docs.

Each table's findings are one row of measured values; each rule is one expectation on them. So Great Expectations
decides and documents, and the data themselves are read once (quality.profile). A finding holds where it and our own
bounds say so; where the two differ, which no test has seen, it does not hold, and the run says that they differ.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from spark_app.quality.profile import Finding

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


@cache
def import_early() -> threading.Thread:
    """Importing Great Expectations takes seconds of one core: begin while Spark works, once.

    Not before Spark's JVM is there: starting it is a fork with Python's locks held, and a thread that imports at that
    moment may hold one of them and want another. Then both wait for ever.
    """
    thread = threading.Thread(target=_module, name="great-expectations", daemon=True)
    thread.start()
    return thread


def validate(findings: Sequence[Finding], docs: Path) -> dict[tuple[str, str], bool]:
    """(table, rule) -> whether its expectation holds; writes Data Docs to the folder `docs`."""
    gx = _module()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    context.add_data_docs_site("quality", _site(docs))
    source = context.data_sources.add_pandas("candidate")
    tables: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        tables[finding.table].append(finding)
    outcome: dict[tuple[str, str], bool] = {}
    for table, found in tables.items():
        outcome |= _validate_table(gx, context, source, table, found)
    context.build_data_docs()
    return outcome


def failing(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that do not hold by their own bounds."""
    return [finding for finding in findings if not finding.passed]


def broken(findings: Sequence[Finding], outcome: Mapping[tuple[str, str], bool]) -> tuple[list[Finding], list[str]]:
    """(findings that do not hold, sentences on those of which the two judges differ).

    `outcome`: what `validate` gave for these findings.
    """
    failed, differing = [], []
    for finding in findings:
        verdict = outcome.get((finding.table, finding.rule))
        if verdict is not finding.passed:
            theirs = {True: "holds", False: "does not hold", None: "was not judged"}[verdict]
            ours = "holds" if finding.passed else "does not hold"
            differing.append(
                f"{finding.table}: {finding.rule}: {theirs} for Great Expectations, {ours} by its bounds "
                f"(found {finding.value:g}): taken as failed"
            )
        if not (verdict and finding.passed):
            failed.append(finding)
    return failed, differing


def _validate_table(
    gx: Any, context: Any, source: Any, table: str, found: Sequence[Finding]
) -> dict[tuple[str, str], bool]:
    import pandas as pd

    batch = source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("candidate")
    suite = context.suites.add(
        gx.ExpectationSuite(name=table, expectations=[_expectation(gx, finding) for finding in found])
    )
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=table, data=batch, suite=suite))
    measured = pd.DataFrame({finding.rule: [finding.value] for finding in found})
    result = definition.run(batch_parameters={"dataframe": measured}, result_format="BASIC")
    return {(table, str(item.expectation_config.kwargs["column"])): bool(item.success) for item in result.results}


def _expectation(gx: Any, finding: Finding) -> Any:
    low, high = (finding.threshold.low, finding.threshold.high) if finding.threshold else (None, 0)
    return gx.expectations.ExpectColumnValuesToBeBetween(
        column=finding.rule,
        min_value=low,
        max_value=high,
        meta={
            "dimension": finding.dimension,
            "severity": finding.severity,
            "rows_checked": finding.rows_checked,
            "expected": finding.expected,
        },
    )


def _site(docs: Path) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)},
    }


def _module() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx
