-- expand
-- Routing knows which names are live: their visitors are told to come over HTTPS alone.
CREATE TRIGGER domain_went_live AFTER UPDATE OF live_at ON domains
WHEN (old.live_at IS NULL) <> (new.live_at IS NULL) BEGIN
    INSERT INTO domain_changes (hostname) VALUES (new.hostname);
END;
