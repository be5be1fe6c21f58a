"""Cases get their numbers in the order in which they came; each patient is the key of her own split.

The age that was kept with the patient was that of her first study: it moves there. At her other studies it is not known.
"""

from django.db import migrations

NUMBERS = """
UPDATE imaging_case SET number = t.n FROM (
    SELECT id, ROW_NUMBER() OVER (PARTITION BY project_id ORDER BY created_at, id) AS n FROM imaging_case
) AS t WHERE t.id = imaging_case.id
"""
COUNTERS = """
INSERT INTO imaging_casecounter (project_id, last) SELECT project_id, MAX(number) FROM imaging_case GROUP BY project_id
"""
SPLIT_KEYS = "UPDATE imaging_patient SET split_key = pseudonym"
AGES = """
UPDATE imaging_study SET age = t.age FROM (
    SELECT c.study_id, CASE WHEN p.age_years < 10 THEN '00' WHEN p.age_years < 100 THEN '0' ELSE '' END
        || p.age_years || 'Y' AS age,
        ROW_NUMBER() OVER (PARTITION BY c.patient_id ORDER BY c.created_at, c.id) AS n
    FROM imaging_case AS c JOIN imaging_patient AS p ON p.id = c.patient_id WHERE p.age_years IS NOT NULL
) AS t WHERE t.study_id = imaging_study.id AND t.n = 1
"""


class Migration(migrations.Migration):
    dependencies = [("imaging", "0006_identity_at_its_level")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (NUMBERS, COUNTERS, SPLIT_KEYS, AGES)
    ]
