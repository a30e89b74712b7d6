/// What a batch adds to `object`.
enum ObjectColumns {
    // Most objects are known already: those cost a look-up here, and no lock. Nights are not always read in order.
    static let insert = Statement(
        name: "adding objects",
        sql: """
            INSERT INTO object AS o (object_id, first_night)
            SELECT s.object_id, s.night
            FROM (
                SELECT object_id COLLATE "C" AS object_id, min(night) AS night
                FROM unnest($1::text[], $2::date[]) AS u(object_id, night)
                WHERE isfinite(night) GROUP BY 1
            ) s
            WHERE coalesce((SELECT p.first_night FROM object p WHERE p.object_id = s.object_id), 'infinity') > s.night
            ORDER BY s.object_id
            ON CONFLICT (object_id) DO UPDATE SET first_night = least(o.first_night, excluded.first_night)
            """)
}
