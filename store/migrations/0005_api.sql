-- expand
-- The API: tokens of organisations, answers kept for repeated requests, and what its lists are read by.

CREATE TABLE api_tokens (                    -- only the hash is kept; the token itself is shown once
    id INTEGER PRIMARY KEY AUTOINCREMENT,    -- stands in the token, so it is never used again
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,                -- SHA-256 of the whole token
    scopes TEXT NOT NULL,                    -- words divided by blanks
    made_by TEXT NOT NULL,                   -- staff:3, cli
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER,                         -- to the minute
    revoked_at INTEGER
) STRICT;
CREATE INDEX api_tokens_by_organisation ON api_tokens (organisation_id, id);

CREATE TABLE api_answers (                   -- by Idempotency-Key, for a day
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,               -- SHA-256 of method, target and body
    owner TEXT NOT NULL DEFAULT '',          -- the process that is at it; empty once there is an answer
    status INTEGER,                          -- null: in flight
    content_type TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL DEFAULT x'',          -- zlib
    created_at INTEGER NOT NULL,
    UNIQUE (organisation_id, idempotency_key)
) STRICT;
CREATE INDEX api_answers_by_age ON api_answers (created_at);

CREATE INDEX payment_revisions_by_day ON payment_revisions (organisation_id, paid_on);
CREATE INDEX batches_by_publication ON batches (organisation_id, published_at, id);
