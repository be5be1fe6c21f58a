"""Patients, studies, series, instances, cases and imports."""
