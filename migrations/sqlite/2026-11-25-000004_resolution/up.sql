-- Why a link was refused; what stands in number_from and number_to is of that kind.
ALTER TABLE refusals ADD COLUMN objection TEXT NOT NULL DEFAULT 'registrations';

-- Phones that so many cores carry that they link nobody: a phone one mistake away is taken for one of them.
CREATE TABLE wide_phones (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    digits TEXT NOT NULL,
    PRIMARY KEY (group_id, term)
) STRICT, WITHOUT ROWID;

-- Keys known to have many postings, which are counted before they are read. Only a hint: it spares reading.
CREATE TABLE busy_terms (
    group_id BLOB NOT NULL,
    term INTEGER NOT NULL,
    PRIMARY KEY (group_id, term)
) STRICT, WITHOUT ROWID;
