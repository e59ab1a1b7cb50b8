"""The command line ``callwatch``; one module for each subject."""

from jobs.cli.main import main

__all__ = ["main"]
