-- own_since: own_record with the instant since which the ledger has had the record as this person's.
-- Reads own_record, ledger_row and ledger_entry.

CREATE OR REPLACE TEMP TABLE own_since AS
SELECT o.*, e.known_at AS since
FROM own_record o
JOIN (SELECT dataset, record_key, max(entry) AS entry FROM ledger_row
      WHERE person_key IS DISTINCT FROM former_key GROUP BY ALL) USING (dataset, record_key)
JOIN ledger_entry e USING (entry);
