"""PLAN TO NOX: one job kind a file; register is the only contact with nox."""
