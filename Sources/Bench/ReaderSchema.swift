import Foundation

/// A reader's schema with just the fields that apus takes from a ZTF alert: what a user of an Avro library writes to
/// spare it the rest.
enum ReaderSchema {
    private static let alert: Set = ["objectId", "candid", "candidate", "prv_candidates", "fp_hists"]
    private static let records: [String: Set<String>] = [
        "candidate": [
            "jd", "fid", "candid", "ra", "dec", "magpsf", "sigmapsf", "isdiffpos", "diffmaglim", "jdstarthist",
            "ndethist", "rb", "drb", "ssdistnr", "distnr", "magnr", "sgscore1", "sgscore", "distpsnr1", "distpsnr",
        ],
        "prv_candidates": ["jd", "fid", "magpsf", "sigmapsf", "diffmaglim", "isdiffpos"],
        "fp_hists": ["jd", "fid", "forcediffimflux", "forcediffimfluxunc", "magzpsci", "diffmaglim"],
    ]

    /// The writer's schema without the fields that are not needed; nil when it is no ZTF alert's.
    static func projection(of writer: [UInt8]) -> [UInt8]? {
        guard let parsed = try? JSONSerialization.jsonObject(with: Data(writer)), var root = parsed as? [String: Any],
            let fields = root["fields"] as? [[String: Any]], fields.contains(where: { name($0) == "candidate" })
        else { return nil }
        root["fields"] = fields.filter { alert.contains(name($0)) }.map { field in
            guard let kept = records[name(field)], let type = field["type"] else { return field }
            var field = field
            field["type"] = narrowed(type, to: kept)
            return field
        }
        return (try? JSONSerialization.data(withJSONObject: root)).map { [UInt8]($0) }
    }

    private static func name(_ field: [String: Any]) -> String { field["name"] as? String ?? "" }

    /// Drops fields of the record in a type, which may be an array's item and in a union.
    private static func narrowed(_ type: Any, to kept: Set<String>) -> Any {
        if let union = type as? [Any] { return union.map { narrowed($0, to: kept) } }
        guard var type = type as? [String: Any] else { return type }
        if let items = type["items"] { type["items"] = narrowed(items, to: kept) }
        if let fields = type["fields"] as? [[String: Any]] {
            type["fields"] = fields.filter { kept.contains(name($0)) }
        }
        return type
    }
}
