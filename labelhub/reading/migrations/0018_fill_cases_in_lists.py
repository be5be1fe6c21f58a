"""The row of each case's newest round of labels is the one by which it is listed; its reads and flags are noted.

Only first versions count for the newest read, as in `case_rounds.read_count`.
"""

from django.db import migrations

NUMBERS = """
UPDATE reading_caseround SET case_number = c.number FROM imaging_case AS c WHERE c.id = reading_caseround.case_id
"""
LISTED = """
UPDATE reading_caseround SET listed_in_id = t.project_id FROM (
    SELECT cr.id, r.project_id, ROW_NUMBER() OVER (PARTITION BY cr.case_id ORDER BY r.number DESC) AS n
    FROM reading_caseround AS cr JOIN reading_round AS r ON r.id = cr.round_id WHERE r.purpose = 'labels'
) AS t WHERE t.id = reading_caseround.id AND t.n = 1
"""
NEWEST = """
UPDATE reading_caseround SET newest_read_at = t.at FROM (
    SELECT a.round_id, a.case_id, MAX(r.submitted_at) AS at
    FROM reading_read AS r JOIN reading_assignment AS a ON a.id = r.assignment_id
    WHERE r.version = 1 GROUP BY a.round_id, a.case_id
) AS t WHERE t.round_id = reading_caseround.round_id AND t.case_id = reading_caseround.case_id
    AND reading_caseround.n_submitted > 0
"""
FLAGGED = """
UPDATE reading_caseround SET is_flagged = (1 = 1) WHERE listed_in_id IS NOT NULL AND case_id IN (
    SELECT a.case_id FROM reading_flag AS f JOIN reading_assignment AS a ON a.id = f.assignment_id
    LEFT JOIN reading_flagwithdrawn AS w ON w.flag_id = f.id WHERE w.flag_id IS NULL
)
"""


class Migration(migrations.Migration):
    dependencies = [("reading", "0017_cases_in_lists")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (NUMBERS, LISTED, NEWEST, FLAGGED)
    ]
