import Alerts

/// What the emissions of one record write to.
struct RecordSink: ~Copyable {
    /// Rows of the light curve in the packet's order, the alert's own candidate last.
    ///
    /// PERF: rows wait here for the end of the record and are appended together, since nine arrays' checks of owner and
    /// room for each row cost as much as decoding it. Forced photometry, which comes later in the packet and goes
    /// before them, needs the wait anyway.
    var history: [Detections.Row] = []
    var forced: [Detections.Row] = []
    /// Positions noted by marks, in the order of the bytes.
    var marks: [MarkedValue] = []

    /// Makes it ready for a record and keeps the memory.
    mutating func removeAll() {
        history.removeAll(keepingCapacity: true)
        forced.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
    }

    /// Appends the record's rows, forced photometry first, and says where they are.
    func copyRows(to detections: inout Detections) -> Range<Int> {
        let first = detections.count
        if !forced.isEmpty { detections.append(forced.span) }
        detections.append(history.span)
        return first..<detections.count
    }
}

/// Where a marked value lies in a record's bytes.
struct MarkedValue {
    let mark: Mark
    let position: Int
    let count: Int
}
