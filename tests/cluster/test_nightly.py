"""The nightly on Kubernetes, from `helm install` to `helm uninstall`: a story told in the order of the tests.

Gold is compared with figures worked out from the dump's files by SQL alone; without a dump of Olist (shop.py) with what
a laptop makes of a made-up shop, and the session's end says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster import bills, chart, kube, runs, shop, world

pytestmark = pytest.mark.cluster
STARTS_AND_ENDS = 45.0  # seconds of a pod in which no run is at work yet, or none any more, at most


@pytest.fixture(scope="module")
def dump(request: pytest.FixtureRequest) -> Path | None:
    """The public dump's folder, where there is one."""
    try:
        found: Path = request.getfixturevalue("olist_dir")
    except pytest.skip.Exception:
        return None
    return found


@pytest.fixture(scope="module")
def before(images: None) -> set[str]:
    """The cluster with MinIO and the warehouse, before the chart; what is in its namespace then."""
    world.deploy()
    return chart.objects()


@pytest.fixture(scope="module")
def installed(before: set[str]) -> None:
    with world.bucket() as store:
        store.put_object(Bucket=world.BUCKET, Key="spark-events/", Body=b"")
    chart.install()


def landed(dump: Path | None, folder: Path, *, more: bool = False) -> shop.Days:
    """The shop's days are in the bucket."""
    days = shop.days(dump, folder, more=more)
    files = world.land(days.landing)
    kube.note(f"{days.told}; {files} files")
    return days


def right_gold(days: shop.Days) -> None:
    for sql, expected in days.expected().items():
        assert expected
        assert world.rows(sql) == expected


def its_bill_is_what_its_pods_cost(drivers: bills.Pods, executors: bills.Pods) -> None:
    """As the pods say what they asked for and how long they were there: but for their first and last seconds."""
    billed = bills.billed()
    assert {line["billed_by"] for line in billed.values()} == {"kubernetes"}
    for kind, pods in (("driver", drivers), ("executor", executors)):
        [(vcpu, memory)] = set(pods.asked.values())
        seconds = [float(billed[f"{kind} {what}"]["quantity"]) * 3600 for what in ("vCPU", "memory")]
        assert seconds[0] / vcpu == pytest.approx(seconds[1] / memory, rel=1e-3)
        begin_and_end = STARTS_AND_ENDS * len(pods.asked)
        assert pods.seconds - begin_and_end < seconds[0] / vcpu < pods.seconds + 5, kind
    ours, by_hand = sum(float(line["dollars"]) for line in billed.values()), drivers.dollars + executors.dollars
    kube.note(f"the run's bill: ${ours:.5f}; by its pods, starts and ends with them: ${by_hand:.5f}")


@pytest.fixture(scope="module")
def week(installed: None, dump: Path | None, tmp_path_factory: pytest.TempPathFactory) -> shop.Days:
    return landed(dump, tmp_path_factory.mktemp("week"))


def test_helm_test_is_green(week: shop.Days) -> None:
    assert "Phase:          Succeeded" in chart.helm("test", chart.RELEASE, "--timeout", "180s")


def test_a_night_with_two_executors(week: shop.Days) -> None:
    job = chart.start("first", *week.range)
    with bills.watching(job) as (drivers, executors):
        kube.until(runs.two_executors, "two executors")
        [driver] = kube.pods(runs.label(job))
        assert "lakehouse_driver" in runs.ui(driver, "/metrics/prometheus/")
        assert 'executor_id="1"' in runs.ui(driver, "/metrics/executors/prometheus")
        assert kube.ended(job) == "Complete", chart.logs(job)
    right_gold(week)
    its_bill_is_what_its_pods_cost(drivers, executors)
    kube.note(f"pod start to first Spark job: {runs.seconds_to_first_job(job):.1f} s")
    kube.note(f"the whole run: {runs.seconds(job):.0f} s")


def test_killed_executor_and_killed_driver(installed: None, dump: Path | None, tmp_path: Path) -> None:
    """More orders of the same days: bronze, silver and gold have to take days back and in again, killed on the way."""
    days = landed(dump, tmp_path, more=True)
    commits = len(world.keys("lake/silver/orders/_delta_log/"))
    job = chart.start("killed", *days.range)
    executors = kube.until(runs.two_executors, "two executors")
    [driver] = kube.pods(runs.label(job))
    with pytest.raises(AssertionError, match="disruption budget"):
        runs.drain(driver)
    runs.lose(executors[0])
    kube.until(lambda: set(kube.pods(chart.EXECUTORS, "Running")) - set(executors), "an executor in its place")
    kube.until(lambda: len(world.keys("lake/silver/orders/_delta_log/")) > commits, "orders to be in silver")
    runs.crash(driver)
    assert kube.ended(job) == "Complete", chart.logs(job)
    killed, finished = (
        kube.found("pods", "-l", runs.label(job), f"--field-selector=status.phase={phase}")
        for phase in ("Failed", "Succeeded")
    )
    assert [(pod["metadata"]["name"], runs.exit_code(pod)) for pod in killed] == [(driver, 137)]
    assert len(finished) == 1
    right_gold(days)


