-- expand
-- Imports in everyday use: sources with their columns, attempts with the rows they refused, what a batch changed,
-- corrections of calls, edits that outlast imports.

-- Sources: how one sender writes one kind of file --------------------------------------------------------

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,                   -- JSON: columns, constants, ignored
    format TEXT NOT NULL,                    -- JSON: encoding, delimiter, dates, amounts, numbers, zone
    updated_at INTEGER NOT NULL,
    UNIQUE (organisation_id, kind, name)
) STRICT;

-- Attempts: every import that was asked for, also the refused ones ----------------------------------------

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    source_name TEXT NOT NULL DEFAULT '',
    mode TEXT NOT NULL DEFAULT 'all' CHECK (mode IN ('all', 'good_rows', 'dry_run')),
    draft INTEGER NOT NULL DEFAULT 0 CHECK (draft IN (0, 1)),
    actor TEXT NOT NULL,                     -- staff:3, cli, api:5
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'checked', 'imported', 'refused', 'failed')),
    owner TEXT NOT NULL DEFAULT '',          -- the process that runs it
    phase TEXT NOT NULL DEFAULT '',          -- read, check, compare, merge; how far it is
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    rows_read INTEGER NOT NULL DEFAULT 0,
    rows_added INTEGER NOT NULL DEFAULT 0,   -- new or changed
    rows_changed INTEGER NOT NULL DEFAULT 0,
    rows_unchanged INTEGER NOT NULL DEFAULT 0,
    rows_superseded INTEGER NOT NULL DEFAULT 0,
    rows_refused INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',         -- why it was refused or failed, in words
    notices TEXT NOT NULL DEFAULT '[]',      -- JSON list of sentences
    header TEXT NOT NULL DEFAULT '[]',       -- JSON list: the file's own columns, for its refused rows
    delimiter TEXT NOT NULL DEFAULT ',',
    batch_id INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX attempts_by_batch ON attempts (organisation_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX attempts_running ON attempts (id) WHERE state = 'running';
CREATE INDEX attempts_by_organisation ON attempts (organisation_id, id);

CREATE TABLE refused_rows (                  -- kept to be mended; the first of an attempt, not all
    organisation_id INTEGER NOT NULL,
    attempt_id INTEGER NOT NULL,
    row INTEGER NOT NULL,                    -- as a spreadsheet counts
    reason TEXT NOT NULL,
    cells TEXT NOT NULL,                     -- JSON list as they stood; empty: too long to be kept
    PRIMARY KEY (organisation_id, attempt_id, row),
    FOREIGN KEY (organisation_id, attempt_id) REFERENCES attempts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

ALTER TABLE batches ADD COLUMN source_name TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN rows_changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN rows_superseded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN rows_refused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN summary TEXT NOT NULL DEFAULT '[]';       -- JSON: sums of its file, made while it was read
CREATE INDEX batches_by_kind ON batches (organisation_id, kind, id);

-- Calls are clustered by account and start, so a file that corrects either would add a second call. Here an
-- external id leads to where it may stand, among calls of about the same time. A hint: the call itself decides.
CREATE TABLE call_ids (
    organisation_id INTEGER NOT NULL REFERENCES organisations (id),
    span INTEGER NOT NULL,                   -- started >> 22: some 48 days
    external_hash INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    started INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, span, external_hash, account_id, started)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO call_ids (organisation_id, span, external_hash, account_id, started)
SELECT organisation_id, started >> 22, external_hash, account_id, started FROM calls
ORDER BY organisation_id, started >> 22, external_hash;

-- Invoices: a file that says nothing of status, paid and due leaves them to be derived from allocations ------

ALTER TABLE invoice_revisions ADD COLUMN derived INTEGER NOT NULL DEFAULT 0 CHECK (derived IN (0, 1));
CREATE INDEX invoice_revisions_by_day ON invoice_revisions (organisation_id, issued_on);

DROP VIEW visible_invoices;
CREATE VIEW visible_invoices AS
SELECT i.public_id, i.number, r.id, r.organisation_id, r.invoice_id, r.account_id, r.batch_id, r.superseded_by,
    r.kind, r.issued_on, r.due_on, r.period_from, r.period_to,
    CASE WHEN r.derived = 0 THEN r.status ELSE (
        SELECT CASE WHEN r.gross = 0 THEN 'settled'
            WHEN coalesce(sum(a.amount), 0) * sign(r.gross) <= 0 THEN 'outstanding'
            WHEN sum(a.amount) * sign(r.gross) >= abs(r.gross) THEN 'settled'
            ELSE 'partly_settled' END
        FROM visible_allocations a WHERE a.organisation_id = r.organisation_id AND a.invoice_id = r.invoice_id
    ) END AS status,
    r.net, r.tax, r.gross,
    CASE WHEN r.derived = 0 THEN r.paid ELSE (
        SELECT coalesce(sum(a.amount), 0)
        FROM visible_allocations a WHERE a.organisation_id = r.organisation_id AND a.invoice_id = r.invoice_id
    ) END AS paid,
    CASE WHEN r.derived = 0 THEN r.due_amount ELSE (
        SELECT CASE WHEN r.gross < 0 THEN min(0, r.gross - coalesce(sum(a.amount), 0))
            ELSE max(0, r.gross - coalesce(sum(a.amount), 0)) END
        FROM visible_allocations a WHERE a.organisation_id = r.organisation_id AND a.invoice_id = r.invoice_id
    ) END AS due_amount,
    r.currency, r.po_number, r.credits_number, r.derived
FROM invoice_revisions r
JOIN invoices i ON i.organisation_id = r.organisation_id AND i.id = r.invoice_id
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

-- Customers' own edits -----------------------------------------------------------------------------------------

-- The batch with which the source said the same as the customer: while it is published, the edit is over.
ALTER TABLE account_edits ADD COLUMN dissolved_by INTEGER;
CREATE VIEW live_account_edits AS
SELECT e.* FROM account_edits e
WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = e.dissolved_by AND b.state = 'published');

CREATE TABLE account_edit_log (              -- every change that stands above imports, for whoever keeps the source
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    previous TEXT NOT NULL,
    actor TEXT NOT NULL,                     -- user:17, staff:3
    edited_at INTEGER NOT NULL,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX account_edit_log_by_organisation ON account_edit_log (organisation_id, id);
CREATE INDEX account_edit_log_by_account ON account_edit_log (organisation_id, account_id);
INSERT INTO account_edit_log (organisation_id, account_id, field, value, previous, actor, edited_at)
SELECT organisation_id, account_id, field, value, imported_value, 'user:' || user_id, edited_at
FROM account_edits ORDER BY edited_at;
CREATE TRIGGER account_edit_log_stands BEFORE UPDATE ON account_edit_log BEGIN
    SELECT RAISE(ABORT, 'the log of edits is only added to');
END;
