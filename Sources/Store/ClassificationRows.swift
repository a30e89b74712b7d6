#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The rows that a batch adds to `classification`.
struct ClassificationRows {
    private let rows = CopyRows(fields: 8)
    private let classes: [[UInt8]]

    static let copy = Statement(
        name: "copying classifications",
        sql: """
            COPY classification (candid, night, model_id, batch_id, top_class, top_probability, entropy, probabilities)
            FROM STDIN (FORMAT binary)
            """)

    init(classes: [String]) {
        self.classes = classes.map { Array($0.utf8) }
    }

    var isEmpty: Bool { rows.count == 0 }
    var encoded: CopyRows { rows }

    func removeAll() {
        rows.removeAll()
    }

    /// - Parameter row: as many probabilities as there are classes.
    /// - Returns: the place of the highest one.
    func append(
        candid: Int64, night: Int32, modelId: Int32, batchId: Int64, _ row: UnsafeBufferPointer<Float>
    ) -> Int {
        var best = 0
        var sum = 0.0
        for (index, probability) in row.enumerated() {
            if probability > row[best] || row[best].isNaN { best = index }
            if probability > 0 { sum -= Double(probability) * log(Double(probability)) }
        }
        rows.beginRow()
        rows.append(candid)
        rows.append(night)
        rows.append(modelId)
        rows.append(batchId)
        classes[best].withUnsafeBytes { rows.append(bytes: $0) }
        rows.append(row[best])
        rows.append(Float(sum))
        rows.append(reals: row)
        return best
    }
}
