"""The staff console and the citizen's web pages, rendered on the server."""
