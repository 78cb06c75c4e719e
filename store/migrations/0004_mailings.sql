-- expand
-- Invoices by mail: what an organisation sends by itself, its mailings, what became of each recipient.

CREATE TABLE mail_settings (                 -- no row: nothing goes by itself
    organisation_id INTEGER PRIMARY KEY REFERENCES organisations (id) ON DELETE CASCADE,
    mail_invoices_on_publish INTEGER NOT NULL CHECK (mail_invoices_on_publish IN (0, 1)),
    wait_minutes INTEGER NOT NULL CHECK (wait_minutes BETWEEN 0 AND 2880),
    mail_reminders INTEGER NOT NULL CHECK (mail_reminders IN (0, 1)),
    reminder_days_before INTEGER NOT NULL CHECK (reminder_days_before BETWEEN 0 AND 60),  -- 0: none
    reminder_days_after INTEGER NOT NULL CHECK (reminder_days_after BETWEEN 0 AND 60),
    mail_payments INTEGER NOT NULL CHECK (mail_payments IN (0, 1)),
    invoices_since INTEGER,                  -- when each was switched on: what came before is not mailed
    reminders_since INTEGER,
    payments_since INTEGER
) STRICT;

-- gathering ──> sending ──> done, or stopped on the way.
CREATE TABLE mailings (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('invoices', 'reminders_before', 'reminders_after', 'payments')),
    batch_id INTEGER,                        -- the batch that it is about; null: chosen ones
    day TEXT,                                -- the date of the reminders, in the organisation's zone
    by_itself INTEGER NOT NULL DEFAULT 0 CHECK (by_itself IN (0, 1)),
    again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),  -- also to those who had it
    made_by TEXT NOT NULL,                   -- staff:3, cli, system
    state TEXT NOT NULL DEFAULT 'gathering' CHECK (state IN ('gathering', 'sending', 'done', 'stopped')),
    place INTEGER NOT NULL DEFAULT 0,        -- the last revision that was gathered
    starts_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (organisation_id, id)
) STRICT;
CREATE INDEX mailings_open ON mailings (starts_at) WHERE state IN ('gathering', 'sending');
CREATE UNIQUE INDEX mailings_of_batch ON mailings (organisation_id, kind, batch_id) WHERE by_itself = 1 AND day IS NULL;
CREATE UNIQUE INDEX mailings_of_day ON mailings (organisation_id, kind, day) WHERE day IS NOT NULL;

-- One mail to one address; it is `queued` in the transaction that puts its message into the outbox.
CREATE TABLE mailing_items (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    mailing_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN
        ('new_invoice', 'reminder_before', 'reminder_after', 'payment_received', 'payment_failed')),
    object_id INTEGER NOT NULL,              -- the invoice, or the payment
    recipient TEXT NOT NULL,                 -- empty: the customer has no address
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'queued', 'failed', 'left_out')),
    reason TEXT NOT NULL DEFAULT '',
    outbox_id INTEGER,
    FOREIGN KEY (organisation_id, mailing_id) REFERENCES mailings (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX mailing_items_once ON mailing_items (organisation_id, mailing_id, purpose, object_id, recipient);
CREATE INDEX mailing_items_by_state ON mailing_items (organisation_id, mailing_id, state, id);
CREATE INDEX mailing_items_by_object ON mailing_items (organisation_id, object_id, purpose);
CREATE INDEX mailing_items_by_account ON mailing_items (organisation_id, account_id);

-- PDFs that we made to be mailed; their pieces go once nobody waits for them. Those with a proof of registration
-- go with the mail, so that no living link stays behind.
CREATE TABLE made_documents (
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX made_documents_by_age ON made_documents (made_at);
CREATE INDEX outbox_by_attachment ON outbox (organisation_id, attachment_sha256) WHERE attachment_sha256 IS NOT NULL;

-- Reminders look for invoices that are due around a day.
CREATE INDEX invoice_revisions_due ON invoice_revisions (organisation_id, due_on)
    WHERE kind = 'invoice' AND status IN ('outstanding', 'partly_settled');
