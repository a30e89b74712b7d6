import Alerts
public import AvroCoding
import Foundation

/// Writes a simulated stream into a folder: Avro container files, and `labels.csv` with the truth about every alert.
///
/// One alert a file gives `<candid>.avro`, the messages of `SimulatedStream`, damage included. More alerts a file gives
/// `alerts-000001.avro` and so on, in order of time. `labels.csv` has the columns candid, objectId, label, damage. The
/// bytes depend on the configuration and on the options here only (see `Simulator` about platforms).
public struct SimulationWriter: Sendable {
    public struct Summary: Sendable, Equatable {
        public var alertCount = 0
        public var fileCount = 0
        /// Bytes of the Avro files together.
        public var byteCount: UInt64 = 0
        /// Damaged packets, in the order of `PacketDamage.Kind.allCases`.
        public var damageCounts = Array(repeating: 0, count: PacketDamage.Kind.allCases.count)
    }

    public var folder: String
    public var alertsPerFile: Int
    /// Of files with several alerts; a file of one alert is a stream's message and never compressed.
    public var codec: ContainerWriter.Codec

    public static let labelsFile = "labels.csv"
    /// Bytes gathered before they go to the file.
    private static let flushBytes = 1 << 20

    public init(folder: String, alertsPerFile: Int = 1, codec: ContainerWriter.Codec = .null) {
        self.folder = folder
        self.alertsPerFile = alertsPerFile
        self.codec = codec
    }

    /// Writes all of it; the folder is made when it is absent and has to be empty when it is there.
    ///
    /// Damaged packets need one alert a file, because damage inside a file would take its other alerts along.
    ///
    /// - Parameter progress: called with the number of alerts written so far.
    public func write(
        _ configuration: SimulatorConfiguration, progress: (Int) -> Void = { _ in }
    ) throws(WorkloadError) -> Summary {
        guard alertsPerFile >= 1 else {
            throw .invalidConfiguration(name: "alertsPerFile", value: "\(alertsPerFile)", reason: "must be at least 1")
        }
        guard alertsPerFile == 1 || configuration.badPacketFraction == 0 else {
            throw .invalidConfiguration(
                name: "badPacketFraction", value: "\(configuration.badPacketFraction)",
                reason: "damaged packets need one alert a file, not \(alertsPerFile)")
        }
        try prepareFolder()
        let labels = try OutputFile(path: folder + "/" + Self.labelsFile)
        try labels.write("candid,objectId,label,damage\n")
        let summary =
            alertsPerFile == 1
            ? try writeMessages(configuration, labels, progress)
            : try writeContainers(configuration, labels, progress)
        try labels.close()
        return summary
    }

    private func prepareFolder() throws(WorkloadError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            guard try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty else {
                throw WorkloadError.unwritable(path: folder, reason: "the folder is not empty; name a new one")
            }
        } catch let error as WorkloadError {
            throw error
        } catch {
            throw .unwritable(path: folder, reason: error.localizedDescription)
        }
    }

    private func writeMessages(
        _ configuration: SimulatorConfiguration, _ labels: OutputFile, _ progress: (Int) -> Void
    ) throws(WorkloadError) -> Summary {
        var stream = try SimulatedStream(configuration: configuration)
        var summary = Summary()
        var bytes: [UInt8] = []
        while let message = try stream.next(into: &bytes) {
            let file = try OutputFile(path: "\(folder)/\(message.candid).avro")
            try file.write(bytes)
            try file.close()
            let damage = message.damage?.label ?? ""
            try labels.write("\(message.candid),\(message.objectId),\(message.kind.label),\(damage)\n")
            summary.alertCount += 1
            summary.byteCount += file.byteCount
            progress(summary.alertCount)
        }
        summary.fileCount = summary.alertCount
        summary.damageCounts = stream.damage.counts
        return summary
    }

    private func writeContainers(
        _ configuration: SimulatorConfiguration, _ labels: OutputFile, _ progress: (Int) -> Void
    ) throws(WorkloadError) -> Summary {
        var simulator = try Simulator(configuration: configuration)
        var encoder = AlertEncoder(publisher: SimulatedStream.publisher, schemaVersion: SimulatedStream.schemaVersion)
        var summary = Summary()
        while summary.alertCount < configuration.alertCount {
            summary.fileCount += 1
            let number = String(summary.fileCount)
            let padded = String(repeating: "0", count: max(0, 6 - number.count)) + number
            let file = try OutputFile(path: "\(folder)/alerts-\(padded).avro")
            // A marker of its own for each file, as the format asks for.
            var writer = ContainerWriter(
                schema: ZTFSchema.simulated, codec: codec, seed: configuration.seed &+ UInt64(summary.fileCount))
            summary.alertCount += try writeContainer(file, &writer, &simulator, &encoder, labels)
            try file.close()
            summary.byteCount += file.byteCount
            progress(summary.alertCount)
        }
        return summary
    }

    /// Writes one file; returns its number of alerts.
    private func writeContainer(
        _ file: OutputFile, _ writer: inout ContainerWriter, _ simulator: inout Simulator,
        _ encoder: inout AlertEncoder, _ labels: OutputFile
    ) throws(WorkloadError) -> Int {
        var batch = AlertBatch()
        var body: [UInt8] = []
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        var count = 0
        while count < alertsPerFile {
            batch.removeAll()
            guard let kind = simulator.next(into: &batch), let alert = batch.alerts.last else { break }
            try encode { () throws(AvroError) in
                try encoder.encodeBody(alert, batch.detections, into: &body)
                try writer.append(body, to: &bytes)
            }
            try labels.write("\(alert.candid),\(alert.objectId),\(kind.label),\n")
            count += 1
            if bytes.count >= Self.flushBytes {
                try file.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try encode { () throws(AvroError) in try writer.finish(to: &bytes) }
        try file.write(bytes)
        return count
    }

    private func encode(_ body: () throws(AvroError) -> Void) throws(WorkloadError) {
        do {
            try body()
        } catch {
            throw .encoding(reason: "\(error)")
        }
    }
}
