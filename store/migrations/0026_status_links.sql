-- expand
-- Private links to how a name stands, for whoever runs its DNS; a token is kept as its hash. Names that are awaited.

CREATE TABLE status_links (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    hostname TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX status_links_by_name ON status_links (organisation_id, hostname);
CREATE INDEX status_links_by_end ON status_links (expires_at);
CREATE TRIGGER status_links_removed AFTER DELETE ON domains BEGIN
    DELETE FROM status_links WHERE hostname = old.hostname;
END;

-- Names on their way to live, which are looked at again.
CREATE INDEX domains_awaited ON domains (created_at) WHERE live_at IS NULL;
