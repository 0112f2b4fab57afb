-- node and truth (node_id, person): $records records of invented people, three each on average, as many systems write them.
-- Names and postcodes are as skewed as a county's: one surname in 150 is the commonest, families share surname and
-- postcode, a few are twins, one person in fifty has no home. The same number is the same rows: chance is a hash.

CREATE OR REPLACE MACRO chance(number, what) AS (hash(number::BIGINT, what) % 1000003) / 1000003.0;
CREATE OR REPLACE MACRO rank_of(chance, common, names) AS floor(common * (pow(names / common + 1, chance) - 1))::BIGINT;
CREATE OR REPLACE MACRO syllable(number, place) AS
    ['bar', 'den', 'fol', 'gar', 'hew', 'kel', 'lin', 'mor', 'nes', 'pel', 'ros', 'tam', 'wid', 'yar', 'ash', 'cro', 'ing',
     'ock', 'und', 'ew'][1 + (hash(number, place) % 20)::INT];
CREATE OR REPLACE MACRO name_of(number) AS
    syllable(number, 1) || syllable(number, 2) || CASE WHEN number % 3 > 0 THEN syllable(number, 3) ELSE '' END ||
    CASE WHEN number % 3 > 1 THEN syllable(number, 4) ELSE '' END;
-- A slip of the pen: a letter left out, two exchanged, one written twice or another in its place.
CREATE OR REPLACE MACRO slipped(word, number) AS
    CASE WHEN length(word) < 3 THEN word ELSE
        [word[:1 + number % (length(word) - 1)] || word[3 + number % (length(word) - 1):],
         word[:number % (length(word) - 1)] || word[2 + number % (length(word) - 1)] || word[1 + number % (length(word) - 1)]
            || word[3 + number % (length(word) - 1):],
         word[:1 + number % (length(word) - 1)] || word[1 + number % (length(word) - 1):],
         word[:1 + number % (length(word) - 1)] || 'e' || word[3 + number % (length(word) - 1):]][1 + (number // 64) % 4] END;

CREATE OR REPLACE TABLE known_forename AS
SELECT row_number() OVER (ORDER BY hash(name)) - 1 AS number, name, equivalents
FROM forename WHERE length(name) > 2 ORDER BY number;

CREATE OR REPLACE TABLE person AS
WITH numbered AS (
    SELECT range AS person,
           -- Of ten people who follow each other, three are one family, and of a few families two are twins.
           CASE WHEN range % 10 IN (1, 2) THEN range - range % 10 ELSE range END AS family,
           CASE WHEN range % 10 = 2 AND chance(range, 'twin') < 0.03 THEN range - 1 ELSE range END AS birth
    FROM range(0, $records // 3))
SELECT person, name_of(rank_of(chance(family, 'surname'), 20, 50000)) AS surname,
       f.name AS first_name, f.equivalents, CASE WHEN chance(person, 'middle') < 0.4 THEN m.name END AS middle_name,
       CASE WHEN chance(birth, 'estimated') < 0.02 THEN make_date(1960 + (50 * chance(birth, 'year'))::INT, 1, 1)
            ELSE DATE '1960-01-01' + (18000 * chance(birth, 'born'))::INT END AS born,
       CASE WHEN chance(person, 'sex') < 0.8 THEN 'M' ELSE 'F' END AS sex,
       CASE WHEN chance(family, 'home') < 0.02 THEN 'ZZ993VZ' ELSE home.postcode END AS postcode
FROM numbered n
JOIN known_forename f ON f.number = rank_of(chance(person, 'forename'), 8, 1500)
JOIN known_forename m ON m.number = rank_of(chance(person, 'second'), 8, 1500),
LATERAL (SELECT 'CM' || 1 + (40000 * chance(family, 'postcode'))::INT % 40 || 1 + (40000 * chance(family, 'postcode'))::INT % 9
    || chr(65 + (40000 * chance(family, 'postcode'))::INT % 23) || chr(65 + (40000 * chance(family, 'postcode'))::INT % 19)) home(postcode);

CREATE OR REPLACE TABLE truth AS
SELECT md5(record::TEXT) AS node_id, person, record
FROM (SELECT range AS record, (chance(range, 'who') * ($records // 3))::BIGINT % ($records // 3) AS person FROM range(0, $records));

CREATE OR REPLACE TABLE node AS
WITH written AS (
    SELECT t.node_id, t.record, p.*, chance(t.record, 'names') AS names, chance(t.record, 'birth') AS birth,
           (hash(t.record, 'slip') % 100000)::INT AS slip
    FROM truth t JOIN person p USING (person)),
named AS (
    SELECT *,
           CASE WHEN names < 0.06 THEN slipped(surname, slip) ELSE surname END AS last,
           CASE WHEN names BETWEEN 0.06 AND 0.11 THEN slipped(first_name, slip)
                WHEN names BETWEEN 0.11 AND 0.18 THEN equivalents[1 + slip % len(equivalents)]
                WHEN names BETWEEN 0.18 AND 0.20 THEN first_name[1] ELSE first_name END
               || CASE WHEN middle_name IS NOT NULL AND slip % 3 > 0 THEN ' ' || middle_name ELSE '' END AS first
    FROM written)
SELECT node_id, NULL::TEXT AS pnc_id,
       CASE WHEN names BETWEEN 0.20 AND 0.22 THEN first ELSE last END AS surname,
       CASE WHEN names BETWEEN 0.20 AND 0.22 THEN last ELSE first END AS forenames,
       CASE WHEN birth < 0.02 AND day(born) <= 12 THEN make_date(year(born), day(born), month(born))
            WHEN birth < 0.05 THEN born + (1 + slip % 9)::INT
            WHEN birth < 0.06 THEN born + INTERVAL 1 YEAR
            WHEN birth < 0.07 THEN NULL ELSE born END::DATE AS date_of_birth,
       CASE WHEN chance(record, 'sex known') < 0.6 THEN sex END AS sex,
       CASE WHEN chance(record, 'home known') < 0.4 THEN NULL
            WHEN chance(record, 'moved') < 0.15 THEN 'SS' || 1 + slip % 17 || 1 + slip % 9 || chr(65 + slip % 23) || 'X'
            ELSE postcode END AS postcode,
       NULL::TEXT AS identifier
FROM named ORDER BY node_id;

DROP TABLE person;
DROP TABLE known_forename;
