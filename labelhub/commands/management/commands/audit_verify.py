"""manage.py audit_verify: walk the audit chain; exit code 1 names the first broken link or gap."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.core.audit import verify_chain


class Command(BaseCommand):
    help = "Verify the hash chain over the audit trail, from its first link."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify_chain()
        self.stdout.write(f"sealed: {found.n_sealed}\nnot yet sealed: {found.n_unsealed}\nhead: {found.head}")
        if found.fault:
            self.stderr.write(f"FAULT: {found.fault}")
            sys.exit(1)
        self.stdout.write("The chain is whole.")
