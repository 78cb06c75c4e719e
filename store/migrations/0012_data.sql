-- expand
-- What an organisation keeps and for how long: what calls came to once they are gone, customers who asked to be
-- erased, and the files in which everything leaves.

-- Calls past their retention are deleted; what they came to stays, by month, line and kind, without a number.
CREATE TABLE call_history (
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,             -- 0: of no invoice
    line_position INTEGER NOT NULL,          -- 0: of no line
    month TEXT NOT NULL,                     -- 2026-11, at the organisation's place
    type TEXT NOT NULL,
    direction TEXT NOT NULL,
    in_bundle INTEGER NOT NULL,
    currency TEXT NOT NULL,
    batch_id INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    duration_seconds INTEGER NOT NULL,
    billed_seconds INTEGER NOT NULL,
    data_bytes INTEGER NOT NULL,
    net_price INTEGER NOT NULL,              -- millionths
    PRIMARY KEY (organisation_id, account_id, invoice_id, line_position, month, type, direction, in_bundle,
        currency, batch_id),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_history_by_batch ON call_history (batch_id);

CREATE VIEW visible_call_history AS
SELECT * FROM call_history r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published');

CREATE TABLE erasures (                      -- customers whose personal data go; their VAT records stay six years
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    done_at INTEGER,                         -- when all that may go was gone
    PRIMARY KEY (organisation_id, account_id),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE exports (                       -- files with everything that an organisation owns
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'removed')),
    owner TEXT NOT NULL DEFAULT '',          -- the process that makes it
    file_name TEXT NOT NULL,                 -- in the folder beside the store; random
    size INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX exports_by_organisation ON exports (organisation_id, id);
CREATE INDEX exports_by_state ON exports (state);

CREATE INDEX outbox_by_account ON outbox (organisation_id, account_id, created_at) WHERE account_id IS NOT NULL;
CREATE INDEX documents_by_content ON documents (organisation_id, sha256);
