"""The API: `/api/v1` at a hostname of its own, for programs that act for an organisation."""
