-- expand
-- What the operator's console looks at: issuance by day, failures by cause, and how the disk fills.

CREATE INDEX issuance_history_by_time ON issuance_history (finished_at);
CREATE INDEX issuance_failed ON issuance (cause) WHERE state = 'failed';

CREATE TABLE disk_days (                     -- the store's size and what the disk had left, once a day
    day TEXT PRIMARY KEY,                    -- ISO, UTC
    store_bytes INTEGER NOT NULL,
    free_bytes INTEGER NOT NULL
) STRICT;
