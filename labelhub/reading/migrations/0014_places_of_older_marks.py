"""Marks from before places were kept get theirs: that in which they lie in the table, the order of their insertion.

Marks are insert-only: the trigger goes for the length of this, and comes back as the last step of `migrate`.
"""

from django.db import migrations

TABLE = "reading_annotation"


def fill(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    on_table = f" ON {TABLE}" if is_postgresql else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_{TABLE}_update{on_table}")
    inserted = "ctid" if is_postgresql else "rowid"
    schema_editor.execute(
        f"""
        UPDATE {TABLE} SET position = t.place FROM (
            SELECT id, ROW_NUMBER() OVER (PARTITION BY read_id ORDER BY {inserted}) - 1 AS place
            FROM {TABLE} WHERE position IS NULL
        ) AS t WHERE t.id = {TABLE}.id
        """
    )


class Migration(migrations.Migration):
    dependencies = [("reading", "0013_queue_action")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
