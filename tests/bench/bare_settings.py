"""Settings of the bare pair: LabelHub's production settings, with the URLs of `tests.bench.bare_pair` only."""

from labelhub.config.settings.prod import *  # noqa: F403

ROOT_URLCONF = "tests.bench.bare_pair"
# Plain Django, whatever LabelHub has in their place.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
