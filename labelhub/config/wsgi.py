"""WSGI entry point."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.config.settings.dev")
application = get_wsgi_application()

from labelhub.config.warm import warm  # noqa: E402  (needs Django to be set up)

warm()
# What is loaded by now lives as long as the process, and a request leaves few cycles behind: the collector
# need not walk over both every few hundred objects.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
# A thread that has waited for the database waits once more for whoever computes: five times 5 ms for a page of five
# statements, as Python is by default.
sys.setswitchinterval(0.001)
