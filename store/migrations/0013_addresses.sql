-- break: a table is made anew
-- Links by which somebody confirms a new sign-in address, and by which the old one takes that back.

CREATE TABLE tokens_anew (
    token_hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN (
        'invitation', 'registration', 'mail_check', 'reset', 'sign_in', 'view_as', 'address', 'address_back'
    )),
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    user_id INTEGER,
    account_id INTEGER,
    staff_id INTEGER,
    email TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '{}',       -- JSON
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO tokens_anew (
    token_hash, purpose, organisation_id, host, user_id, account_id, staff_id, email, detail, created_at, expires_at,
    used_at
) SELECT token_hash, purpose, organisation_id, host, user_id, account_id, staff_id, email, detail, created_at,
    expires_at, used_at FROM tokens;
DROP TABLE tokens;
ALTER TABLE tokens_anew RENAME TO tokens;
CREATE INDEX tokens_by_user ON tokens (organisation_id, user_id, purpose);
CREATE INDEX tokens_by_account ON tokens (organisation_id, account_id, purpose);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);
