"""Gives the project of `population` cases that were read: `python -m tests.bench.read_cases`, PostgreSQL only.

A tenth of the cases is read by two and settled: 14 labels each, one in twenty present; a fifth of them differ on a
finding or two, one in fifty is flagged. Every case has a site, a day and a named file, one in ten shows a side view;
the ranking in force gives every pool case a score. The shares are the same however many cases there are. Rows only,
written by the database.
"""

from __future__ import annotations

import json
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from labelhub.projects.models import Project  # noqa: E402
from labelhub.projects.selectors import protocol_in_force, schema_in_force  # noqa: E402
from labelhub.reading.services.rounds import worklist_state  # noqa: E402
from tests.bench.history import rank, train  # noqa: E402
from tests.bench.population import SLUG, findings  # noqa: E402

STATEMENTS = (
    "UPDATE imaging_study SET site = 'site ' || mod(abs(hashtext('site' || number)), 20)"
    " FROM imaging_case c WHERE c.study_id = imaging_study.id",
    "UPDATE imaging_case SET day = 730000 + mod(abs(hashtext('day' || number)), 2000)",
    "UPDATE imaging_instance SET file_name = 'film_' || lpad(number::text, 7, '0') || '.png',"
    " view_position = CASE WHEN mod(abs(hashtext('view' || number)), 10) = 3 THEN 'LL' ELSE 'PA' END"
    " FROM imaging_case c WHERE c.id = imaging_instance.case_id",
    "UPDATE reading_caseround SET begun_seq = case_number, n_submitted = 2, n_open = 0, closed_at = now(),"
    " settled_schema_id = %(schema)s, settled_protocol_id = %(protocol)s,"
    " newest_read_at = now() - mod(case_number::bigint * 7919, 100000) * interval '1 minute',"
    " n_discordant = CASE mod(case_number, 100) WHEN 0 THEN 1 WHEN 50 THEN 2 ELSE 0 END"
    " WHERE mod(case_number, 10) = 0",
    "INSERT INTO consensus_consensuslabel (id, case_round_id, finding, value, probability, method, provenance,"
    " is_current, in_force_in_id, case_number, created_at) SELECT gen_random_uuid(), cr.id, f.code,"
    " CASE WHEN mod(abs(hashtext(cr.id::text || f.code)), 20) = 0 THEN 'present' ELSE 'absent' END, 0, 'agreed', '{}',"
    " true, cr.listed_in_id, cr.case_number, now() FROM reading_caseround cr, unnest(%(findings)s) f(code)"
    " WHERE cr.closed_at IS NOT NULL",
    "INSERT INTO reading_assignment (id, round_id, case_id, case_version_id, reader_id, state, rule, reader_position,"
    " schema_id, protocol_id, claim_key, reserved_at, opened_at, submitted_at, skip_reason, skip_text, return_note)"
    " SELECT gen_random_uuid(), cr.round_id, cr.case_id, c.current_version_id, u.id, 'submitted', 'random',"
    " cr.case_number, %(schema)s, %(protocol)s, gen_random_uuid(), now(), now(), now(), '', '', ''"
    " FROM reading_caseround cr JOIN imaging_case c ON c.id = cr.case_id"
    " JOIN (SELECT id, row_number() OVER (ORDER BY username) AS n"
    " FROM accounts_user WHERE username LIKE 'reader%%') u ON u.n IN (1 + mod(cr.case_number / 10, 16),"
    " 1 + mod(cr.case_number / 10 + 1, 16)) WHERE cr.closed_at IS NOT NULL",
    "INSERT INTO reading_flag (id, assignment_id, kind, text, created_at)"
    " SELECT gen_random_uuid(), id, 'urgent', 'x', now() FROM reading_assignment WHERE mod(reader_position, 500) = 0",
    "UPDATE reading_caseround SET is_flagged = true FROM reading_assignment a"
    " JOIN reading_flag f ON f.assignment_id = a.id WHERE a.case_id = reading_caseround.case_id",
    "INSERT INTO learning_rankedcase (ranking_id, position, case_id, action, why, score, probabilities)"
    " SELECT r.id, q.position + 1, q.case_id, q.action, 'uncertainty', random(), '{}' FROM learning_ranking r"
    " JOIN reading_queueentry q ON q.queue_id = r.queue_id",
)


def main() -> None:
    project = Project.objects.get(slug=SLUG)
    worklist_state(project)
    values: dict[str, Any] = {
        "schema": schema_in_force(project).id,
        "protocol": protocol_in_force(project).id,
        "findings": findings(),
    }
    with transaction.atomic():
        rank(project, train(project)[-1])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in STATEMENTS:
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    print(json.dumps({"cases": project.cases.count()}))


if __name__ == "__main__":
    main()
