"""Superset's datasets, charts, dashboards and saved queries, written from conf/ as Superset's own export format."""
