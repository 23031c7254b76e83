"""Sessions of the stand-in: drivers, transactions, locks, faults, and the command that starts it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
import redshift_connector
from redshift_standin import postgres

PACKAGE = Path(__file__).resolve().parents[1]


def connect(redshift, **options):
    known = {"user": redshift.user, "password": redshift.password, "dbname": redshift.database, "autocommit": True}
    return psycopg.connect(host=redshift.host, port=redshift.port, **{**known, **options})


@pytest.fixture
def ledger(sql):
    sql.execute("DROP TABLE IF EXISTS ledger")
    sql.execute("CREATE TABLE ledger (release_id bigint NOT NULL, PRIMARY KEY (release_id))")
    return lambda: sorted(row[0] for row in sql.execute("SELECT release_id FROM ledger").fetchall())


def test_it_says_what_it_is(redshift, driver):
    assert any(b"not Redshift's own semantics" in notice[b"M"] for notice in driver.notices)
    with connect(redshift) as session:
        assert session.info.parameter_status("server_version") == "8.0.2"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(redshift, password="wrong")


def test_redshifts_own_driver_opens_transactions_by_itself(driver, ledger):
    cursor = driver.cursor()
    cursor.execute("INSERT INTO ledger VALUES (%s)", (1,))
    cursor.executemany("INSERT INTO ledger VALUES (%s)", [(2,), (3,)])
    assert ledger() == []
    driver.rollback()
    cursor.execute("INSERT INTO ledger VALUES (4)")
    driver.commit()
    assert ledger() == [4]
    assert [t[2] for t in driver.cursor().get_tables(None, "public", "ledger")] == ["ledger"]


@pytest.mark.parametrize(
    "statement", ["SELECT 1 FOR UPDATE", "CREATE TABLE t (x jsonb)", "COPY nowhere FROM 's3://b/k' PARQUET"]
)
def test_errors_of_its_own_abort_the_transaction(driver, ledger, statement):
    cursor = driver.cursor()
    cursor.execute("INSERT INTO ledger VALUES (1)")
    with pytest.raises(redshift_connector.Error):
        cursor.execute(statement)
    with pytest.raises(redshift_connector.Error, match="25P02"):
        cursor.execute("SELECT 1")
    driver.commit()  # which rolls back
    assert ledger() == []


def test_errors_of_its_own_abort_a_transaction_of_simple_queries(redshift, ledger):
    with connect(redshift) as session:
        session.execute("BEGIN; INSERT INTO ledger VALUES (1)")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            session.execute("SELECT 1 FOR UPDATE")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            session.execute("SELECT 1")
        assert session.execute("COMMIT").statusmessage == "ROLLBACK"
    assert ledger() == []


def test_several_statements_are_one_transaction(sql, ledger):
    with pytest.raises(psycopg.Error):
        sql.execute("INSERT INTO ledger VALUES (1); INSERT INTO ledger VALUES (NULL)")
    assert ledger() == []
    sql.execute("INSERT INTO ledger VALUES (1); INSERT INTO ledger VALUES (2);")
    assert ledger() == [1, 2]


def write_and_commit(session):
    session.execute("INSERT INTO ledger VALUES (1)")
    session.commit()


def test_two_that_read_then_write_conflict(redshift, ledger):
    with connect(redshift, autocommit=False) as one, connect(redshift, autocommit=False) as two:
        for session in (one, two):
            session.execute("SELECT count(*) FROM ledger")
        one.execute("INSERT INTO ledger VALUES (1)")
        one.commit()
        with pytest.raises(psycopg.Error, match="1023") as caught:
            write_and_commit(two)
        assert "Serializable isolation violation on table" in str(caught.value)
        assert caught.value.sqlstate == "XX000"
    assert ledger() == [1]


def test_lock_makes_the_second_wait_and_see(redshift, ledger):
    seen = []
    with connect(redshift, autocommit=False) as one:
        one.execute("LOCK ledger")
        one.execute("INSERT INTO ledger VALUES (1)")

        def second():
            with connect(redshift, autocommit=False) as two:
                two.execute("LOCK TABLE ledger")
                seen.append(two.execute("SELECT count(*) FROM ledger").fetchone())

        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        one.commit()
        waiting.join(10)
    assert seen == [(1,)]


def test_one_that_locks_and_one_that_does_not_conflict(redshift, ledger):
    failed = []
    with connect(redshift, autocommit=False) as one:
        one.execute("LOCK ledger")
        one.execute("SELECT count(*) FROM ledger")

        def second():
            with connect(redshift, autocommit=False) as two:
                try:
                    two.execute("SELECT count(*) FROM ledger")  # waits, its snapshot taken
                    write_and_commit(two)
                except psycopg.Error as error:
                    failed.append(error.diag.message_primary)

        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        write_and_commit(one)
        waiting.join(10)
    assert failed == ["1023"]
    assert ledger() == [1]


def test_writers_of_one_table_take_turns(redshift, ledger):
    """The second writer's snapshot is taken once it has the table: it deletes what the first has put there."""
    with connect(redshift, autocommit=False) as one:
        one.execute("INSERT INTO ledger VALUES (1)")

        def second():
            with connect(redshift, autocommit=False) as two:
                two.execute("DELETE FROM ledger WHERE release_id = %s", [1])
                two.execute("INSERT INTO ledger VALUES (2)")

        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        one.commit()
        waiting.join(10)
    assert ledger() == [2]


