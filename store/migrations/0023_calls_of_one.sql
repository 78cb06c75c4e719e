-- expand
-- Calls that go past their retention go customer by customer: the sums of others hold. With the organisation's number this
-- one makes a customer's generation of calls; both only grow, so that no two states have the same sum.
ALTER TABLE accounts ADD COLUMN calls_generation INTEGER NOT NULL DEFAULT 0;
