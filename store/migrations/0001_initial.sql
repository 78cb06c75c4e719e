-- expand
-- The first schema. Instants are milliseconds since 1970 in UTC (*_at), except calls.started: seconds.
-- Civil dates are ISO text in the organisation's zone (*_on, period_*). Money is integer minor units of the
-- row's currency; unit prices, quantities, rates and call charges are integer millionths.
--
-- What an import brings carries the batch it came in and the batch that replaced it. A row is visible when
-- its batch is published and the batch that supersedes it is not. So publishing a batch of any size is one
-- update of one row, and withdrawing it brings back what was there before. A row that a draft supersedes
-- cannot be superseded by another draft; batches are withdrawn newest first.

CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Organisations, their portals and the people who run them ------------------------------------------

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    time_zone TEXT NOT NULL DEFAULT 'Europe/London',
    currency TEXT NOT NULL DEFAULT 'GBP',
    company_number TEXT NOT NULL DEFAULT '',
    vat_number TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    payment_details TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE portals (
    organisation_id INTEGER PRIMARY KEY REFERENCES organisations (id) ON DELETE CASCADE,
    enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
    theme_colour TEXT NOT NULL DEFAULT '#1F5FA8',
    allow_registration INTEGER NOT NULL DEFAULT 0 CHECK (allow_registration IN (0, 1)),
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator')),
    organisation_id INTEGER REFERENCES organisations (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER,
    CHECK (role = 'operator' OR organisation_id IS NOT NULL)
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER REFERENCES organisations (id) ON DELETE CASCADE,
    actor TEXT NOT NULL,                     -- staff:3, user:17, cli, system
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '{}',       -- JSON
    address TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_by_organisation ON audit (organisation_id, id);

-- Domains, routing and certificates -----------------------------------------------------------------

CREATE TABLE domains (
    id INTEGER PRIMARY KEY,
    hostname TEXT NOT NULL UNIQUE,
    organisation_id INTEGER REFERENCES organisations (id) ON DELETE CASCADE,  -- null: the provider's own
    room TEXT NOT NULL CHECK (room IN ('portal', 'admin', 'upstream')),
    upstreams TEXT NOT NULL DEFAULT '[]',    -- JSON list of URLs
    confirmation TEXT NOT NULL CHECK (confirmation IN ('cname', 'address')),
    cname_target TEXT,
    routing_state TEXT NOT NULL DEFAULT 'pending'
        CHECK (routing_state IN ('pending', 'ok', 'proxied', 'wrong', 'moved')),
    diagnosis TEXT,                          -- JSON of the last diagnosis
    checked_at INTEGER,
    live_at INTEGER,                         -- when our own page was first proved over HTTPS
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX domains_by_organisation ON domains (organisation_id);

-- What a routing table must look at again: the newest change of each hostname, removals included.
CREATE TABLE domain_changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    hostname TEXT NOT NULL UNIQUE ON CONFLICT REPLACE
) STRICT;
CREATE TRIGGER domain_added AFTER INSERT ON domains BEGIN
    INSERT INTO domain_changes (hostname) VALUES (new.hostname);
END;
CREATE TRIGGER domain_changed
AFTER UPDATE OF hostname, organisation_id, room, upstreams, confirmation, cname_target ON domains BEGIN
    INSERT INTO domain_changes (hostname) VALUES (old.hostname), (new.hostname);
END;
CREATE TRIGGER domain_removed AFTER DELETE ON domains BEGIN
    INSERT INTO domain_changes (hostname) VALUES (old.hostname);
END;
CREATE TRIGGER organisation_status_changed AFTER UPDATE OF status ON organisations BEGIN
    INSERT INTO domain_changes (hostname) SELECT hostname FROM domains WHERE organisation_id = new.id;
END;

CREATE TABLE certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,    -- never used again: processes ask what was stored since
    hostname TEXT NOT NULL,
    serial TEXT NOT NULL,                    -- lower-case hex
    chain_pem TEXT NOT NULL,
    sealed_key BLOB NOT NULL,                -- AES-GCM; hostname and serial are associated data
    issuer TEXT NOT NULL,                    -- directory URL, or 'local'
    not_before_at INTEGER NOT NULL,
    not_after_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (hostname, serial)
) STRICT;
CREATE INDEX certificates_by_hostname ON certificates (hostname, id);

-- One row a name: what is known about getting its certificate, and when to act next.
CREATE TABLE issuance (
    hostname TEXT PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'none'
        CHECK (state IN ('none', 'ordered', 'issued', 'renewing', 'failed')),
    failures INTEGER NOT NULL DEFAULT 0,     -- in a row
    cause TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',         -- the CA's or resolver's own words
    dns_fingerprint TEXT NOT NULL DEFAULT '',
    retry_at INTEGER,
    next_action_at INTEGER                   -- renewal; null: nothing to do by timer
) STRICT;
CREATE INDEX issuance_due ON issuance (next_action_at) WHERE next_action_at IS NOT NULL;

CREATE TABLE issuance_history (
    id INTEGER PRIMARY KEY,
    hostname TEXT NOT NULL,
    reason TEXT NOT NULL,                    -- handshake, wizard, renewal, cli
    outcome TEXT NOT NULL,                   -- issued, or the cause of the failure
    detail TEXT NOT NULL DEFAULT '',
    trace TEXT NOT NULL DEFAULT '{}',        -- JSON: milliseconds by phase
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL
) STRICT;
CREATE INDEX issuance_history_by_hostname ON issuance_history (hostname, id);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,                     -- boot id, process id, its start time
    generation INTEGER NOT NULL,
    expires_at INTEGER NOT NULL              -- released: 0
) STRICT;

