"""Tables, and queries as functions. Whoever opened the session commits."""
