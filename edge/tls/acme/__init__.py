"""An async ACME client (RFC 8555): `client.AcmeClient` is the door, the other files are what it says."""
