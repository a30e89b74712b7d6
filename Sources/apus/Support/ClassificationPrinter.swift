import Alerts
import ArgumentParser
import AvroCoding
import Foundation
import LightCurves
import Pipeline

/// Writes what became of alerts to standard output, as a table, CSV or NDJSON.
struct ClassificationPrinter {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// One line an alert for people, skipped alerts with their reason.
        case table
        /// candid, objectId and one column a class; classified alerts only.
        case csv
        /// One JSON object a line; skipped alerts and damaged messages too.
        case ndjson
    }

    let format: Format
    let classes: [String]
    private var buffer: [UInt8] = []

    init(format: Format, classes: [String]) {
        self.format = format
        self.classes = classes
        switch format {
        case .table: add(row("candid", "object", "jd", "class", "probability") + "\n")
        case .csv: add((["candid", "objectId"] + classes.map(quoted)).joined(separator: ",") + "\n")
        case .ndjson: break
        }
    }

    /// Writes a batch's alerts in the order they were read.
    mutating func write(_ classifier: BatchClassifier) {
        var featureRow = 0
        for (index, alert) in classifier.alerts.alerts.enumerated() {
            if let reason = classifier.skips[index] {
                writeSkipped(alert, reason.name)
            } else {
                let first = featureRow * classes.count
                writeClassified(alert, classifier.probabilities[first..<(first + classes.count)])
                featureRow += 1
            }
        }
    }

    mutating func writeDamaged(_ name: String, _ error: AvroError) {
        guard format == .ndjson else { return }
        add(#"{"file":\#(json(name)),"error":\#(json(error.kind)),"detail":\#(json(error.description))}"# + "\n")
    }

    mutating func flush() {
        guard !buffer.isEmpty else { return }
        FileHandle.standardOutput.write(Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func writeSkipped(_ alert: Alert, _ reason: String) {
        let objectId = alert.objectId.description
        switch format {
        case .table: add(row("\(alert.candid)", objectId, day(alert.jd), "(\(reason))", "") + "\n")
        case .csv: break
        case .ndjson:
            add(#"{"candid":\#(alert.candid),"objectId":\#(json(objectId)),"jd":\#(number(alert.jd)),"skipped":"\#(reason)"}"# + "\n")
        }
    }

    private mutating func writeClassified(_ alert: Alert, _ probabilities: ArraySlice<Float>) {
        let objectId = alert.objectId.description
        let top = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? probabilities.startIndex
        let topClass = classes[top - probabilities.startIndex]
        switch format {
        case .table:
            add(row("\(alert.candid)", objectId, day(alert.jd), topClass, String(format: "%.3f", probabilities[top])) + "\n")
        case .csv:
            add("\(alert.candid),\(quoted(objectId))")
            for probability in probabilities { add(",\(probability)") }
            add("\n")
        case .ndjson:
            let pairs = zip(classes, probabilities).map { "\(json($0)):\($1)" }.joined(separator: ",")
            add(
                #"{"candid":\#(alert.candid),"objectId":\#(json(objectId)),"jd":\#(number(alert.jd)),"class":\#(json(topClass)),"#
                    + #""probabilities":{\#(pairs)}}"# + "\n")
        }
    }

    private mutating func add(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count > 1 << 16 { flush() }
    }

    private func row(_ candid: String, _ object: String, _ jd: String, _ topClass: String, _ probability: String) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let columns = padded(candid, 20) + padded(object, 14) + padded(jd, 15) + padded(topClass, 22) + probability
        return String(columns.reversed().drop { $0 == " " }.reversed())
    }

    private func day(_ jd: Double) -> String { String(format: "%.5f", jd) }

    /// A number as JSON has it; JSON knows no NaN.
    private func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

    /// A text as CSV has it (RFC 4180).
    private func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// A text as a JSON string (RFC 8259).
    private func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}": result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
