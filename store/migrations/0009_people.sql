-- expand
-- Customers' people: accounts that somebody was offered and has not agreed to yet, and deeds on many at once.

CREATE TABLE membership_offers (             -- a user gets one more account only once they agree, signed in
    organisation_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    role TEXT NOT NULL DEFAULT 'full' CHECK (role IN ('full', 'read')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, user_id, account_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_offers_by_account ON membership_offers (organisation_id, account_id);

CREATE INDEX memberships_by_account ON memberships (organisation_id, account_id);
CREATE INDEX users_by_status ON users (organisation_id, status);

CREATE TABLE bulk_deeds (                    -- what an admin does to many customers' users, done by a job
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('invite', 'resend', 'suspend', 'reactivate')),
    selection TEXT NOT NULL,                 -- JSON: the accounts that were ticked, or the search they match
    listed_to TEXT NOT NULL DEFAULT '',      -- the reference up to which its rows are listed
    state TEXT NOT NULL DEFAULT 'listing' CHECK (state IN ('listing', 'running', 'done')),
    asked_by TEXT NOT NULL,                  -- staff:3
    address TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (organisation_id, id)
) STRICT;
CREATE INDEX bulk_deeds_by_organisation ON bulk_deeds (organisation_id, id);
CREATE INDEX bulk_deeds_unfinished ON bulk_deeds (id) WHERE state <> 'done';

CREATE TABLE bulk_deed_rows (
    organisation_id INTEGER NOT NULL,
    deed_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    user_id INTEGER,                         -- null: the deed is on the account itself
    email TEXT NOT NULL DEFAULT '',          -- as it was when the deed was done
    outcome TEXT NOT NULL DEFAULT '',        -- empty: still to be done
    PRIMARY KEY (organisation_id, deed_id, position),
    FOREIGN KEY (organisation_id, deed_id) REFERENCES bulk_deeds (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX bulk_deed_rows_by_account ON bulk_deed_rows (organisation_id, account_id);
CREATE INDEX bulk_deed_rows_to_do ON bulk_deed_rows (organisation_id, deed_id, position) WHERE outcome = '';
CREATE UNIQUE INDEX bulk_deed_rows_user ON bulk_deed_rows (organisation_id, deed_id, user_id)
    WHERE user_id IS NOT NULL;

-- An admin's list of customers by name.
CREATE INDEX account_revisions_by_name ON account_revisions (organisation_id, name COLLATE NOCASE, account_id);
