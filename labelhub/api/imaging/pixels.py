"""Pixels for the viewer, after WADO-RS (PS3.18 8.2, 10.4): an instance's metadata, and its frames one at a time.

One permission query, then the stored object as it is. Answers are cached privately; 304 comes after the permission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.consensus.visibility import visible_instance
from labelhub.core.errors import LabelHubError, NotFound
from labelhub.imaging import storage
from labelhub.imaging.models import Instance

PIXELS = Policy(
    "may see the instance's pixels",
    lambda user, method, kwargs: visible_instance(user, kwargs["instance_id"]),
)
MAX_AGE_S = 3600
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class RangeNotSatisfiable(LabelHubError):
    status = 416
    code = "range_not_satisfiable"


class AsStored(BaseContentNegotiation):
    """The answer has one form; what the viewer says it accepts is not weighed. Errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class InstanceMetadataApi(Api):
    policy = PIXELS
    content_negotiation_class = AsStored
    subject: Instance

    @extend_schema(responses={(200, "application/dicom+json"): OpenApiTypes.OBJECT, 304: None})
    def get(self, request: Request, instance_id: UUID) -> HttpResponseBase:
        """The image's metadata as DICOM JSON (PS3.18 F.2): a list of one."""
        tag = _etag(self.subject, "metadata")
        if _is_fresh(request, tag):
            return _cached(HttpResponse(status=304), tag)
        body = b"[" + storage.read(storage.metadata_key(self.subject.storage_prefix)) + b"]"
        return _cached(HttpResponse(body, content_type="application/dicom+json"), tag)


class ThumbnailApi(Api):
    policy = PIXELS
    content_negotiation_class = AsStored
    subject: Instance

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY, 304: None})
    def get(self, request: Request, instance_id: UUID) -> HttpResponseBase:
        """The instance as it is shown in lists: grey, at most 256 pixels wide and high."""
        if self.subject.thumbnail != Instance.Thumbnail.STORED:
            raise NotFound()
        tag = _etag(self.subject, "thumbnail")
        if _is_fresh(request, tag):
            return _cached(HttpResponse(status=304), tag)
        picture = storage.read(storage.thumbnail_key(self.subject.storage_prefix))
        return _cached(HttpResponse(picture, content_type="image/png"), tag)


class FrameApi(Api):
    policy = PIXELS
    content_negotiation_class = AsStored
    subject: Instance

    @extend_schema(
        responses={(200, "multipart/related"): OpenApiTypes.BINARY, 206: None, 304: None, 416: None}
    )
    def get(self, request: Request, instance_id: UUID, frame: int) -> HttpResponseBase:
        """One frame, counted from 1, in the transfer syntax that the part's type names."""
        instance = self.subject
        if not 1 <= frame <= instance.n_frames:
            raise NotFound()
        tag = _etag(instance, str(frame))
        if _is_fresh(request, tag):
            return _cached(HttpResponse(status=304), tag)
        return _cached(_Part(instance, frame).response(_range_of(request, tag)), tag)


class _Part:
    """A multipart/related body of one part (RFC 2387) around a stored object that is never held in memory whole."""

    def __init__(self, instance: Instance, frame: int):
        self.key = storage.frame_key(instance.storage_prefix, frame)
        self.n_pixels = storage.size_of(self.key)
        # The prefix ends in 128 random bits: it occurs in no pixel data, and is the same for each piece of a range.
        boundary = f"frame-{instance.storage_prefix.rsplit('/', 1)[-1]}"
        part_type = f"application/octet-stream; transfer-syntax={instance.stored_syntax}"
        self.head = f"--{boundary}\r\nContent-Type: {part_type}\r\n\r\n".encode()
        self.tail = f"\r\n--{boundary}--\r\n".encode()
        self.content_type = (
            'multipart/related; type="application/octet-stream"; '
            f"transfer-syntax={instance.stored_syntax}; boundary={boundary}"
        )
        self.n_bytes = len(self.head) + self.n_pixels + len(self.tail)

    def response(self, wanted: tuple[int | None, int | None] | None) -> StreamingHttpResponse:
        start, stop = self._span(wanted)
        response = StreamingHttpResponse(self._pieces(start, stop), content_type=self.content_type)
        response["Content-Length"] = str(stop - start)
        response["Accept-Ranges"] = "bytes"
        if wanted is not None:
            response.status_code = 206
            response["Content-Range"] = f"bytes {start}-{stop - 1}/{self.n_bytes}"
        return response

    def _span(self, wanted: tuple[int | None, int | None] | None) -> tuple[int, int]:
        """First byte and the byte behind the last (RFC 9110 section 14.1.2)."""
        if wanted is None:
            return 0, self.n_bytes
        first, last = wanted
        if first is None:
            start, stop = max(0, self.n_bytes - (last or 0)), self.n_bytes
        else:
            start, stop = first, self.n_bytes if last is None else min(last + 1, self.n_bytes)
        if start >= stop:
            raise RangeNotSatisfiable(f"The frame's answer has {self.n_bytes} bytes. Ask for a part of them.")
        return start, stop

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        pixels_from, tail_from = len(self.head), len(self.head) + self.n_pixels
        low, high = max(start, pixels_from) - pixels_from, min(stop, tail_from) - pixels_from
        pixels = storage.read_range(self.key, low, high - low) if high > low else iter(())
        head = self.head[start:stop]
        tail = self.tail[max(0, start - tail_from) : max(0, stop - tail_from)]
        return chain([head] if head else [], pixels, [tail] if tail else [])


def _etag(instance: Instance, part: str) -> str:
    """Stored objects never change, so their random key names their content."""
    return f'"{instance.storage_prefix.rsplit("/", 1)[-1]}.{part}"'


def _is_fresh(request: Request, tag: str) -> bool:
    known = {
        value.strip().removeprefix("W/") for value in request.headers.get("If-None-Match", "").split(",")
    }
    return bool(known & {tag, "*"})


def _range_of(request: Request, tag: str) -> tuple[int | None, int | None] | None:
    """The one range asked for; None where the whole is asked for or the kept part is stale (If-Range)."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or match[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = (int(text) if text else None for text in match.groups())
    if first is not None and last is not None and last < first:
        return None
    return first, last


def _cached(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={MAX_AGE_S}"
    response["Vary"] = "Cookie, Authorization"
    return response
