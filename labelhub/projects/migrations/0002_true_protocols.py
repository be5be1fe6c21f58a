"""A protocol in force that promised other reads or a model's output, which were never shown, gets a true successor.

The old version stays as the record of what was said.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def say_what_is_done(apps: Any, schema_editor: Any) -> None:
    protocols = apps.get_model("projects", "ReadingProtocol").objects
    for project in apps.get_model("projects", "Project").objects.iterator():
        newest = protocols.filter(project=project).order_by("-version").first()
        if newest is None or (newest.blinded and not newest.ai_visible):
            continue
        newest.pk = newest._meta.get_field("id").get_default()
        newest.version += 1
        newest.blinded, newest.ai_visible, newest.created_by = True, False, None
        newest._state.adding = True
        newest.save(force_insert=True)


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="readingprotocol",
            name="blinded",
            field=models.BooleanField(
                default=True, help_text="Record of old versions only: reading has always been blinded."
            ),
        ),
        migrations.AlterField(
            model_name="readingprotocol",
            name="ai_visible",
            field=models.BooleanField(
                default=False, help_text="Record of old versions only: nothing of a model was ever shown."
            ),
        ),
        migrations.RunPython(say_what_is_done, migrations.RunPython.noop),
    ]
