"""LabelHub: the Django project. Never imports torch, MONAI or workers."""
