"""Starts and supervises LabelHub's processes on one machine. Imports neither Django nor the domain."""
