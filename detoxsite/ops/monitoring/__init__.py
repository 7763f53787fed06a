"""What monitoring programs read: Prometheus metrics on a port of their own; alerts for the operator.

Nothing here names a person or holds what someone wrote: numbers, ages, and names of views, jobs and outboxes
(docs/decisions/0033-metrics.md). What each alert means and what to do: docs/runbook.md.
"""
