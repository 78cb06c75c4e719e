-- expand
-- Settings: whether a portal uses a name of the organisation's own, and each save with what it changed.

ALTER TABLE portals ADD COLUMN use_external INTEGER NOT NULL DEFAULT 1 CHECK (use_external IN (0, 1));

CREATE TABLE setting_changes (
    id INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    changes TEXT NOT NULL,                   -- JSON: setting -> [before, after]
    changed_by TEXT NOT NULL,                -- the address of who saved it
    undoes INTEGER,                          -- the change that this one took back
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX setting_changes_by_organisation ON setting_changes (organisation_id, id);
