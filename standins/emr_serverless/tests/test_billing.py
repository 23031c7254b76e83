"""What the stand-in says is billed, by hand."""

from __future__ import annotations

import pytest
from emr_standin.billing import utilization


def words(*settings: str) -> list[str]:
    return ["spark-submit", *(word for one in settings for word in ("--conf", one)), "bronze.py"]


def test_half_an_hour_of_the_service_s_own_driver() -> None:
    """4 vCPU; 14 GB of heap and a tenth more; 20 GB of disk are free."""
    assert utilization(words(), 1800, billed=True) == {"vCPUHour": 2.0, "memoryGBHour": 7.7, "storageGBHour": 0.0}
    assert utilization(words(), 1800, billed=False)["storageGBHour"] == 10.0


def test_a_minute_is_billed_at_least() -> None:
    assert utilization(words(), 6, billed=True)["vCPUHour"] == 0.067
    assert utilization(words(), 6, billed=False)["vCPUHour"] == 0.007


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (("spark.driver.cores=2", "spark.driver.memory=4g"), (2.0, 4.4, 0.0)),
        (("spark.driver.cores=2", "spark.driver.memory=4096m", "spark.driver.memoryOverhead=1024"), (2.0, 5.0, 0.0)),
        (("spark.driver.memory=1g", "spark.emr-serverless.driver.disk=50g"), (4.0, 1.375, 30.0)),
        (("spark.driver.cores=2", "spark.driver.cores=1", "spark.driver.memory=1g"), (1.0, 1.375, 0.0)),
    ],
)
def test_the_driver_s_settings_hold(settings: tuple[str, ...], found: tuple[float, ...]) -> None:
    assert tuple(utilization(words(*settings), 3600, billed=True).values()) == found
