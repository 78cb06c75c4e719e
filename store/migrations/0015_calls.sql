-- expand
-- What customers see of their calls: sums that are ready, names for numbers, and whether calls are listed at all.

-- A number that is moved whenever the visible calls of an organisation, or the rules of their sums, become others.
ALTER TABLE organisations ADD COLUMN calls_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE portals ADD COLUMN list_free_calls INTEGER NOT NULL DEFAULT 0 CHECK (list_free_calls IN (0, 1));

CREATE TRIGGER calls_of_batch_moved AFTER UPDATE OF state ON batches
WHEN new.kind IN ('calls', 'invoices') AND new.state <> old.state AND 'published' IN (new.state, old.state) BEGIN
    UPDATE organisations SET calls_generation = calls_generation + 1 WHERE id = new.organisation_id;
END;
CREATE TRIGGER calls_of_batch_come AFTER INSERT ON batches WHEN new.kind IN ('calls', 'invoices') AND new.state = 'published' BEGIN
    UPDATE organisations SET calls_generation = calls_generation + 1 WHERE id = new.organisation_id;
END;
CREATE TRIGGER calls_in_another_zone AFTER UPDATE OF time_zone ON organisations
WHEN new.time_zone <> old.time_zone BEGIN
    UPDATE organisations SET calls_generation = calls_generation + 1 WHERE id = new.id;
END;
CREATE TRIGGER calls_listed_otherwise AFTER UPDATE OF list_free_calls ON portals
WHEN new.list_free_calls <> old.list_free_calls BEGIN
    UPDATE organisations SET calls_generation = calls_generation + 1 WHERE id = new.organisation_id;
END;

-- The sums of one customer's visible calls of one local month, and of what share one value of a dimension.
CREATE TABLE call_rollups (
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    month TEXT NOT NULL,                     -- 2026-11
    generation INTEGER NOT NULL,
    dimension TEXT NOT NULL,                 -- '' of all
    value TEXT NOT NULL,
    currency TEXT NOT NULL,
    calls INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    price INTEGER NOT NULL,                  -- millionths
    days TEXT NOT NULL,                      -- JSON: day of the month -> [calls, seconds, bytes, price]
    quarters TEXT NOT NULL,                  -- JSON: quarters of an hour since 1970 that hold calls; '': too many to say
    PRIMARY KEY (organisation_id, account_id, month, generation, dimension, value, currency),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Months whose sums are whole, and of which generation.
CREATE TABLE call_months (
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    month TEXT NOT NULL,
    generation INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, account_id, month),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE number_names (                  -- what a customer calls a number; theirs alone
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    named_at INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, account_id, number),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE itemisations (                  -- customers who want no itemised bills (PECR, regulation 9)
    organisation_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    itemised INTEGER NOT NULL CHECK (itemised IN (0, 1)),
    user_id INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, account_id),
    FOREIGN KEY (organisation_id, account_id) REFERENCES accounts (organisation_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
