"""Whether a process that is written down still lives."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from spark_app.runtime.process import Process, is_alive, this_process


def other() -> tuple[Process, subprocess.Popen[bytes]]:
    code = (
        "from spark_app.runtime.process import this_process; import sys; p = this_process(); "
        "print(p.host, p.machine, p.pid, p.began, sep='|', flush=True); sys.stdin.read()"
    )
    started = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert started.stdout is not None
    host, machine, pid, began = started.stdout.readline().decode().rstrip("\n").split("|")
    return Process(host, machine, int(pid), began), started


def test_this_one_lives() -> None:
    assert is_alive(this_process()) is True


def test_another_lives_until_it_ends() -> None:
    known, started = other()
    assert is_alive(known) is True
    started.communicate()
    assert is_alive(known) is False


def test_a_number_given_again_is_another_process() -> None:
    assert is_alive(replace(this_process(), began="1")) is False


def test_of_another_machine_nothing_is_known() -> None:
    assert is_alive(replace(this_process(), machine="elsewhere")) is None
