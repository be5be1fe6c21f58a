"""Settings of the worker processes that tests start: the test settings, on the database of the test that runs."""

import os

from labelhub.config.settings.test import *  # noqa: F403
from labelhub.config.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["LABELHUB_WORKER_DATABASE"]
