"""Labels by table for cases that the project has. `table` and `report` are pure; `taking` writes."""
