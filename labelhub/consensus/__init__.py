"""Discordance, adjudication, consensus labels and agreement."""
