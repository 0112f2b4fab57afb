-- linked_node: every node with what its comparisons and its blocking rules (model_spec.py) are made on.
-- Each column is a function of that node alone. Reads node and forename (nicknames.py).

CREATE OR REPLACE MACRO undoubled(word) AS
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(word,
        'bb', 'b'), 'dd', 'd'), 'ff', 'f'), 'gg', 'g'), 'kk', 'k'), 'll', 'l'), 'mm', 'm'), 'nn', 'n'), 'pp', 'p'),
        'rr', 'r'), 'ss', 's'), 'tt', 't');

-- How a name sounds to an English ear, roughly: letters of one sound are one, vowels count at the start alone and
-- there as one, doubled letters once; four letters of what is left. Spellings go astray in what this leaves out.
CREATE OR REPLACE MACRO sound_of(word) AS
    left(CASE WHEN word[1] IN ('a', 'e', 'i', 'o', 'u', 'y') THEN 'a' ELSE '' END ||
        undoubled(translate(translate(
            replace(replace(replace(replace(replace(word, 'ph', 'f'), 'ck', 'k'), 'kn', 'n'), 'sch', 's'), 'sh', 's'),
            'cqzvj', 'kksfg'), 'aeiouyhw -''', '')), 4);

CREATE OR REPLACE TABLE linked_node AS
WITH named AS (
    SELECT node_id, surname, forenames, split_part(forenames, ' ', 1) AS first_name, date_of_birth,
           strftime(date_of_birth, '%Y%m%d') AS born,
           CASE WHEN sex IN ('F', 'M') THEN sex END AS sex, postcode, identifier
    FROM node),
formed AS (
    SELECT n.*, f.equivalents, coalesce(f.is_known, false) AS is_known_name, split_part(surname, ' ', 1) AS first_surname,
           coalesce(f.formal, first_name) AS formal_name
    FROM named n LEFT JOIN forename f ON f.name = n.first_name),
-- Each word once, however many bear it.
heard AS (
    SELECT word, nullif(sound_of(word), '') AS sound
    FROM (SELECT surname AS word FROM formed UNION SELECT first_surname FROM formed UNION SELECT formal_name FROM formed)),
known AS (
    SELECT n.*, s.sound AS surname_sound, t.sound AS first_surname_sound, f.sound AS forename_sound
    FROM formed n
    LEFT JOIN heard s ON s.word = n.surname
    LEFT JOIN heard t ON t.word = n.first_surname
    LEFT JOIN heard f ON f.word = n.formal_name)
SELECT node_id, surname, forenames, first_name, date_of_birth, sex, postcode, identifier,
       -- A name with a digit in it is a number given on purpose, and another number is no slip of the pen.
       CASE WHEN NOT regexp_matches(surname, '[0-9]') THEN surname END AS surname_spelt,
       CASE WHEN NOT regexp_matches(forenames, '[0-9]') THEN forenames END AS forenames_spelt,
       -- Parts of one or two letters (de, el, st) are shared by strangers.
       list_filter(string_split(surname, ' '), lambda part: length(part) > 2) AS surname_parts,
       string_split(forenames, ' ') AS forename_parts,
       coalesce(equivalents, [first_name]) AS equivalents, is_known_name,
       born, born[:4] || born[7:] || born[5:6] AS born_swapped, year(date_of_birth) AS birth_year,
       -- Of a British postcode the outward code; of another code its beginning.
       left(postcode, greatest(length(postcode) - 3, 2)) AS outward_code,
       born[5:] AS birth_day, surname_sound, first_surname_sound, forename_sound,
       -- Many share the first of January who do not know their date of birth: there more of the name must agree.
       CASE WHEN born[5:] = '0101' THEN surname_sound ELSE surname_sound[1] END AS surname_start,
       CASE WHEN born[5:] = '0101' THEN forename_sound || surname_sound[1] ELSE forename_sound END AS forename_start,
       left(identifier, 8) AS identifier_start
FROM known;
