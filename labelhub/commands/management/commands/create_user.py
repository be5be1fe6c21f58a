"""manage.py create_user NAME [--project SLUG --role ROLE]... [--administrator] [--token] [--password-stdin]"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import administrator_make, token_create, user_create
from labelhub.core.errors import LabelHubError
from labelhub.projects.models import Membership, Project
from labelhub.workflows.projects.add_member import add_member


class Command(BaseCommand):
    help = "Create a person, or add roles or a token to one. --project and --role go in pairs and may be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--display-name", default="")
        parser.add_argument("--project", action="append", default=[], metavar="SLUG")
        parser.add_argument("--role", action="append", default=[], choices=Membership.Role.values)
        parser.add_argument(
            "--administrator",
            action="store_true",
            help="she sees the administrator's page and makes projects",
        )
        parser.add_argument(
            "--token", action="store_true", help="make a token and print it: it is shown only once"
        )
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="take the password from the first line of standard input; without one only tokens sign in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if len(options["project"]) != len(options["role"]):
            raise CommandError("Give one --role for each --project.")
        password = _password() if options["password_stdin"] else None
        try:
            with transaction.atomic():
                user = _user(options["name"], password, options["display_name"])
                for slug, role in zip(options["project"], options["role"], strict=True):
                    add_member(actor=None, project=_project(slug), user=user, role=role)
                if options["administrator"]:
                    administrator_make(actor=None, user=user)
                token = token_create(actor=None, user=user, name="command line") if options["token"] else None
        except LabelHubError as error:
            raise CommandError(error.message) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stderr.write(f"{user.username} is ready.")
        if token:
            self.stdout.write(token)


def _user(name: str, password: str | None, display_name: str) -> User:
    """The person; one who exists is kept as she is, and then a password is refused."""
    found = User.objects.filter(username=name).first()
    if found is None:
        return user_create(actor=None, username=name, password=password, display_name=display_name)
    if password is not None:
        raise CommandError(f"{name} exists already: this command changes no password.")
    return found


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise CommandError(f"There is no project {slug}. Make it with: manage.py create_project {slug}")
    return project


def _password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
