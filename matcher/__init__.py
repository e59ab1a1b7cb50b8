"""Profiles × opportunities → matches, with reasons."""
