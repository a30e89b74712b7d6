-- Two million classified alerts of 400,000 objects in 30 nights, the same for every run: a database to time recipes in.
-- Needs a database that `apus migrate` made and nothing else was written to. See measure, beside this file.
\set ON_ERROR_STOP on
SELECT setseed(0.5);
BEGIN;
INSERT INTO topic (name) VALUES ('alerts');
INSERT INTO model (name, sha256, preset, classes, role) VALUES ('tokens', repeat('a', 64), 'observations-1',
    '{mu-Lens-Single,TDE,EB,SNII,SNIax,Mira,SNIbc,KN,M-dwarf,SNIa-91bg,AGN,SNIa,RRL,SLSN-I}', 'active');
SELECT make_night_partitions(array_agg(date '2026-11-24' - i)) FROM generate_series(0, 29) AS i;

-- An object is seen from its first night on; nine of ten are there from the first.
CREATE TEMPORARY TABLE source AS
SELECT i AS id, 'ZTF26' || lpad(to_hex(i), 7, '0') AS object_id, random() * 360 AS ra,
    degrees(asin(random() * 1.5 - 0.5)) AS dec, CASE WHEN random() < 0.9 THEN 0 ELSE floor(random() * 30)::integer END AS born,
    (ARRAY['mu-Lens-Single','TDE','EB','SNII','SNIax','Mira','SNIbc','KN','M-dwarf','SNIa-91bg','AGN','SNIa','RRL',
    'SLSN-I'])[1 + floor(14 * random() ^ 2)::integer] AS class
FROM generate_series(1, 400000) AS i;
CREATE UNIQUE INDEX ON source (id);
ANALYZE source;

CREATE TEMPORARY TABLE observed AS
SELECT row_number() OVER (ORDER BY greatest(n.night, s.born), n.id) AS candid, greatest(n.night, s.born) AS night, s.*
FROM (SELECT i AS id, 1 + floor(random() * 400000)::integer AS source_id, floor(random() * 30)::integer AS night
    FROM generate_series(1, 2100000) AS i) AS n
JOIN source s ON s.id = n.source_id;

INSERT INTO alert (candid, jd, ra, dec, night, magpsf, sigmapsf, rb, drb, ndethist, n_detections, survey, isdiffpos,
    band, object_id, topic_id, partition, kafka_offset, alert_index, broker_timestamp)
SELECT candid, 2461338.5 + night + 0.2 + random() * 0.3, ra + (random() - 0.5) / 36000, dec + (random() - 0.5) / 36000,
    date '2026-10-26' + night, 16 + 5 * random(), 0.1, 0.9, 0.99, 10, 1 + floor(random() * 50)::integer, 1, 1,
    CASE WHEN random() < 0.5 THEN 'g' ELSE 'r' END::"char", object_id, 1, candid % 12, candid / 12, 0,
    timestamptz '2026-10-26 06:00+0' + make_interval(days => night) + random() * interval '6 hours'
FROM observed ORDER BY candid;
INSERT INTO candid_night SELECT candid, night FROM alert ORDER BY candid;
INSERT INTO object SELECT object_id, min(night) FROM alert GROUP BY object_id ORDER BY object_id;

-- One alert in 21 has too few points; the others are classified, mostly as what their object is.
INSERT INTO skip (candid, kafka_offset, night, topic_id, partition, alert_index, reason)
SELECT candid, kafka_offset, night, 1, partition, 0, 'too_few_points' FROM alert WHERE candid % 21 = 0;
INSERT INTO classification (candid, batch_id, night, model_id, top_probability, entropy, probabilities, top_class)
SELECT candid, 1 + candid / 500, date '2026-10-26' + night, 1, 0.3 + 0.7 * random(), random(),
    array_fill(0.07::real, ARRAY[14]), class
FROM observed WHERE candid % 21 <> 0 ORDER BY candid;
INSERT INTO batch (id, model_id, consumed, received_at, decoded_at, classified_at, committed_at)
SELECT 1 + candid / 500, 1, count(*), max(broker_timestamp) + interval '10 ms', max(broker_timestamp) + interval '15 ms',
    max(broker_timestamp) + interval '20 ms', max(broker_timestamp) + interval '40 ms'
FROM alert GROUP BY 1 + candid / 500;
INSERT INTO quarantine (kafka_offset, topic_id, partition, alert_index, reason, detail, payload, payload_length)
SELECT 1000000 + i, 1, i % 12, -1, (ARRAY['truncated', 'unknown_schema_id', 'missing_field'])[1 + i % 3], 'cut short',
    decode(repeat(md5(i::text), 64), 'hex'), 1024
FROM generate_series(1, 5000) AS i;

INSERT INTO outcome_count (alerts, probability, night, topic_id, partition, model_id, kind, name)
SELECT count(*), sum(top_probability), a.night, 1, a.partition, 1, 'classified', top_class
FROM alert a JOIN classification c USING (candid, night) GROUP BY a.night, a.partition, top_class
UNION ALL
SELECT count(*), 0, night, 1, partition, 0, 'skipped', reason FROM skip GROUP BY night, partition, reason
UNION ALL
SELECT count(*), 0, '-infinity', 1, partition, 0, 'quarantined', reason FROM quarantine GROUP BY partition, reason;
INSERT INTO stream_offset (topic_id, partition, next_offset, generation, consumed, classified, skipped, quarantined)
SELECT 1, partition, 2000000, 1, sum(alerts), coalesce(sum(alerts) FILTER (WHERE kind = 'classified'), 0),
    coalesce(sum(alerts) FILTER (WHERE kind = 'skipped'), 0),
    coalesce(sum(alerts) FILTER (WHERE kind = 'quarantined'), 0)
FROM outcome_count GROUP BY partition;
COMMIT;
VACUUM ANALYZE;
