-- expand
-- The watch: when each name that serves is looked at again, and what the looks came to.
CREATE TABLE watches (
    hostname TEXT PRIMARY KEY,
    next_look_at INTEGER NOT NULL,
    looked_at INTEGER,                       -- the last look
    fingerprint TEXT NOT NULL DEFAULT '',    -- what the resolvers said at the last light look that was answered
    calm INTEGER NOT NULL DEFAULT 0,         -- looks in a row that found nothing new
    unheard INTEGER NOT NULL DEFAULT 0,      -- looks in a row that nobody answered
    place TEXT NOT NULL DEFAULT 'here' CHECK (place IN ('here', 'troubled', 'moved')),
    placed_at INTEGER,                       -- since when that is established
    suspected TEXT CHECK (suspected IN ('troubled', 'moved')),
    suspected_since INTEGER,                 -- the first look that counts
    suspected_at INTEGER,                    -- the last one
    suspicions INTEGER NOT NULL DEFAULT 0,   -- how many count
    returned_at INTEGER,                     -- when it was well again, last
    steady_from INTEGER,                     -- until when a name that comes and goes gets no renewal
    renewal_held INTEGER NOT NULL DEFAULT 0 CHECK (renewal_held IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX watches_due ON watches (next_look_at);
CREATE INDEX watches_lost ON watches (hostname) WHERE place <> 'here';

-- Watched is what its owner's DNS leads here, from when it was proved live or got a certificate.
CREATE TRIGGER domain_live_watched AFTER UPDATE OF live_at ON domains
WHEN new.live_at IS NOT NULL AND new.confirmation = 'cname' BEGIN
    INSERT INTO watches (hostname, next_look_at)
    SELECT new.hostname, new.live_at + abs(random() % 3600000)
    WHERE NOT EXISTS (SELECT 1 FROM watches WHERE hostname = new.hostname);
END;
CREATE TRIGGER certificate_watched AFTER INSERT ON certificates BEGIN
    INSERT INTO watches (hostname, next_look_at)
    SELECT hostname, new.created_at + abs(random() % 3600000) FROM domains
    WHERE hostname = new.hostname AND confirmation = 'cname'
        AND NOT EXISTS (SELECT 1 FROM watches WHERE hostname = new.hostname);
END;
CREATE TRIGGER domain_watched_no_more AFTER DELETE ON domains BEGIN
    DELETE FROM watches WHERE hostname = old.hostname;
END;

-- Names that serve already have their first looks spread over a day.
INSERT INTO watches (hostname, next_look_at)
SELECT hostname, unixepoch() * 1000 + abs(random() % 86400000) FROM domains
WHERE confirmation = 'cname'
    AND (live_at IS NOT NULL OR EXISTS (SELECT 1 FROM certificates c WHERE c.hostname = domains.hostname));

CREATE INDEX domains_astray ON domains (hostname) WHERE live_at IS NOT NULL AND routing_state <> 'ok';
