-- expand
-- A sign-in goes along when a portal moves to another name: a token of a minute, bound to the browser that asked for it.
CREATE TABLE handoffs (
    token_hash BLOB PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    host TEXT NOT NULL,                      -- where it is good
    browser_hash BLOB NOT NULL,              -- of what the browser that asked keeps in a cookie
    session_hash BLOB NOT NULL,              -- the session that goes along
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handoffs_by_organisation ON handoffs (organisation_id);
CREATE INDEX handoffs_by_expiry ON handoffs (expires_at);
