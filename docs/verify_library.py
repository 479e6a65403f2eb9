"""Verify files from Python, and say what is wrong with them."""

import sys

import shipwheel

report = shipwheel.verify(sys.argv[1:] or "dist", static=True)
for finding in report.findings:
    print(f"{finding.level}: {finding.file}: {finding.rule}: {finding.message}")
    print(f"    {finding.hint}")
sys.exit(0 if report.ok else 1)
