"""Measurements with a bar. Run by `make bench`, never by `make test`; each module runs alone."""
