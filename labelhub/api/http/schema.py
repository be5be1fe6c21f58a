"""What the API's schema says of an operation: what it does, and who may."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc

from labelhub.api.http.permissions import Policy


class Schema(AutoSchema):
    """A view that says nothing of itself has no description: what its base says is for its authors."""

    def get_description(self) -> str:  # type: ignore[override]
        view = type(self.view)
        of_method = get_doc(getattr(view, self.method.lower(), None))
        return of_method or (get_doc(view) if vars(view).get("__doc__") else "")

    def get_extensions(self) -> dict[str, Any]:
        policy: Policy = self.view.policy  # type: ignore[attr-defined]
        return {"x-policy": policy.name}
