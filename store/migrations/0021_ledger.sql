-- expand
-- The CA's rate limits as we count them: a bucket that is not here is full. A bucket is one instant, when it will be full
-- again; `held_at` is until when the CA itself told us to wait, in its words.

CREATE TABLE ca_buckets (
    directory TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('orders', 'organisation', 'registered_domain', 'same_names',
        'failed_authorizations', 'consecutive_failures')),
    subject TEXT NOT NULL,                   -- '' for the account; a registered domain, a name, an organisation's id
    full_at INTEGER NOT NULL,
    held_at INTEGER,
    words TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (directory, scope, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX ca_buckets_by_end ON ca_buckets (max(full_at, coalesce(held_at, 0)));
