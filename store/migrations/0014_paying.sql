-- expand
-- Paying: mandates as the provider has them, when a payment is collected and why it failed, and a link to pay by.

-- Mandates: shown, never acted on. Of the account behind one no more than its last four characters are kept.

CREATE TABLE mandates (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    UNIQUE (organisation_id, external_id),
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX mandates_by_account ON mandates (organisation_id, account_id);

CREATE TABLE mandate_revisions (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL,
    mandate_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    superseded_by INTEGER,
    scheme TEXT NOT NULL CHECK (scheme IN ('bacs', 'sepa', 'card')),
    provider TEXT NOT NULL DEFAULT '',       -- who collects: GoCardless, the company itself
    bank TEXT NOT NULL DEFAULT '',           -- the customer's bank, or the card's brand
    account_ending TEXT NOT NULL DEFAULT '' CHECK (length(account_ending) <= 4),
    status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'cancelled', 'failed', 'expired')),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    collection_day INTEGER CHECK (collection_day BETWEEN 1 AND 31),  -- of the month; null: on an invoice's due date
    signed_on TEXT,
    FOREIGN KEY (organisation_id, mandate_id) REFERENCES mandates (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, batch_id) REFERENCES batches (organisation_id, id)
) STRICT;
CREATE INDEX mandate_revisions_by_mandate ON mandate_revisions (organisation_id, mandate_id);
CREATE INDEX mandate_revisions_by_account ON mandate_revisions (organisation_id, account_id);
CREATE INDEX mandate_revisions_by_batch ON mandate_revisions (batch_id);

CREATE VIEW visible_mandates AS
SELECT m.external_id, r.* FROM mandate_revisions r
JOIN mandates m ON m.organisation_id = r.organisation_id AND m.id = r.mandate_id
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state = 'published')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published');

-- Payments: the day on which one is, or was to be, collected, and why it failed in the bank's own words.

ALTER TABLE payment_revisions ADD COLUMN collected_on TEXT;
ALTER TABLE payment_revisions ADD COLUMN failure TEXT NOT NULL DEFAULT '';

-- The provider's own page to pay at; {reference}, {invoice} and {amount} are filled in.

ALTER TABLE portals ADD COLUMN pay_url TEXT NOT NULL DEFAULT '';
