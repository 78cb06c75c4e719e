-- expand
-- When the CA wants each certificate replaced (ARI, RFC 9773): the window, the moment picked in it, when to ask again.
CREATE TABLE renewal_windows (
    hostname TEXT PRIMARY KEY,
    serial TEXT NOT NULL,
    start_at INTEGER,                        -- null: not asked yet, or the CA has no such thing
    end_at INTEGER,
    moment_at INTEGER,
    poll_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX renewal_windows_due ON renewal_windows (poll_at);
CREATE TRIGGER renewal_window_begun AFTER INSERT ON certificates
WHEN new.source = 'issued' AND new.issuer LIKE 'http%' BEGIN
    INSERT OR REPLACE INTO renewal_windows (hostname, serial, poll_at)
    VALUES (new.hostname, new.serial, new.created_at + 3600000 + abs(random() % 3600000));
END;
CREATE TRIGGER renewal_window_ended AFTER DELETE ON domains BEGIN
    DELETE FROM renewal_windows WHERE hostname = old.hostname;
END;
INSERT INTO renewal_windows (hostname, serial, poll_at)
SELECT hostname, serial, unixepoch() * 1000 + abs(random() % 21600000) FROM certificates c
WHERE issuer LIKE 'http%' AND source = 'issued'
    AND id = (SELECT max(id) FROM certificates WHERE hostname = c.hostname AND source = 'issued');
