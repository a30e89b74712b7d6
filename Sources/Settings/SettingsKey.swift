/// One key of the configuration: its dotted name and how its text becomes a value.
struct SettingsKey: Sendable {
    static let environmentPrefix = "APUS_"
    /// The section whose keys are librdkafka's own and therefore not listed here.
    static let passThroughSection = "librdkafka"

    let name: String
    let expected: String
    /// The value may hold a password and is not shown in an error.
    var isSecret = false
    /// Several values; in an environment variable they are separated by commas.
    var isList = false
    /// False when the text is not a value of this key.
    let assign: @Sendable (_ text: [String], _ settings: inout Settings) -> Bool

    static let all: [SettingsKey] = [
        text("kafka.brokers") { $0.kafka.brokers = $1 },
        SettingsKey(name: "kafka.topics", expected: "a topic name or a list of them", isList: true) { text, settings in
            settings.kafka.topics = text
            return !text.contains("")
        },
        text("kafka.group") { $0.kafka.group = $1 },
        text("database.connection", isSecret: true) { $0.database.connection = $1 },
        text("model.path") { $0.model.path = $1 },
        choice("model.engine", ["auto", "int8", "float", "reference"]) { $0.model.engine = $1 },
        choice("model.grid_engine", ["lanes", "plain"]) { $0.model.gridEngine = $1 },
        cut("selection.min_detections", 0...100_000) { $0.selection.minimumDetections = $1 },
        cut("selection.max_detections", 1...100_000) { $0.selection.maximumDetections = $1 },
        cut("selection.max_age_days", 0...100_000) { $0.selection.maximumAgeDays = $1 },
        cut("selection.min_real_bogus", 0...1) { $0.selection.minimumRealBogus = $1 },
        cut("selection.star_score", 0...1) { $0.selection.starScore = $1 },
        cut("selection.min_variation", 0...1_000_000) { $0.selection.minimumVariation = $1 },
        choice("selection.solar_system", ["preset", "skip", "keep"]) {
            $0.selection.skipsSolarSystem = $1 == "preset" ? nil : $1 == "skip"
        },
        optional("schemas.folder") { $0.schemas.folder = $1 },
        SettingsKey(name: "schemas.files", expected: "id=path or a list of them", isList: true) { text, settings in
            guard text != [""] else { return true }
            for entry in text {
                let parts = entry.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let id = Int32(parts[0]), id > 0 else { return false }
                settings.schemas.files[id] = String(parts[1])
            }
            return true
        },
        optional("schemas.registry", isSecret: true) { $0.schemas.registry = $1 },
        optional("schemas.user") { $0.schemas.user = $1 },
        optional("schemas.password", isSecret: true) { $0.schemas.password = $1 },
        optional("schemas.cache") { $0.schemas.cache = $1 },
        whole("schemas.wait_unknown_ms", 0...3_600_000) { $0.schemas.waitUnknownMs = $1 },
        whole("schemas.timeout_ms", 1...600_000) { $0.schemas.timeoutMs = $1 },
        whole("pipeline.workers", 0...1024) { $0.pipeline.workers = $1 },
        whole("pipeline.batch_messages", 1...100_000) { $0.pipeline.batchMessages = $1 },
        whole("pipeline.linger_ms", 0...60_000) { $0.pipeline.lingerMs = $1 },
        whole("pipeline.queue_batches", 1...1024) { $0.pipeline.queueBatches = $1 },
        whole("pipeline.drain_timeout_ms", 0...3_600_000) { $0.pipeline.drainTimeoutMs = $1 },
        choice("log.level", ["trace", "debug", "info", "notice", "warning", "error", "critical"]) { $0.log.level = $1 },
        whole("log.status_interval_ms", 0...3_600_000) { $0.log.statusIntervalMs = $1 },
    ]

    /// A text that may be empty, which means that there is none.
    private static func optional(
        _ name: String, isSecret: Bool = false, _ assign: @escaping @Sendable (inout Settings, String) -> Void
    ) -> SettingsKey {
        SettingsKey(name: name, expected: "a text", isSecret: isSecret) { text, settings in
            guard text.count == 1 else { return false }
            assign(&settings, text[0])
            return true
        }
    }

    private static func text(
        _ name: String, isSecret: Bool = false, _ assign: @escaping @Sendable (inout Settings, String) -> Void
    ) -> SettingsKey {
        SettingsKey(name: name, expected: "a text that is not empty", isSecret: isSecret) { text, settings in
            guard text.count == 1, !text[0].isEmpty else { return false }
            assign(&settings, text[0])
            return true
        }
    }

    private static func whole(
        _ name: String, _ range: ClosedRange<Int>, _ assign: @escaping @Sendable (inout Settings, Int) -> Void
    ) -> SettingsKey {
        SettingsKey(name: name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            text, settings in
            guard text.count == 1, let value = Int(text[0]), range.contains(value) else { return false }
            assign(&settings, value)
            return true
        }
    }

    /// `preset`, `off` or a number.
    private static func cut<Value: LosslessStringConvertible & Comparable & Sendable>(
        _ name: String, _ range: ClosedRange<Value>, _ assign: @escaping @Sendable (inout Settings, Settings.Cut<Value>) -> Void
    ) -> SettingsKey {
        SettingsKey(name: name, expected: "preset, off or a number from \(range.lowerBound) to \(range.upperBound)") {
            text, settings in
            guard text.count == 1 else { return false }
            switch text[0] {
            case "preset": assign(&settings, .preset)
            case "off": assign(&settings, .off)
            default:
                guard let value = Value(text[0]), range.contains(value) else { return false }
                assign(&settings, .limit(value))
            }
            return true
        }
    }

    private static func choice(
        _ name: String, _ values: [String], _ assign: @escaping @Sendable (inout Settings, String) -> Void
    ) -> SettingsKey {
        SettingsKey(name: name, expected: "one of " + values.joined(separator: ", ")) { text, settings in
            guard text.count == 1, values.contains(text[0]) else { return false }
            assign(&settings, text[0])
            return true
        }
    }

    /// The known key that differs from `name` in the fewest letters, when that is few enough to be a slip.
    static func nearest(to name: String) -> String? {
        let candidates = all.map { (key: $0.name, distance: editDistance(name, $0.name)) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(3, name.count / 2) ? best.key : nil
    }

    /// Levenshtein's distance: insertions, deletions and substitutions that turn one text into the other.
    static func editDistance(_ first: String, _ second: String) -> Int {
        let target = Array(second)
        var previous = Array(0...target.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in target.enumerated() {
                current.append(
                    min(previous[column] + (letter == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[target.count]
    }
}
