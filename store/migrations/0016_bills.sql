-- expand
-- Bills that explain themselves: by which rule charges of calls become money, and what the calls of a big invoice come
-- to, added up ahead so that a page need not read them.

ALTER TABLE portals ADD COLUMN rounding TEXT NOT NULL DEFAULT 'half_up'
    CHECK (rounding IN ('half_up', 'half_even', 'up', 'down'));
ALTER TABLE portals ADD COLUMN round_each_call INTEGER NOT NULL DEFAULT 0 CHECK (round_each_call IN (0, 1));

CREATE TABLE bill_sums (                     -- an invoice whose calls are added up ahead
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    ready TEXT NOT NULL DEFAULT '',          -- the gathering whose rows stand; empty: none does
    generation INTEGER NOT NULL DEFAULT -1,  -- of the organisation's calls, for which they hold
    rule TEXT NOT NULL DEFAULT '',           -- by which calls were rounded, each of them
    gathering TEXT NOT NULL DEFAULT '',      -- the one under way
    gathering_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation_id, invoice_id),
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE bill_line_sums (
    organisation_id INTEGER NOT NULL,
    invoice_id INTEGER NOT NULL,
    gathering TEXT NOT NULL,
    line_position INTEGER NOT NULL,          -- 0: of no line
    destination_group TEXT NOT NULL,
    destination TEXT NOT NULL,
    currency TEXT NOT NULL,
    calls INTEGER NOT NULL,
    duration_seconds INTEGER NOT NULL,
    net_price INTEGER NOT NULL,              -- millionths
    rounded INTEGER NOT NULL,                -- minor units: each call rounded for itself, then added up
    PRIMARY KEY (organisation_id, invoice_id, gathering, line_position, destination_group, destination, currency),
    FOREIGN KEY (organisation_id, invoice_id) REFERENCES invoices (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Calls that go past their retention are not listed any more: what was added up of their invoice is out of date.
CREATE TRIGGER call_history_begun AFTER INSERT ON call_history WHEN new.invoice_id > 0 BEGIN
    UPDATE bill_sums SET generation = -1, gathering = ''
    WHERE organisation_id = new.organisation_id AND invoice_id = new.invoice_id;
END;
CREATE TRIGGER call_history_grown AFTER UPDATE ON call_history WHEN new.invoice_id > 0 BEGIN
    UPDATE bill_sums SET generation = -1, gathering = ''
    WHERE organisation_id = new.organisation_id AND invoice_id = new.invoice_id;
END;
