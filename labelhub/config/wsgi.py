"""WSGI entry point."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.config.settings.dev")
application = get_wsgi_application()

from labelhub.config.warm import warm  # noqa: E402  (needs Django to be set up)

warm()
# What is loaded by now lives as long as the process: the collector need not walk over it. Three quarters of the objects
# that it looks at then are left in cycles by requests. It takes as long in sum however often it comes; but looking at
# 20,000 at once it held up the request that it fell into by some 10 ms, at 2,000 by 1 to 3.
gc.collect()
gc.freeze()
gc.set_threshold(2_000, 20, 20)
# A thread that has waited for the database waits once more for whoever computes: five times 5 ms for a page of five
# statements, as Python is by default.
sys.setswitchinterval(0.001)
