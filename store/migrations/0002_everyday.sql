-- break: tables are made anew
-- What the everyday use of a portal adds to the first schema: its settings, the operator's duties, people's
-- second factors, one-time tokens, registrations, requests to change details, the outbox, redirects, the API.

-- Portals: pages, labels, links, sessions, who may register and edit, and the sender of mails ---------

ALTER TABLE portals ADD COLUMN show_invoices INTEGER NOT NULL DEFAULT 1 CHECK (show_invoices IN (0, 1));
ALTER TABLE portals ADD COLUMN show_payments INTEGER NOT NULL DEFAULT 1 CHECK (show_payments IN (0, 1));
ALTER TABLE portals ADD COLUMN show_calls INTEGER NOT NULL DEFAULT 1 CHECK (show_calls IN (0, 1));
ALTER TABLE portals ADD COLUMN show_profile INTEGER NOT NULL DEFAULT 1 CHECK (show_profile IN (0, 1));
ALTER TABLE portals ADD COLUMN label_invoices TEXT NOT NULL DEFAULT '';   -- empty: our own word
ALTER TABLE portals ADD COLUMN label_payments TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN label_calls TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN label_profile TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN terms_label TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN terms_url TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN privacy_label TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN privacy_url TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN contact_label TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN contact_url TEXT NOT NULL DEFAULT '';
ALTER TABLE portals ADD COLUMN session_minutes INTEGER NOT NULL DEFAULT 30
    CHECK (session_minutes BETWEEN 15 AND 480);
ALTER TABLE portals ADD COLUMN require_second_factor INTEGER NOT NULL DEFAULT 0
    CHECK (require_second_factor IN (0, 1));
ALTER TABLE portals ADD COLUMN approve_registrations INTEGER NOT NULL DEFAULT 0
    CHECK (approve_registrations IN (0, 1));
ALTER TABLE portals ADD COLUMN profile_edits TEXT NOT NULL DEFAULT 'allowed'
    CHECK (profile_edits IN ('off', 'allowed', 'approved'));             -- approved: an admin looks at each first
ALTER TABLE portals ADD COLUMN mail_from TEXT NOT NULL DEFAULT '';        -- empty: the provider's own
ALTER TABLE portals ADD COLUMN mail_from_token TEXT NOT NULL DEFAULT '';  -- the TXT record that proves its domain
ALTER TABLE portals ADD COLUMN mail_from_verified_at INTEGER;
ALTER TABLE portals ADD COLUMN mail_reply_to TEXT NOT NULL DEFAULT '';

-- Organisations: what Ofcom's General Condition C4 asks for, retention, why it is suspended ------------

ALTER TABLE organisations ADD COLUMN opening_hours TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN complaints_url TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN adr_scheme TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN adr_url TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN keep_calls_days INTEGER CHECK (keep_calls_days BETWEEN 1 AND 3650);
ALTER TABLE organisations ADD COLUMN suspended_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN suspended_at INTEGER;

-- Names: the API's room, and names that lead to another one --------------------------------------------

