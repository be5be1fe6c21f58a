"""manage.py audit_verify: walk the audit chain and every read; exit code 1 names what was altered."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.core.audit import verify_chain
from labelhub.reading.stored import altered_reads


class Command(BaseCommand):
    help = "Verify the hash chain over the audit trail, from its first link, and the hash of every read."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify_chain()
        self.stdout.write(f"sealed: {found.n_sealed}\nnot yet sealed: {found.n_unsealed}\nhead: {found.head}")
        if found.fault:
            self.stderr.write(f"FAULT: {found.fault}")
            sys.exit(1)
        self.stdout.write("The chain is whole.")
        altered = [str(read.id) for read in altered_reads()]
        if altered:
            self.stderr.write(f"FAULT: reads that are not what was submitted: {', '.join(altered)}")
            sys.exit(1)
        self.stdout.write("Every read is what was submitted.")
