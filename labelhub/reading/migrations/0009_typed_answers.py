"""Answers become JSON; reads say which bytes their hash is of; marks keep their place.

Answers are insert-only: they are changed by the type of their column, not row by row. SQLite knows no such change, so
there the texts are quoted before Django rebuilds the table; its triggers come back as the last step of `migrate`.
"""

from django.db import migrations, models

TABLE = "reading_readanswer"


def as_json(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN value TYPE jsonb USING to_jsonb(value)")
        return
    allow_updates(schema_editor)
    schema_editor.execute(f"UPDATE {TABLE} SET value = json_quote(value)")
    alter(apps, schema_editor, text(), json())


def as_text(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN value TYPE varchar(12) USING value #>> '{{}}'")
        return
    alter(apps, schema_editor, json(), text())
    allow_updates(schema_editor)
    schema_editor.execute(f"UPDATE {TABLE} SET value = json_extract(value, '$')")


def allow_updates(schema_editor):
    schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_{TABLE}_update")


def alter(apps, schema_editor, before, after):
    for field in (before, after):
        field.set_attributes_from_name("value")
    schema_editor.alter_field(apps.get_model("reading", "ReadAnswer"), before, after)


def text():
    return models.CharField(max_length=12)


def json():
    return models.JSONField()


class Migration(migrations.Migration):
    dependencies = [("reading", "0008_extra_reads")]

    operations = [
        migrations.AddField(
            model_name="read",
            name="document_format",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Which bytes the hash is of: reading.documents.FORMAT."
            ),
        ),
        migrations.AddField(
            model_name="annotation",
            name="position",
            field=models.PositiveSmallIntegerField(
                help_text="Place in the document; null where it was stored before places were kept.", null=True
            ),
        ),
        migrations.AlterModelOptions(name="annotation", options={"ordering": ["position"]}),
        migrations.AlterField(
            model_name="lateread",
            name="document_sha256",
            field=models.CharField(help_text="Of the document as it stands here: format 1.", max_length=64),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(as_json, as_text)],
            state_operations=[
                migrations.AlterField(
                    model_name="readanswer",
                    name="value",
                    field=models.JSONField(help_text="In the canonical form of the finding's answer type."),
                )
            ],
        ),
    ]
