public import Alerts

/// A container file of alerts, read block by block, so that a large file needs memory for one block only.
///
/// Not Sendable: one thread reads it.
public final class AlertFile {
    private let file: MappedFile
    private let header: ContainerHeader
    private var position: Int

    /// Maps a file and reads its header.
    public init(path: String) throws(AvroError) {
        file = try MappedFile(path: path)
        header = try ContainerHeader(file.bytes)
        position = header.sync.upperBound
    }

    /// Appends the alerts of the next block, 0 or more; nil at the end of the file.
    ///
    /// On error the batch is left as it was, and the next call meets the same block again.
    public func readBlock(using decoder: AlertDecoder, into batch: inout AlertBatch) throws(AvroError) -> Int? {
        let alertCount = batch.alerts.count
        let rowCount = batch.detections.count
        do throws(AvroError) {
            guard let block = try ContainerBlock(file.bytes, at: position, header: header) else { return nil }
            let plan = try decoder.plan(file.bytes, header)
            try decoder.decode(block, of: file.bytes, codec: header.codec, plan, into: &batch)
            position = block.end
            return batch.alerts.count - alertCount
        } catch {
            batch.truncate(alerts: alertCount, detections: rowCount)
            throw error
        }
    }

    /// The schema's JSON text as the file has it.
    public var schemaJSON: [UInt8] {
        [UInt8](file.bytes[header.schema])
    }

    /// How much of the file has been read, 0 to 1.
    public var fractionRead: Double {
        Double(position) / Double(max(1, file.bytes.count))
    }
}
