-- expand
-- By which kind of challenge names were proven, or were not; hostname '' stands for all of them.
CREATE TABLE challenge_results (
    hostname TEXT NOT NULL,
    kind TEXT NOT NULL,
    succeeded_at INTEGER,
    failed_at INTEGER,
    PRIMARY KEY (hostname, kind)
) STRICT, WITHOUT ROWID;
