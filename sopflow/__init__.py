"""Workflow engine for standard operating procedures."""
