import Alerts

/// What the emissions of one record write to.
struct RecordSink: ~Copyable {
    /// Rows of `prv_candidates` that wait until the forced photometry, which comes later in the packet and goes before
    /// them, is read.
    var waiting: [Detections.Row] = []
    var keepsWaiting = false
    /// Positions noted by marks, in the order of the bytes.
    var marks: [MarkedValue] = []
    /// The batch's row count when the record began.
    var firstRow = 0
}

/// Where a marked value lies in a record's bytes.
struct MarkedValue {
    let mark: Mark
    let position: Int
    let count: Int
}
