"""Settings shared by every mode; what differs is in dev, test and prod."""

from __future__ import annotations

from labelhub.config import env
from labelhub.launch.paths import broker_url as embedded_broker_url

ROOT = env.ROOT
DATA_DIR = env.data_dir()
DEMO = env.flag("LABELHUB_DEMO")
ALLOWED_HOSTS = env.listing("LABELHUB_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "labelhub.core",
    "labelhub.accounts",
    "labelhub.projects",
    "labelhub.imaging",
    "labelhub.reading",
    "labelhub.consensus",
    "labelhub.learning",
    "labelhub.releases",
    "labelhub.commands",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "labelhub.api.http.static_files.StaticFilesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "labelhub.api.http.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

ROOT_URLCONF = "labelhub.config.urls"
WSGI_APPLICATION = "labelhub.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The second one has made the sessions of earlier versions.
AUTHENTICATION_BACKENDS = [
    "labelhub.accounts.sessions.Backend",
    "django.contrib.auth.backends.ModelBackend",
]
SESSION_ENGINE = "labelhub.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "labelhub.api.http.errors.csrf_failure"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

STATIC_URL = "/static/"
FRONTEND_DIST = ROOT / "frontend" / "dist"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_MIMETYPES = {".wasm": "application/wasm"}
# Names under assets/ carry a hash of their content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\.\w+$"

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "objects"), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
UPLOAD_DIR = DATA_DIR / "uploads"
WORK_DIR = DATA_DIR / "work"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
IMPORT_FILE_LIMIT_BYTES = 2 * 1024**3
UPLOAD_LIMIT_BYTES = 16 * 1024**3
LABELS_FILE_LIMIT_BYTES = 256 * 1024**2
CASE_LABELS_FILE_LIMIT_BYTES = 16 * 1024**2

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labelhub.api.http.authentication.SessionAuthentication",
        "labelhub.api.http.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["labelhub.api.http.permissions.DenyByDefault"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["labelhub.api.http.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "labelhub.api.http.schema.Schema",
    "DEFAULT_THROTTLE_RATES": {
        "sign-in": "10/min",
        "sign-in-address": "60/min",
        "invitation-address": "30/min",
    },
    "EXCEPTION_HANDLER": "labelhub.api.http.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": env.number("LABELHUB_PROXIES", 0, high=5),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LabelHub",
    "VERSION": "1",
    "DESCRIPTION": "Blinded reads, adjudication, consensus and model-ranked worklists for radiology images.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["labelhub.api.http.permissions.SignedIn"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "InvitationState": "labelhub.projects.models.Invitation.State",
        "AssignmentState": "labelhub.reading.models.Assignment.State",
        "CaseState": "labelhub.reading.models.CaseRound.State",
        "OfferRule": "labelhub.reading.models.Assignment.Rule",
        "AdjudicationState": "labelhub.consensus.models.Adjudication.State",
        "DiscordanceKind": "labelhub.consensus.models.Discordance.Kind",
        "FlagKind": "labelhub.reading.models.Flag.Kind",
        "WorkerState": ["working", "heard", "idle", "silent"],
        "DeletionState": ["waiting", "running", "done", "taken_back"],
        "CorrectionKind": "labelhub.imaging.models.Correction.Kind",
        "SavedFilterView": "labelhub.projects.models.SavedFilter.View",
        "JobState": "labelhub.core.models.Job.State",
        "Role": "labelhub.projects.models.Membership.Role",
        "AnswerValue": "labelhub.questions.presence.Presence",
        "Split": "labelhub.imaging.models.Split",
        "ImportState": "labelhub.imaging.models.ImportBatch.State",
        "QueueSource": ["ranking", "random"],
        "WhyNot": "labelhub.reading.services.assigning.WhyNot",
        "RoundPurpose": "labelhub.reading.models.Round.Purpose",
        "StudyPurpose": ["calibration", "reader_study"],
        "ReadSplit": ["pool", "validation", "test"],
        "SpacingSource": ["patient", "detector", "calibrated", "none"],
        "RunAction": ["cancel"],
        "LearningAction": ["train"],
    },
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []

BROKER_URL = env.text("LABELHUB_BROKER_URL") or embedded_broker_url(DATA_DIR)
CODE_VERSION = env.code_version()
STALL_LIMIT_S = env.number("LABELHUB_STALL_LIMIT_S", 300, low=2, high=86_400)
DELETION_GRACE_DAYS = env.number("LABELHUB_DELETION_GRACE_DAYS", 7, high=365)
JOB_LEASE_S = env.number("LABELHUB_JOB_LEASE_S", 60, low=2, high=3600)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LABELHUB_LOG_LEVEL", "INFO")},
}
