import Alerts
import AvroCoding
import CAvro
import TestSupport
import Testing

/// libavro (C) as a second oracle, on whole packets that are known to be sound: it trusts its input, so it is no reader
/// for a stream.
@Suite struct LibavroTests {
    /// A named field of a record; a union's current branch is looked into.
    private func field(_ record: avro_value_t, _ name: String) throws -> avro_value_t {
        var value = avro_value_t()
        try #require(record.iface.pointee.get_by_name(record.iface, record.`self`, name, &value, nil) == 0)
        if value.iface.pointee.get_type(value.iface, value.`self`) == AVRO_UNION {
            var branch = avro_value_t()
            try #require(value.iface.pointee.get_current_branch(value.iface, value.`self`, &branch) == 0)
            return branch
        }
        return value
    }

    private func isNull(_ value: avro_value_t) -> Bool {
        value.iface.pointee.get_type(value.iface, value.`self`) == AVRO_NULL
    }

    private func long(_ value: avro_value_t) throws -> Int64 {
        var result: Int64 = 0
        try #require(value.iface.pointee.get_long(value.iface, value.`self`, &result) == 0)
        return result
    }

    private func double(_ value: avro_value_t) throws -> Double {
        var result = 0.0
        try #require(value.iface.pointee.get_double(value.iface, value.`self`, &result) == 0)
        return result
    }

    private func float(_ value: avro_value_t) throws -> Float {
        if isNull(value) { return .nan }
        var result: Float = 0
        try #require(value.iface.pointee.get_float(value.iface, value.`self`, &result) == 0)
        return result
    }

    /// candid, and jd and magpsf of all rows, as libavro reads a file's first record.
    private func read(_ path: String) throws -> (candid: Int64, rows: [(jd: Double, magpsf: Float)]) {
        var reader: avro_file_reader_t?
        try #require(avro_file_reader(path, &reader) == 0)
        defer { avro_file_reader_close(reader) }
        let schema = avro_file_reader_get_writer_schema(reader)
        defer { avro_schema_decref(schema) }
        let record = avro_generic_class_from_schema(schema)
        defer { record?.pointee.decref_iface?(record) }
        var value = avro_value_t()
        try #require(avro_generic_value_new(record, &value) == 0)
        defer { avro_value_decref(&value) }
        try #require(avro_file_reader_read_value(reader, &value) == 0)
        var rows: [(jd: Double, magpsf: Float)] = []
        let history = try field(value, "prv_candidates")
        if !isNull(history) {
            var count = 0
            try #require(history.iface.pointee.get_size(history.iface, history.`self`, &count) == 0)
            for index in 0..<count {
                var row = avro_value_t()
                try #require(history.iface.pointee.get_by_index(history.iface, history.`self`, index, &row, nil) == 0)
                rows.append((try double(field(row, "jd")), try float(field(row, "magpsf"))))
            }
        }
        let candidate = try field(value, "candidate")
        rows.append((try double(field(candidate, "jd")), try float(field(candidate, "magpsf"))))
        return (try long(field(value, "candid")), rows)
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: ["alerts/ztf/raw/2.0", "alerts/ztf/raw/3.2", "alerts/ztf/raw/4.02", "alerts/ztf/nocutout"])
    func `libavro reads the same candid, and jd and magpsf of every row`(folder: String) throws {
        let decoder = AlertDecoder()
        for path in try sharedFiles(below: folder) {
            var batch = AlertBatch()
            _ = try AlertFile(path: path).readBlock(using: decoder, into: &batch)
            let alert = try #require(batch.alerts.first)
            let expected = try read(path)
            #expect(alert.candid == expected.candid)
            let rows = alert.observations.map { batch.detections[$0] }.filter { $0.origin != .forced }
            #expect(rows.map(\.jd) == expected.rows.map(\.jd))
            #expect(rows.map(\.magpsf.bitPattern) == expected.rows.map(\.magpsf.bitPattern))
        }
    }
}
