"""A real object store for the tests here: MinIO where it can be had, and the summary says what it was."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import object_store
import pytest

from spark_app.lake.s3 import client
from spark_app.runtime.settings import S3Settings

KIND = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[object_store.ObjectStore]:
    with object_store.running(tmp_path_factory.mktemp("objects") / "data") as running:
        pytestconfig.stash[KIND] = running.kind
        yield running


@pytest.fixture(scope="module", autouse=True)
def its_credentials(store: object_store.ObjectStore) -> Iterator[None]:
    """A file at a time: in one process files of other folders, with credentials of their own, may come between."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in store.environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def s3(store: object_store.ObjectStore) -> S3Settings:
    return S3Settings(endpoint=store.endpoint, region="us-east-1", path_style=True, log_table=None)


@pytest.fixture
def bucket(s3: S3Settings) -> str:
    """The URI of a bucket of the test's own."""
    name = f"test-{uuid4().hex[:12]}"
    client(s3).create_bucket(Bucket=name)
    return f"s3a://{name}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if kind := config.stash.get(KIND, None):
        terminalreporter.write_line(f"The object store of these tests was {kind} (docker/stack/object_store.py).")
