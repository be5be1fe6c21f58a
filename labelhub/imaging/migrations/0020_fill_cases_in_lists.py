"""Cases that are here already get their first images and days, images the names of the files that they came in."""

from django.db import migrations

from labelhub.imaging.file_names import searched_name

FIRST = {
    "postgresql": "(v.manifest -> 0 ->> 'instance')::uuid",
    "sqlite": "REPLACE(JSON_EXTRACT(v.manifest, '$[0].instance'), '-', '')",
}
COUNTED = {"postgresql": "jsonb_array_length(v.manifest)", "sqlite": "JSON_ARRAY_LENGTH(v.manifest)"}
NAMED = {
    "postgresql": "LEFT(LOWER(REGEXP_REPLACE(RTRIM(REPLACE(f.path, '\\', '/'), '/'), '^.*/', '')), 200)",
    "sqlite": "searched_name(f.path)",
}
IMAGES = """
UPDATE imaging_case SET n_images = t.n, first_instance_id = t.first FROM (
    SELECT c.id, {n} AS n, i.id AS first FROM imaging_case AS c JOIN imaging_caseversion AS v ON v.id = c.current_version_id
    LEFT JOIN imaging_instance AS i ON i.id = {first}
) AS t WHERE t.id = imaging_case.id
"""
DAYS = "UPDATE imaging_case SET day = s.day FROM imaging_study AS s WHERE s.id = imaging_case.study_id"
NAMES = """
UPDATE imaging_instance SET file_name = {name} FROM imaging_importfile AS f
WHERE f.instance_id = imaging_instance.id AND f.outcome = 'accepted'
"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        connection.connection.create_function("searched_name", 1, searched_name, deterministic=True)
    with connection.cursor() as cursor:
        cursor.execute(IMAGES.format(n=COUNTED[connection.vendor], first=FIRST[connection.vendor]))
        cursor.execute(DAYS)
        cursor.execute(NAMES.format(name=NAMED[connection.vendor]))


class Migration(migrations.Migration):
    dependencies = [("imaging", "0019_cases_in_lists")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
