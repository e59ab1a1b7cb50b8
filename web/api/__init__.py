"""The API: what is collected, and what is approved for one’s own profiles, as JSON to read."""