CREATE TABLE acme_accounts (
    directory TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    contact TEXT NOT NULL,
    sealed_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE acme_orders (                   -- orders under way; gone once their certificate is stored
    hostname TEXT PRIMARY KEY,
    directory TEXT NOT NULL,
    url TEXT NOT NULL,
    sealed_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE challenges (
    hostname TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('http-01', 'tls-alpn-01')),
    token TEXT NOT NULL,
    key_authorization TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (hostname, kind, token)
) STRICT;

-- Customers and their users -------------------------------------------------------------------------

CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('staging', 'draft', 'published', 'withdrawn', 'abandoned')),
    owner TEXT NOT NULL DEFAULT '',          -- the process that stages it
    rows_read INTEGER NOT NULL DEFAULT 0,
    rows_added INTEGER NOT NULL DEFAULT 0,
    rows_unchanged INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    published_at INTEGER,
    UNIQUE (organisation_id, id)
) STRICT;

CREATE TABLE accounts (                      -- a customer of an organisation
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    reference TEXT NOT NULL,
    UNIQUE (organisation_id, reference),
    UNIQUE (organisation_id, id)
) STRICT;

CREATE TABLE account_revisions (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    name TEXT NOT NULL,
    type TEXT NOT NULL DEFAULT 'business',
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    address1 TEXT NOT NULL DEFAULT '',
    address2 TEXT NOT NULL DEFAULT '',
    town TEXT NOT NULL DEFAULT '',
    county TEXT NOT NULL DEFAULT '',
    postcode TEXT NOT NULL DEFAULT '',
    country TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX account_revisions_by_account ON account_revisions (organisation_id, account_id);
CREATE INDEX account_revisions_by_batch ON account_revisions (batch_id);

CREATE TABLE account_edits (                 -- what the customer changed; stands above what was imported
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    imported_value TEXT NOT NULL,            -- what the import said when the edit was made
    user_id INTEGER NOT NULL,
    edited_at INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, account_id, field),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('invited', 'active', 'suspended')),
    created_at INTEGER NOT NULL,
    seen_at INTEGER,
    UNIQUE (organisation_id, email),
    UNIQUE (organisation_id, id)
) STRICT;

