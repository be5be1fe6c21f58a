# ruff: noqa: T201
"""`make demo-check`: signs in to the running demonstration as a reader and checks that the first case is drawn."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from playwright.sync_api import Error

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from labelhub.launch import environment, paths  # noqa: E402
from labelhub.launch.demo import SIGN_INS  # noqa: E402
from tests.e2e.browser import canvas_statistics, chromium, sign_in, wait_for_image  # noqa: E402

PROJECT = os.environ.get("LABELHUB_DEMO_PROJECT", "real")


def main() -> int:
    sign_ins = paths.data_dir() / SIGN_INS
    if not sign_ins.exists():
        print(f"There is no {sign_ins}: start the demonstration first (make demo).", file=sys.stderr)
        return 1
    users = json.loads(sign_ins.read_text())
    reader = next(user for user in users if user["role"] == "reader")
    with chromium() as browser:
        page = browser.new_page(base_url=environment.address(), viewport={"width": 1366, "height": 768})
        try:
            sign_in(page, reader["username"], reader["password"])
            page.get_by_test_id(f"read-next-{PROJECT}").click()
            wait_for_image(page)
            drawn = canvas_statistics(page)
        except (Error, AssertionError) as error:
            print(f"The first case was not drawn: {error}", file=sys.stderr)
            return 1
    if drawn["spread"] < 10:
        print(f"The canvas is blank: {drawn}", file=sys.stderr)
        return 1
    print(
        f"The first case of '{PROJECT}' is drawn for {reader['username']} at {environment.address()}: {drawn}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
