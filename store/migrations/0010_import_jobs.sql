-- expand
-- Imports asked for in the console or by the API: the files that were sent, and the child processes that take them in.

CREATE TABLE uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,                 -- the sender's, shown to people; never a name on the disk
    stored_name TEXT NOT NULL UNIQUE,        -- random, in the folder beside the store
    size INTEGER NOT NULL,                   -- while it comes: what its sender announced
    actor TEXT NOT NULL,                     -- staff:3, api:5
    created_at INTEGER NOT NULL,
    received_at INTEGER,                     -- null: it is still coming
    removed_at INTEGER,                      -- since then the file is gone
    UNIQUE (organisation_id, id)
) STRICT;
CREATE INDEX uploads_kept ON uploads (organisation_id, id) WHERE removed_at IS NULL;

CREATE TABLE import_jobs (                   -- an attempt that a child process of `serve` makes
    organisation_id INTEGER NOT NULL,
    attempt_id INTEGER NOT NULL,
    upload_id INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    tries INTEGER NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',          -- the serving process that looks after it
    child TEXT NOT NULL DEFAULT '',          -- the process that imports
    cancelled_by TEXT NOT NULL DEFAULT '',   -- who asked for its end
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    PRIMARY KEY (organisation_id, attempt_id),
    FOREIGN KEY (organisation_id, attempt_id) REFERENCES attempts (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, upload_id) REFERENCES uploads (organisation_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX import_jobs_by_upload ON import_jobs (organisation_id, upload_id);
CREATE INDEX import_jobs_open ON import_jobs (state, attempt_id) WHERE state IN ('waiting', 'running');