FAULTS = [("cut-before-commit", []), ("cut-after-commit", [1])]


@pytest.mark.parametrize(("kind", "left"), FAULTS)
@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_a_connection_cut_at_commit(redshift, ledger, kind, left, protocol):
    redshift.faults.arm(f"{kind}:ledger")
    if protocol == "simple":
        session = connect(redshift, autocommit=False)
        session.execute("SELECT 1")
        session.commit()  # wrote nothing: is let through
    else:
        session = redshift_connector.connect(
            host=redshift.host,
            port=redshift.port,
            user=redshift.user,
            password=redshift.password,
            database="dev",
            ssl=False,
        )
    cursor = session.cursor()
    cursor.execute("INSERT INTO ledger VALUES (1)")
    with pytest.raises((psycopg.OperationalError, redshift_connector.Error)):
        session.commit()
    deadline = time.monotonic() + 5
    while ledger() != left and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ledger() == left
    assert redshift.faults.armed == []


def test_a_full_disk(redshift, driver, ledger):
    redshift.faults.arm("disk-full")
    cursor = driver.cursor()
    with pytest.raises(redshift_connector.Error, match=r"53100.*Disk Full"):
        cursor.execute("INSERT INTO ledger VALUES (1)")
    driver.rollback()
    cursor.execute("INSERT INTO ledger VALUES (2)")
    driver.commit()
    assert ledger() == [2]


def test_one_command_starts_it_and_sigterm_ends_it(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "redshift_standin", "--port", "0"], cwd=PACKAGE, stdout=subprocess.PIPE, text=True
    ) as served:
        try:
            line = served.stdout.readline()
            port = int(re.search(r"ready: a stand-in .* port (\d+)", line)[1])
            with psycopg.connect(
                host="127.0.0.1", port=port, user="awsuser", password="Standin-1", dbname="dev"
            ) as session:
                assert session.execute("SELECT 1").fetchone() == (1,)
            served.send_signal(signal.SIGTERM)
            assert served.wait(20) == 0
        finally:
            served.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=port, user="awsuser", password="Standin-1", dbname="dev")


def test_postgresql_runs_from_a_folder_that_only_root_may_enter(tmp_path, monkeypatch):
    """As root PostgreSQL runs as `nobody`, who may not go below a home or a `mktemp -d`."""
    closed = tmp_path / "closed"
    copied = postgres._copy(postgres._binaries(), closed)
    closed.chmod(0o700)
    monkeypatch.setattr(postgres, "_binaries", lambda: copied)
    with tempfile.TemporaryDirectory(prefix="redshift-standin-test-") as data:
        server = postgres.start_postgres(Path(data))
        with server.admin() as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
        server.stop()
    assert not server.socket_dir.exists()


def test_sys_query_detail_tells_superusers_and_monitors_who_scanned_which_table(redshift, sql):
    for statement in (
        "DROP VIEW IF EXISTS takings",
        "DROP TABLE IF EXISTS sold",
        "CREATE TABLE sold (day date NOT NULL)",
        "CREATE VIEW takings AS SELECT count(*) AS days FROM sold",
        "CREATE USER ada PASSWORD 'Ada-12345'",
        "CREATE USER bob PASSWORD 'Bob-12345'",
        'GRANT ROLE "sys:monitor" TO bob',
        "GRANT SELECT ON takings TO ada",
    ):
        sql.execute(statement)
    ask = (
        "SELECT DISTINCT u.usename, TRIM(d.table_name) FROM sys_query_detail d "
        "JOIN pg_user u ON u.usesysid = d.user_id WHERE d.step_name = 'scan' AND d.start_time > CAST(%s AS TIMESTAMP)"
    )
    with connect(redshift, user="ada", password="Ada-12345", prepare_threshold=None) as ada:
        ada.execute("WITH sold AS (SELECT days FROM takings) SELECT * FROM sold")
        with pytest.raises(psycopg.Error, match="permission denied"):
            ada.execute("SELECT * FROM sold")
        assert ada.execute(ask, ("2020-01-01",)).fetchall() == [("ada", "sold")], "by way of the view"
        seen = "SELECT user_name, superuser, syslog_access FROM svv_user_info"
        assert ada.execute(seen).fetchall() == [("ada", False, "RESTRICTED")]
    with connect(redshift, user="bob", password="Bob-12345", prepare_threshold=None) as bob:
        assert ("ada", "sold") in bob.execute(ask, ("2020-01-01",)).fetchall()
        grants = "SELECT user_name, role_name FROM svv_user_grants"
        assert bob.execute(grants).fetchall() == [("bob", "sys:monitor")]
    assert ("ada", "sold") in sql.execute(ask, ("2020-01-01",)).fetchall()
    assert sql.execute(ask, ("2999-01-01",)).fetchall() == []
    with connect(redshift, user="ada", password="Ada-12345", prepare_threshold=None) as ada:
        assert ada.execute(ask, ("2020-01-01",)).fetchall() == [("ada", "sold")], "others' queries are not hers to see"
