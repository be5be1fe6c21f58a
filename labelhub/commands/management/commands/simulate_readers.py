"""manage.py simulate_readers SLUG --reader NAME --sensitivity .9 --specificity .9 [--share .5]"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.core.errors import LabelHubError
from labelhub.projects.models import Membership, Project
from labelhub.projects.policies import refuse_if_archived
from labelhub.projects.services import membership_add
from labelhub.workflows.reading.simulate_reads import (
    ReaderSkill,
    documents_from_hidden_truth,
    n_readable,
    read_as,
)


class Command(BaseCommand):
    help = "Let a simulated reader read what the worklist offers, from the project's hidden truth."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reader", required=True, help="User name; created without a password if new.")
        parser.add_argument("--sensitivity", type=_share, required=True)
        parser.add_argument("--specificity", type=_share, required=True)
        parser.add_argument("--uncertain", type=_share, default=0.04, help="Share answered uncertain.")
        parser.add_argument("--share", type=_share, default=1.0, help="Share of the project's cases to read.")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        skill = ReaderSkill(
            name=options["reader"],
            seed=options["seed"],
            sensitivity=options["sensitivity"],
            specificity=options["specificity"],
            p_uncertain=options["uncertain"],
        )
        wanted = round(options["share"] * n_readable(project))
        try:
            refuse_if_archived(project)
            reader = _reader(options["reader"], project)
            documents = documents_from_hidden_truth(project, skill)
            n = read_as(reader, project, documents, until=lambda done: done >= wanted)
        except LabelHubError as error:
            raise CommandError(error.message) from error
        self.stdout.write(json.dumps({"reader": reader.username, "n_submitted": n}))


def _reader(name: str, project: Project) -> User:
    user = User.objects.filter(username=name).first() or user_create(actor=None, username=name)
    membership_add(actor=None, project=project, user=user, role=Membership.Role.READER)
    return user


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value
