"""Changes of learning's own data, one file per subject."""

from labelhub.learning.services.runs import training_due_check

__all__ = ["training_due_check"]