def test_no_executor_outlives_its_driver(installed: None) -> None:
    """The crashed driver could not end its own: they see it gone and end by themselves."""
    kube.until(lambda: not kube.pods(chart.EXECUTORS, "Running"), "the executors to end")


def test_maintenance_keeps_what_readers_see(week: shop.Days) -> None:
    had = world.rows(shop.SALES)
    kube.kubectl("create", "job", "packing", f"--from=cronjob/{chart.RELEASE}-maintenance")
    assert kube.ended("packing") == "Complete", chart.logs("packing")
    assert "gold fact_orders: packed" in chart.logs("packing")
    assert world.rows(shop.SALES) == had


def test_a_backfill_on_demand(week: shop.Days) -> None:
    """All its days are in already, so it ends soon, with nothing new; an upgrade without it takes it away."""
    had = world.rows(shop.SALES)
    chart.install("--set", f"backfill.from={week.first},backfill.to={week.last}")
    [job] = [one["metadata"]["name"] for one in kube.found("jobs", "-l", "app.kubernetes.io/component=backfill")]
    assert kube.ended(job) == "Complete", chart.logs(job)
    assert "nothing new" in chart.logs(job)
    assert world.rows(shop.SALES) == had
    chart.install()
    assert not kube.found("jobs", "-l", "app.kubernetes.io/component=backfill")


def test_the_history_server_shows_runs_of_the_past(week: shop.Days) -> None:
    chart.install("--set", "historyServer.enabled=true")
    kube.kubectl("rollout", "status", f"deployment/{chart.RELEASE}-history", "--timeout=180s")
    kube.until(lambda: chart.RELEASE in [run["name"] for run in runs.history()], "a run in the history server")
    chart.install()
    kube.until(lambda: not kube.found("deployments,services", "-l", "app.kubernetes.io/component=history"), "its end")


def test_a_failed_audit_is_not_tried_again(installed: None, tmp_path: Path) -> None:
    """A day of orders that nobody can use: exit 4, one pod, and readers keep what they had."""
    had = world.rows(shop.SALES)
    land_unusable(tmp_path)
    job = chart.start("withheld", "--date", "2018-12-01", "--allow-missing")
    assert kube.ended(job) == "Failed"
    [pod] = kube.found("pods", "-l", runs.label(job))
    assert runs.exit_code(pod) == 4, chart.logs(job)
    [failed] = [c for c in kube.one("job", job)["status"]["conditions"] if c["type"] == "Failed"]
    assert failed["reason"] == "PodFailurePolicy"
    assert world.rows(shop.SALES) == had


def test_upgrade_leaves_no_orphans(installed: None) -> None:
    def of_the_chart() -> set[str]:
        ours = ("Pod/", "Job/", "Secret/sh.helm.release")  # runs, and helm's own notes of each release
        return {one for one in chart.objects() if not one.startswith(ours)}

    had = of_the_chart()
    chart.install("--set", "networkPolicy.enabled=false", "--set", "nightly.schedule=30 3 * * *")
    assert of_the_chart() == {one for one in had if not one.startswith("NetworkPolicy/")} != had


def test_uninstall_leaves_nothing(installed: None, before: set[str]) -> None:
    chart.helm("uninstall", chart.RELEASE, "--wait")
    kube.until(lambda: not {one for one in chart.objects() - before if not of_helm_test(one)}, "the rest to be gone")


def of_helm_test(name: str) -> bool:
    """Helm keeps a test's pod, by its own rule, until the next one or its namespace's end."""
    return name == f"Pod/{chart.RELEASE}-doctor"


def land_unusable(folder: Path) -> None:
    header = (
        "order_id,customer_id,status,purchased_at,approved_at,shipped_at,delivered_at,estimated_delivery_at,updated_at"
    )
    rows = [f"X{n},C{n},no such status,2018-12-01 10:00:00,,,,,2018-12-01 10:00:00" for n in range(40)]
    day = folder / "orders" / "dt=2018-12-01"
    day.mkdir(parents=True)
    (day / "orders.csv").write_text("\n".join([header, *rows]) + "\n")
    world.land(folder)
