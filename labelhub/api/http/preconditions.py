"""If-Match: on which version a client builds (RFC 9110, section 13.1.1). What is stale is 412, none at all 428."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from labelhub.core.errors import Malformed, VersionRequired

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)


def expected_version(request: Request, of_what: str) -> int:
    """The number in If-Match. Raises VersionRequired, Malformed."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise VersionRequired(f"Send the version of the {of_what} as If-Match.")
    number = header.removeprefix("W/").strip('"')
    if not number.isdecimal() or len(number) > 9:
        raise Malformed(f"If-Match is the version of the {of_what} in quotes.")
    return int(number)


def etag(version: int) -> dict[str, str]:
    """Headers of an answer that shows this version."""
    return {"ETag": f'"{version}"'}