DROP TRIGGER organisation_status_changed;
CREATE TABLE domains_with_redirects (
    id INTEGER PRIMARY KEY,
    hostname TEXT NOT NULL UNIQUE,
    organisation_id INTEGER REFERENCES organisations (id) ON DELETE CASCADE,  -- null: the provider's own
    room TEXT NOT NULL CHECK (room IN ('portal', 'admin', 'upstream', 'api')),
    upstreams TEXT NOT NULL DEFAULT '[]',    -- JSON list of URLs
    confirmation TEXT NOT NULL CHECK (confirmation IN ('cname', 'address')),
    cname_target TEXT,
    redirect_to TEXT,                        -- the organisation's name that took this one's place
    routing_state TEXT NOT NULL DEFAULT 'pending'
        CHECK (routing_state IN ('pending', 'ok', 'proxied', 'wrong', 'moved')),
    diagnosis TEXT,                          -- JSON of the last diagnosis
    checked_at INTEGER,
    live_at INTEGER,                         -- when our own page was first proved over HTTPS
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO domains_with_redirects (id, hostname, organisation_id, room, upstreams, confirmation, cname_target,
    routing_state, diagnosis, checked_at, live_at, created_at)
SELECT id, hostname, organisation_id, room, upstreams, confirmation, cname_target,
    routing_state, diagnosis, checked_at, live_at, created_at FROM domains;
DROP TABLE domains;
ALTER TABLE domains_with_redirects RENAME TO domains;
CREATE INDEX domains_by_organisation ON domains (organisation_id);
CREATE TRIGGER domain_added AFTER INSERT ON domains BEGIN
    INSERT INTO domain_changes (hostname) VALUES (new.hostname);
END;
CREATE TRIGGER domain_changed
AFTER UPDATE OF hostname, organisation_id, room, upstreams, confirmation, cname_target, redirect_to ON domains
BEGIN
    INSERT INTO domain_changes (hostname) VALUES (old.hostname), (new.hostname);
END;
CREATE TRIGGER domain_removed AFTER DELETE ON domains BEGIN
    INSERT INTO domain_changes (hostname) VALUES (old.hostname);
END;
CREATE TRIGGER organisation_status_changed AFTER UPDATE OF status ON organisations BEGIN
    INSERT INTO domain_changes (hostname) SELECT hostname FROM domains WHERE organisation_id = new.id;
END;

-- The label of an organisation under the provider's domain; labels it had before still lead to it.
CREATE TABLE provider_labels (
    label TEXT PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    current INTEGER NOT NULL CHECK (current IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX provider_labels_current ON provider_labels (organisation_id) WHERE current = 1;
CREATE INDEX provider_labels_by_organisation ON provider_labels (organisation_id);
INSERT INTO provider_labels (label, organisation_id, current, created_at)
SELECT slug, id, 1, created_at FROM organisations;

-- Sessions: read-only ones of staff who look as a customer does, and proofs of who it is ---------------

ALTER TABLE sessions ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1));
ALTER TABLE sessions ADD COLUMN awaits_factor INTEGER NOT NULL DEFAULT 0 CHECK (awaits_factor IN (0, 1));
ALTER TABLE sessions ADD COLUMN proved_at INTEGER;          -- when a password or factor was last given

CREATE TABLE second_factors (                -- a secret for one-time passwords (RFC 6238)
    id INTEGER PRIMARY KEY,
    staff_id INTEGER UNIQUE REFERENCES staff (id) ON DELETE CASCADE,
    organisation_id INTEGER,
    user_id INTEGER UNIQUE,
    sealed_secret BLOB NOT NULL,
    last_step INTEGER NOT NULL DEFAULT 0,    -- the time step of the last code taken: none is taken twice
    confirmed_at INTEGER,                    -- null: being set up
    created_at INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (staff_id IS NULL)),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE recovery_codes (
    factor_id INTEGER NOT NULL REFERENCES second_factors (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (factor_id, code_hash)
) STRICT, WITHOUT ROWID;

-- Tokens: one-time links. What is kept is a hash of purpose, organisation, host and token --------------

CREATE TABLE tokens (
    token_hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'registration', 'mail_check', 'reset', 'sign_in', 'view_as')),
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
CREATE INDEX tokens_by_user ON tokens (organisation_id, user_id, purpose);
CREATE INDEX tokens_by_account ON tokens (organisation_id, account_id, purpose);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

-- Registrations, and requests to change details, that wait for an admin --------------------------------

CREATE TABLE registrations (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL,
    proof TEXT NOT NULL CHECK (proof IN ('mailed_invoice', 'invoice_facts')),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused')),
    decided_by TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX registrations_by_organisation ON registrations (organisation_id, state, id);
CREATE INDEX registrations_by_account ON registrations (organisation_id, account_id);

CREATE TABLE change_requests (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    changes TEXT NOT NULL,                   -- JSON: field -> [value then, value asked for]
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused', 'replaced')),
    decided_by TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX change_requests_by_organisation ON change_requests (organisation_id, state, id);
CREATE INDEX change_requests_by_account ON change_requests (organisation_id, account_id);

-- Who has seen which invoice: people who were signed in, never a mail scanner or staff -----------------

CREATE TABLE sightings (
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    downloaded_at INTEGER,
    PRIMARY KEY (organisation_id, invoice_id, user_id),
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_user ON sightings (organisation_id, user_id);

-- Outbox: messages as they will be sent, rendered when they were queued ---------------------------------

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER REFERENCES organisations (id) ON DELETE CASCADE,  -- null: from the provider
    purpose TEXT NOT NULL,                   -- invitation, reset, new_invoice, ...
    recipient TEXT NOT NULL,
    sender TEXT NOT NULL,                    -- "Name" <address>
    reply_to TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    attachment_name TEXT NOT NULL DEFAULT '',
    attachment_sha256 BLOB,                  -- of document_pieces
    message_id TEXT NOT NULL UNIQUE,         -- of its header, without the angle brackets
    user_id INTEGER,
    account_id INTEGER,
    invoice_id INTEGER,
    mailing_id INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'bounced', 'cancelled')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER,                         -- when to try next; null: not by itself
    error TEXT NOT NULL DEFAULT '',          -- the other server's own words
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_by_organisation ON outbox (organisation_id, id);
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_invoice ON outbox (organisation_id, invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX outbox_by_mailing ON outbox (organisation_id, mailing_id) WHERE mailing_id IS NOT NULL;
