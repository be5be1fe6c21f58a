"""Pixels over HTTP: who may see them, what arrives, caching and ranges."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.imaging import storage
from labelhub.imaging.models import Instance, Study
from labelhub.projects.models import Membership, Project
from labelhub.reading.services.claims import claim_next
from tests.factories.dicom import ROOT, dicom_bytes, gradient, image_dataset
from tests.factories.imaging import import_files, radiograph, report
from tests.factories.projects import People, make_people, make_project

ClientOf = Callable[..., APIClient]


@pytest.fixture
def instance(project: Project) -> Instance:
    """A stack of three frames, the only case of the project."""
    pixels = np.stack([gradient(high=1000 * n) for n in (1, 2, 3)])
    dataset = image_dataset(pixels, n_frames=3, PatientID="P-1")
    import_files(project, {"stack.dcm": dicom_bytes(pixels, dataset=dataset, n_frames=3)})
    return Instance.objects.get(project=project)


def frame(client: APIClient, instance: Instance, number: int = 1, **headers: str) -> Any:
    return client.get(f"/api/v1/instances/{instance.id}/frames/{number}", headers=headers)


def metadata(client: APIClient, instance: Instance, **headers: str) -> Any:
    return client.get(f"/api/v1/instances/{instance.id}/metadata/", headers=headers)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def claim(user: User, project: Project) -> None:
    assert claim_next(reader=user, project=project, claim_key=uuid.uuid4(), ahead=False) is not None


def test_a_frame_is_one_part_whose_type_names_the_transfer_syntax(
    instance: Instance, people: People, client_of: ClientOf
) -> None:
    client = client_of(people.manager)
    for number in (1, 2, 3):
        answer = frame(client, instance, number, Accept='multipart/related; type="application/octet-stream"')
        assert answer.status_code == 200
        received = body(answer)
        boundary = answer["Content-Type"].split("boundary=")[1].encode()
        head, _, rest = received.partition(b"\r\n\r\n")
        assert head.startswith(b"--" + boundary + b"\r\n")
        assert f"transfer-syntax={instance.stored_syntax}".encode() in head
        stored = storage.read(storage.frame_key(instance.storage_prefix, number))
        assert rest == stored + b"\r\n--" + boundary + b"--\r\n"
        assert int(answer["Content-Length"]) == len(received)
    assert len({answer["ETag"] for answer in (frame(client, instance, n) for n in (1, 2, 3))}) == 3


def test_metadata_is_a_list_of_one_without_anything_of_the_patient(
    instance: Instance, people: People, client_of: ClientOf
) -> None:
    answer = metadata(client_of(people.manager), instance, Accept="application/dicom+json")
    assert answer["Content-Type"] == "application/dicom+json"
    (found,) = answer.json()
    assert found["00280008"]["Value"] == [3]
    assert not {tag for tag in found if tag.startswith("0010")} and ROOT not in answer.content.decode()


def test_a_reader_sees_the_pixels_of_her_own_cases_only(
    instance: Instance, project: Project, people: People, client_of: ClientOf
) -> None:
    client = client_of(people.reader)
    assert frame(client, instance).status_code == 404
    assert metadata(client, instance).status_code == 404
    claim(people.reader, project)
    assert frame(client, instance).status_code == 200
    assert metadata(client, instance).status_code == 200
    assert frame(client_of(people.second_reader), instance).status_code == 404
    Membership.objects.filter(user=people.reader).delete()
    assert frame(client, instance).status_code == 404


def test_a_reader_sees_other_cases_of_the_same_patient_and_of_no_other(
    project: Project, people: People, client_of: ClientOf
) -> None:
    import_files(project, {"now.dcm": radiograph(1, patient="anna")})
    claim(people.reader, project)
    import_files(
        project, {"prior.dcm": radiograph(2, patient="anna"), "other.dcm": radiograph(3, patient="bert")}
    )
    prior = Instance.objects.get(importfile__path="prior.dcm")
    other = Instance.objects.get(importfile__path="other.dcm")
    client = client_of(people.reader)
    assert frame(client, prior).status_code == 200
    assert frame(client, other).status_code == 404


@pytest.mark.parametrize("waits", ["now.dcm", "prior.dcm"])
def test_no_prior_is_seen_of_which_it_is_still_to_be_found_whether_it_is_hers(
    project: Project, people: People, client_of: ClientOf, waits: str
) -> None:
    import_files(project, {"now.dcm": radiograph(1, patient="anna")})
    claim(people.reader, project)
    import_files(project, {"prior.dcm": radiograph(2, patient="anna")})
    now, prior = (Instance.objects.get(importfile__path=path) for path in ("now.dcm", "prior.dcm"))
    client = client_of(people.reader)
    Study.objects.filter(series__instances__importfile__path=waits).update(is_to_arrange=True)
    assert (frame(client, now).status_code, frame(client, prior).status_code) == (200, 404)
    Study.objects.update(is_to_arrange=False)
    assert frame(client, prior).status_code == 200


def test_strangers_and_other_projects_see_nothing(
    instance: Instance, people: People, client_of: ClientOf
) -> None:
    for user in (people.stranger, make_people(make_project()).manager):
        assert frame(client_of(user), instance).status_code == 404
    assert frame(client_of(None), instance).status_code == 401
    assert frame(client_of(people.engineer), instance).status_code == 200


def test_not_modified_comes_only_after_the_permission(
    instance: Instance, people: People, client_of: ClientOf
) -> None:
    client = client_of(people.manager)
    for get in (frame, metadata):
        tag = get(client, instance)["ETag"]
        again = get(client, instance, **{"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again["ETag"], again.content) == (304, tag, b"")
        assert get(client_of(people.reader), instance, **{"If-None-Match": tag}).status_code == 404
        assert get(client, instance, **{"If-None-Match": '"other"'}).status_code == 200


def test_pixels_are_cached_privately(instance: Instance, people: People, client_of: ClientOf) -> None:
    for get in (frame, metadata):
        answer = get(client_of(people.manager), instance)
        assert answer["Cache-Control"].startswith("private, max-age=")
        assert {"Cookie", "Authorization"} <= {name.strip() for name in answer["Vary"].split(",")}


@pytest.mark.parametrize(
    "wanted", ["bytes=0-9", "bytes=5-400", "bytes=200-", "bytes=-20", "bytes=0-99999999"]
)
def test_a_range_is_that_part_of_the_whole_answer(
    instance: Instance, people: People, client_of: ClientOf, wanted: str
) -> None:
    client = client_of(people.manager)
    whole = body(frame(client, instance))
    part = frame(client, instance, Range=wanted)
    first, last = (int(text) if text else None for text in wanted.removeprefix("bytes=").split("-"))
    expected = whole[-last:] if first is None and last else whole[first : None if last is None else last + 1]
    received = body(part)
    assert (part.status_code, received) == (206, expected)
    start = whole.index(expected)
    assert part["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"
    assert int(part["Content-Length"]) == len(received)


def test_a_range_beyond_the_end_is_refused_and_a_stale_one_gets_the_whole(
    instance: Instance, people: People, client_of: ClientOf
) -> None:
    client = client_of(people.manager)
    assert frame(client, instance, Range="bytes=99999999-").status_code == 416
    assert frame(client, instance, Range=f"bytes={'9' * 5000}-").status_code == 200
    for headers in (
        {"Range": "bytes=0-9", "If-Range": '"old"'},
        {"Range": "bytes=9-0"},
        {"Range": "lines=1-2"},
        {"Range": "bytes=0-1,5-6"},
    ):
        answer = frame(client, instance, **headers)
        assert (answer.status_code, len(body(answer))) == (200, int(answer["Content-Length"]))


@pytest.mark.parametrize("number", [0, 4, 99999999999])
def test_a_frame_that_is_not_there_is_absent(
    instance: Instance, people: People, client_of: ClientOf, number: int
) -> None:
    assert frame(client_of(people.manager), instance, number).status_code == 404


def test_an_object_without_pixels_has_no_pixels_to_show(
    project: Project, people: People, client_of: ClientOf
) -> None:
    import_files(project, {"report.dcm": report(1)})
    assert metadata(client_of(people.manager), Instance.objects.get()).status_code == 404


def test_one_query_decides_about_a_frame(
    instance: Instance, project: Project, people: People, client_of: ClientOf
) -> None:
    claim(people.reader, project)
    client = client_of(people.reader)
    with CaptureQueriesContext(connection) as queries:
        assert frame(client, instance).status_code == 200
    asked = [query["sql"] for query in queries if "django_session" not in query["sql"]]
    assert len([sql for sql in asked if "accounts_user" in sql.split("WHERE")[0]]) == 1
    assert len(asked) == 2, asked
