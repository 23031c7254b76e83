"""The most memory that a run's processes have had."""

from __future__ import annotations

from pathlib import Path

from spark_app.runtime.peak import peak_memory


def proc(folder: Path, *processes: tuple[int, int, str, int | None]) -> Path:
    for pid, parent, name, peak in processes:
        (folder / str(pid)).mkdir()
        memory = "" if peak is None else f"VmHWM:\t  {peak} kB\n"
        (folder / str(pid) / "status").write_text(f"Name:\t{name}\nPid:\t{pid}\nPPid:\t{parent}\n{memory}")
    return folder


def test_python_with_the_java_it_started_and_workers_of_that(tmp_path: Path) -> None:
    there = proc(
        tmp_path,
        (1, 0, "init", 9),
        (10, 1, "python", 100),
        (11, 10, "java", 2000),
        (12, 11, "python", 30),
        (13, 1, "x", 7),
    )
    assert peak_memory(there, 10) == (100 + 2000 + 30) * 1024


def test_the_java_that_started_it_is_counted_and_no_other_parent(tmp_path: Path) -> None:
    there = proc(tmp_path, (5, 1, "java", 2000), (10, 5, "python", 100), (11, 10, "kernel", None))
    assert peak_memory(there, 10) == 2100 * 1024
    (tmp_path / "5" / "status").write_text("Name:\tbash\nPPid:\t1\nVmHWM:\t5 kB\n")
    assert peak_memory(there, 10) == 100 * 1024


def test_where_the_system_does_not_tell_nothing_is_known(tmp_path: Path) -> None:
    assert peak_memory(tmp_path, 10) is None


def test_this_process_has_some() -> None:
    found = peak_memory()
    assert found is None or found > 10_000_000
