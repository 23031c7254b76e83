"""Payments: how people pay, how far payments have come, what is outstanding and refunded, instalments."""

from __future__ import annotations

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.page import Figure, Filter, Page, Query, Tile

MONEY = ("payment_amount", "paid_amount", "outstanding_amount", "refunded_amount")
SHOWN = (*MONEY, "payments", "failed_payments")


def page(data: ReportData) -> Page:
    """Figures of `payments_daily`, and of `payments` for instalments. Days are those of the purchase."""
    parts = ("installment_payments", "installment_amount", "average_installments")
    return Page(
        "payments",
        "Payments",
        tiles=[Tile(name, "payments") for name in SHOWN],
        figures={
            "trend": Figure(
                "Over time",
                chart=charts.trend(),
                query=Query("payments", ("period",), SHOWN, compare=True),
                wide=True,
            ),
            "methods": Figure(
                "How people pay",
                chart=charts.ranking("payment_method"),
                query=Query("payments", ("payment_method",), SHOWN, compare=True),
            ),
            "methods_over_time": Figure(
                "Methods over time",
                chart=charts.stacked("payment_method"),
                query=Query("payments", ("period", "payment_method"), ("payment_amount", "payments"), top=7),
            ),
            "statuses": Figure(
                "How far payments have come",
                chart=charts.ranking("payment_status"),
                query=Query("payments", ("payment_status",), ("payment_amount", "payments"), compare=True),
            ),
            "statuses_over_time": Figure(
                "Statuses over time",
                chart=charts.stacked("payment_status"),
                query=Query("payments", ("period", "payment_status"), ("payment_amount", "payments"), top=7),
            ),
            "instalments": Figure(
                "Instalments",
                chart=charts.ranking("installments"),
                query=Query("instalments", ("installments",), parts[:2], compare=True, order="listed", top=24),
                note="Number of parts a payment is paid in.",
            ),
            "instalments_over_time": Figure(
                "Instalments over time",
                chart=charts.trend(),
                query=Query("instalments", ("period",), parts[2:], compare=True),
            ),
        },
        cubes={
            "payments": cube(data, [DAY, "payment_method", "payment_status"], SHOWN),
            "instalments": cube(data, [DAY, "installments"], parts, where=f"{DAY} IS NOT NULL"),
        },
        filters=[Filter("payment_method", "Method"), Filter("payment_status", "Status")],
        note="Days are days of purchase; a status is the payment's newest.",
    )
