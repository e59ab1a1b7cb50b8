"""Approved matches → digests → messages, none sent twice."""
