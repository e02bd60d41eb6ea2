"""The verification report 核验报告: one verdict on paper, to be sealed and filed (PDF), or to read (HTML)."""

from license_lib.verification_reports.check import Check
from license_lib.verification_reports.content import attached_report, named_report
from license_lib.verification_reports.html import report_html
from license_lib.verification_reports.pdf import report_pdf

__all__ = ["Check", "attached_report", "named_report", "report_html", "report_pdf"]
