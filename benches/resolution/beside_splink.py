"""Matches the reports of a file that `RESOLUTION_VALUES` wrote by Splink, and scores that as the benchmark scores us.

    pip install splink==5.0.0 duckdb==2.0.1
    python benches/resolution/beside_splink.py FILE [--storefronts 255] [--probabilities 0.5 0.95]

Splink compares reports that share a value, so values that many sellers carry must be taken out beforehand: else there are
too many pairs, and most are wrong. The time is that of Splink's own work: the values come as we read them.
"""

import argparse
import logging
import resource
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

# What the synthetic reports give.
KINDS = [
    "storefront", "email", "phone", "bank_account", "payment_handle", "company_registration", "domain",
    "business_name", "address",
]


def read(con, path, storefronts):
    """A row for each report, with a list for each kind of value that no more storefronts carry, or nothing."""
    kinds = ", ".join(f"{kind}: 'VARCHAR[]'" for kind in KINDS)
    con.execute(f"""
        CREATE TABLE lines AS SELECT row_number() OVER () AS unique_id, *
        FROM read_json('{path}', format = 'newline_delimited', columns = {{seller: 'VARCHAR', {kinds}}})""")
    con.execute("CREATE TABLE given (unique_id BIGINT, kind VARCHAR, value VARCHAR)")
    for kind in KINDS:
        con.execute(f"INSERT INTO given SELECT unique_id, '{kind}', unnest({kind}) FROM lines")
    con.execute(f"""
        CREATE TABLE wide AS SELECT g.kind, g.value FROM given g JOIN given s USING (unique_id)
        WHERE g.kind <> 'storefront' AND s.kind = 'storefront'
        GROUP BY ALL HAVING count(DISTINCT s.value) > {storefronts}""")
    con.execute("CREATE TABLE telling AS SELECT * FROM given ANTI JOIN wide USING (kind, value)")
    lists = ", ".join(f"list(DISTINCT value) FILTER (kind = '{kind}') AS {kind}" for kind in KINDS)
    con.execute(f"""
        CREATE TABLE reports AS SELECT unique_id, {lists}
        FROM lines LEFT JOIN telling USING (unique_id) GROUP BY unique_id""")


def match(con, probabilities):
    """The clusters at each probability, and the number of pairs that reached the least of them."""
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[cl.ArrayIntersectAtSizes(kind, [1]) for kind in KINDS],
        blocking_rules_to_generate_predictions=[block_on(kind, arrays_to_explode=[kind]) for kind in KINDS],
    )
    linker = Linker(api.register("reports"), settings)
    first = {kind: block_on(f"{kind}[1]") for kind in KINDS}
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [first["storefront"], first["bank_account"]], recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=1e7)
    for kind in ["storefront", "email", "phone"]:
        training.estimate_parameters_using_expectation_maximisation(first[kind])
    pairs = linker.inference.predict(threshold_match_probability=min(probabilities))
    clusters = {
        at: linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=at).physical_name
        for at in probabilities
    }
    return clusters, con.execute(f"SELECT count(*) FROM {pairs.physical_name}").fetchone()[0]


def score(con, clusters):
    """Pairwise and B-cubed precision and recall, and the largest cluster."""
    return con.execute(f"""
        WITH parts AS (SELECT cluster_id, seller, count(*) AS n
                       FROM {clusters} JOIN lines USING (unique_id) GROUP BY ALL),
             sized AS (SELECT n, sum(n) OVER (PARTITION BY cluster_id) AS c, sum(n) OVER (PARTITION BY seller) AS s
                       FROM parts),
             found AS (SELECT sum(n) AS n FROM parts GROUP BY cluster_id),
             meant AS (SELECT sum(n) AS n FROM parts GROUP BY seller)
        SELECT sum(n * (n - 1)) / (SELECT sum(n * (n - 1)) FROM found),
               sum(n * (n - 1)) / (SELECT sum(n * (n - 1)) FROM meant),
               sum(n * n / c) / sum(n), sum(n * n / s) / sum(n), max(c)
        FROM sized""").fetchone()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file")
    # Of 7, 15, 31, 63, 127, 255 and 1,000 the most that left the clusters of 100,000 reports precise.
    arguments.add_argument("--storefronts", type=int, default=255)
    arguments.add_argument("--probabilities", type=float, nargs="+", default=[0.5, 0.95])
    given = arguments.parse_args()
    logging.getLogger("splink").setLevel(logging.ERROR)
    con = duckdb.connect()
    # Splink 5.0.0 writes functions as DuckDB 2 no longer reads them by itself.
    con.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    read(con, given.file, given.storefronts)
    started = time.monotonic()
    clusters, pairs = match(con, given.probabilities)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.0f} s, {pairs} pairs found, peak {peak:.0f} MiB")
    for at, name in clusters.items():
        p, r, bp, br, largest = map(float, score(con, name))
        f1, b3 = 2 * p * r / (p + r), 2 * bp * br / (bp + br)
        print(f"at {at}: pairwise {p:.3f} / {r:.3f} / {f1:.3f}, B-cubed {bp:.3f} / {br:.3f} / {b3:.3f}, "
              f"largest {largest:.0f}")


if __name__ == "__main__":
    main()
