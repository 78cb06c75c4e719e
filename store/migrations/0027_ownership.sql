-- expand
-- Whose a name is: a CNAME target for each organisation, claims with their proof, names that were let go, and
-- a portal's former name that leads to the one that took its place.

ALTER TABLE organisations ADD COLUMN cname_token TEXT;  -- the first label of its own target, below the shared one
UPDATE organisations SET cname_token = lower(hex(randomblob(10)));
CREATE UNIQUE INDEX organisations_by_cname_token ON organisations (cname_token);
CREATE TRIGGER organisation_token_made AFTER INSERT ON organisations WHEN new.cname_token IS NULL BEGIN
    UPDATE organisations SET cname_token = lower(hex(randomblob(10))) WHERE id = new.id;
END;

ALTER TABLE domains ADD COLUMN confirmed_at INTEGER;    -- when a look first found that the name leads here
UPDATE domains SET confirmed_at = coalesce(live_at, checked_at, created_at)
    WHERE live_at IS NOT NULL OR routing_state = 'ok' OR confirmation = 'address';
ALTER TABLE domains ADD COLUMN succeeded_by TEXT;       -- the organisation's own name that took this one's place
CREATE INDEX domains_unconfirmed ON domains (created_at) WHERE confirmed_at IS NULL;

CREATE TABLE claims (
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    hostname TEXT NOT NULL,
    proof TEXT NOT NULL,                     -- the value that a TXT record must have
    created_at INTEGER NOT NULL,
    checked_at INTEGER,
    PRIMARY KEY (organisation_id, hostname)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_hostname ON claims (hostname);

CREATE TABLE released_names (                -- names that led here and were let go
    hostname TEXT PRIMARY KEY,
    organisation_id INTEGER NOT NULL,        -- who held it last; they may be gone since
    released_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX released_names_by_time ON released_names (released_at);
