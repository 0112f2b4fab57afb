-- Operations of the unit.
-- grain: operation_ref
-- rows: operation
-- columns:
--   operation_ref      Operation
--   operation_name     Name
--   kind               Kind
--   line_name          Name of the drug line
--   label              Name under which figures are broken down: the drug line's, else the operation's
--   opened_on          First day
--   closed_on          Day it was closed
--   closure            Line and holder stopped (TYPE_1) or line stopped (TYPE_2)
--   is_line_closed     Whether it is a drug line that was closed since the unit was set up

SELECT operation_ref,
       name AS operation_name,
       kind,
       line_name,
       coalesce(line_name, name) AS label,
       opened_on,
       closed_on,
       closure,
       kind = 'DRUG_LINE' AND coalesce(closed_on >= (SELECT min(set_up_on) FROM unit), false) AS is_line_closed
FROM operation
