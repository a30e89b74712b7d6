import Alerts
import AvroCoding
import Workload

/// Looks for one alert in files, folders and archives.
struct AlertFinder {
    enum Choice {
        case first
        case candid(Int64)
        /// The alert of the object with the greatest jd.
        case newest(ObjectId)
    }

    /// A message and the place of the alert among those it holds.
    struct Found {
        var message: [UInt8]
        var index: Int
        var jd: Double
    }

    let choice: Choice
    let decoder: AlertDecoder
    private(set) var alertsRead = 0
    /// Files and messages that could not be read or decoded.
    private(set) var failures = 0

    init(_ choice: Choice, decoder: AlertDecoder) {
        self.choice = choice
        self.decoder = decoder
    }

    /// Reads until no better alert can come; nil when there is none.
    mutating func find(in paths: [String]) throws -> Found? {
        var source = try AlertSource(paths: paths)
        var batch = AlertBatch()
        var message: [UInt8] = []
        var found: Found?
        var progress = Progress("alerts")
        defer { progress.finish() }
        while true {
            do throws(WorkloadError) {
                guard try source.next(into: &message) else { return found }
            } catch {
                failures += 1
                note("\(error)")
                continue
            }
            batch.removeAll()
            do throws(AvroError) {
                alertsRead += try decoder.decode(message.span.bytes, into: &batch)
                progress.update(alertsRead)
            } catch {
                if error.isRetriable { throw error }
                failures += 1
                note("\(source.origin): \(error)")
                continue
            }
            for (index, alert) in batch.alerts.enumerated() {
                switch choice {
                case .first:
                    return Found(message: message, index: index, jd: alert.jd)
                case .candid(let candid):
                    if alert.candid == candid { return Found(message: message, index: index, jd: alert.jd) }
                case .newest(let objectId):
                    guard alert.objectId == objectId, alert.jd > found?.jd ?? -.infinity else { continue }
                    found = Found(message: message, index: index, jd: alert.jd)
                }
            }
        }
    }
}
