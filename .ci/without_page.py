"""Operations that no page does, each with the reason. `docs/actions.md` lists them.

An operation stands here or has a page: `actions.py` fails where it has both or neither.
"""

BY_ADDRESS = "Pages ask for it by the address in another answer."
BY_UPLOAD = "The pages' upload client (tus) sends it, by the address in the answer to the first piece."

WITHOUT_PAGE = {
    "GET /instances/{instance_id}/metadata/": BY_ADDRESS,
    "GET /instances/{instance_id}/frames/{frame}": BY_ADDRESS,
    "GET /instances/{instance_id}/thumbnail/": BY_ADDRESS,
    "GET /instances/{instance_id}/model-input.png": BY_ADDRESS,
    "PATCH /imports/{import_id}/uploads/{upload_id}/": BY_UPLOAD,
    # For scripts: pages do the same by another operation.
    "DELETE /imports/{import_id}/uploads/{upload_id}/": "For scripts: a page goes on with an upload where it stopped.",
    "POST /imports/{import_id}/files/": "For scripts: pages send files in pieces, as uploads.",
    "GET /projects/": "For scripts: pages have the projects from the session.",
    "GET /projects/{slug}/schema/": "For scripts: pages have it with the project.",
    "GET /projects/{slug}/protocol/": "For scripts: pages have it with the project.",
    "GET /projects/{slug}/training-policy/": "For scripts: the learning page has it with runs and models.",
    "DELETE /projects/{slug}/members/{user_id}/{role}/": "For scripts: the members page sets all roles at once.",
    "POST /assignments/{assignment_id}/release/": "For scripts: a case that is left on a page is free in time.",
}