CREATE TABLE memberships (
    organisation_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    role TEXT NOT NULL DEFAULT 'full' CHECK (role IN ('full', 'read')),
    PRIMARY KEY (organisation_id, user_id, account_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,             -- SHA-256 of token and host
    host TEXT NOT NULL,
    organisation_id INTEGER REFERENCES organisations (id) ON DELETE CASCADE,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    staff_id INTEGER REFERENCES staff (id) ON DELETE CASCADE,
    csrf_token TEXT NOT NULL,
    chosen_account_id INTEGER,               -- of a user with several accounts; checked against memberships
    address TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (staff_id IS NULL))
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_staff ON sessions (staff_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE signin_failures (               -- one row a throttled thing: an account, an address
    subject BLOB PRIMARY KEY,                -- SHA-256 of realm and e-mail, or of realm and network
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

-- Invoices, payments, calls, documents --------------------------------------------------------------

CREATE TABLE invoices (                      -- and credit notes
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    public_id TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL,
    number TEXT NOT NULL,
    UNIQUE (organisation_id, number),
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invoices_by_account ON invoices (organisation_id, account_id);

CREATE TABLE invoice_revisions (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,             -- the invoice's, again, so that one index serves the list
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    issued_on TEXT NOT NULL,
    due_on TEXT,
    period_from TEXT,
    period_to TEXT,
    status TEXT NOT NULL CHECK (status IN ('outstanding', 'partly_settled', 'settled', 'void')),
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    gross INTEGER NOT NULL CHECK (gross = net + tax),
    paid INTEGER NOT NULL,
    due_amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    po_number TEXT NOT NULL DEFAULT '',
    credits_number TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX invoice_revisions_by_invoice ON invoice_revisions (organisation_id, invoice_id);
CREATE INDEX invoice_revisions_by_account ON invoice_revisions (organisation_id, account_id, issued_on);
CREATE INDEX invoice_revisions_by_batch ON invoice_revisions (batch_id);

CREATE TABLE invoice_lines (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('recurring', 'one_off', 'usage', 'credit')),
    category TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL,
    cli TEXT NOT NULL DEFAULT '',
    cost_centre TEXT NOT NULL DEFAULT '',
    period_from TEXT,
    period_to TEXT,
    quantity INTEGER NOT NULL,               -- millionths
    unit_price INTEGER NOT NULL,             -- millionths
    net INTEGER NOT NULL,
    tax_code TEXT NOT NULL CHECK (tax_code IN ('standard', 'reduced', 'zero', 'exempt', 'reverse_charge')),
    tax_rate INTEGER NOT NULL,               -- millionths of a percent: 20 % is 20000000
    tax INTEGER NOT NULL,
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX invoice_lines_by_invoice ON invoice_lines (organisation_id, invoice_id, position);
CREATE INDEX invoice_lines_by_batch ON invoice_lines (batch_id);

CREATE TABLE invoice_taxes (                 -- VAT per code and rate, as invoiced
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    tax_code TEXT NOT NULL,
    tax_rate INTEGER NOT NULL,
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX invoice_taxes_by_invoice ON invoice_taxes (organisation_id, invoice_id);
CREATE INDEX invoice_taxes_by_batch ON invoice_taxes (batch_id);

CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    public_id TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    UNIQUE (organisation_id, external_id),
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX payments_by_account ON payments (organisation_id, account_id);

CREATE TABLE payment_revisions (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    payment_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    paid_on TEXT NOT NULL,
    method TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending_approval', 'pending_submission', 'submitted', 'confirmed',
        'paid_out', 'failed', 'cancelled', 'charged_back', 'denied')),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    invoice_number TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (organisation_id, payment_id) REFERENCES payments (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX payment_revisions_by_payment ON payment_revisions (organisation_id, payment_id);
CREATE INDEX payment_revisions_by_account ON payment_revisions (organisation_id, account_id, paid_on);
CREATE INDEX payment_revisions_by_batch ON payment_revisions (batch_id);

CREATE TABLE allocations (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    payment_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    amount INTEGER NOT NULL,
    FOREIGN KEY (organisation_id, payment_id) REFERENCES payments (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX allocations_by_payment ON allocations (organisation_id, payment_id);
CREATE INDEX allocations_by_invoice ON allocations (organisation_id, invoice_id);
CREATE INDEX allocations_by_batch ON allocations (batch_id);

-- Clustered in the order in which calls are read. A call is known by its account, start and external id
-- (as a 63-bit BLAKE2b hash); charges are ex VAT, in millionths of the currency unit.
CREATE TABLE calls (
    organisation_id INTEGER NOT NULL REFERENCES organisations (id),
    account_id INTEGER NOT NULL,
    started INTEGER NOT NULL,                -- seconds since 1970, UTC
    external_hash INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    external_id TEXT NOT NULL,
    cli TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('outbound', 'inbound')),
    type TEXT NOT NULL CHECK (type IN ('voice', 'sms', 'mms', 'data')),
    duration_seconds INTEGER NOT NULL,
    billed_seconds INTEGER NOT NULL,
    data_bytes INTEGER NOT NULL,
    number TEXT NOT NULL,
    destination TEXT NOT NULL,
    destination_group TEXT NOT NULL,
    charge_band TEXT NOT NULL,
    net_price INTEGER NOT NULL,
    access_charge INTEGER NOT NULL,
    service_charge INTEGER NOT NULL,
    in_bundle INTEGER NOT NULL,
    cost_centre TEXT NOT NULL,
    currency TEXT NOT NULL,
    invoice_id INTEGER,
    line_position INTEGER,
    PRIMARY KEY (organisation_id, account_id, started, external_hash, batch_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_by_invoice_line ON calls (organisation_id, invoice_id, line_position)
    WHERE invoice_id IS NOT NULL;

CREATE TABLE documents (                     -- which PDF belongs to which invoice
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX documents_by_invoice ON documents (organisation_id, invoice_id);
CREATE INDEX documents_by_batch ON documents (batch_id);

CREATE TABLE document_pieces (               -- the bytes, in order, apart from every list query
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL,
    position INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (organisation_id, sha256, position)
) STRICT, WITHOUT ROWID;

-- What customers may see ----------------------------------------------------------------------------

CREATE VIEW visible_accounts AS
SELECT a.reference, r.* FROM account_revisions r
JOIN accounts a ON a.organisation_id = r.organisation_id AND a.id = r.account_id
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_invoices AS
SELECT i.public_id, i.number, r.* FROM invoice_revisions r
JOIN invoices i ON i.organisation_id = r.organisation_id AND i.id = r.invoice_id
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_invoice_lines AS
SELECT * FROM invoice_lines r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_invoice_taxes AS
SELECT * FROM invoice_taxes r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_payments AS
SELECT p.public_id, p.external_id, r.* FROM payment_revisions r
JOIN payments p ON p.organisation_id = r.organisation_id AND p.id = r.payment_id
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_allocations AS
SELECT * FROM allocations r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_calls AS
SELECT * FROM calls r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

CREATE VIEW visible_documents AS
SELECT * FROM documents r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');
