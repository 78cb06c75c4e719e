-- expand
-- Certificates that an admin uploads, and names that stand behind a proxy on purpose.

ALTER TABLE certificates ADD COLUMN source TEXT NOT NULL DEFAULT 'issued' CHECK (source IN ('issued', 'uploaded'));
CREATE INDEX certificates_uploaded ON certificates (hostname) WHERE source = 'uploaded';

-- What a process must look at again: the newest change of each name's certificates, removals included.
CREATE TABLE certificate_changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    hostname TEXT NOT NULL UNIQUE ON CONFLICT REPLACE
) STRICT;
CREATE TRIGGER certificate_added AFTER INSERT ON certificates BEGIN
    INSERT INTO certificate_changes (hostname) VALUES (new.hostname);
END;
CREATE TRIGGER certificate_removed AFTER DELETE ON certificates BEGIN
    INSERT INTO certificate_changes (hostname) VALUES (old.hostname);
END;

ALTER TABLE domains ADD COLUMN behind_proxy INTEGER NOT NULL DEFAULT 0 CHECK (behind_proxy IN (0, 1));
ALTER TABLE domains ADD COLUMN ordered INTEGER NOT NULL DEFAULT 1 CHECK (ordered IN (0, 1));  -- 0: uploaded ones only
CREATE TRIGGER domain_way_changed AFTER UPDATE OF behind_proxy, ordered ON domains BEGIN
    INSERT INTO domain_changes (hostname) VALUES (new.hostname);
END;

CREATE TABLE certificate_reminders (         -- what admins were told of an uploaded certificate's end
    hostname TEXT PRIMARY KEY,
    serial TEXT NOT NULL,
    days INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER certificate_reminders_removed AFTER DELETE ON domains BEGIN
    DELETE FROM certificate_reminders WHERE hostname = old.hostname;
END;
