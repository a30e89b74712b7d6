/// How many alerts of a batch had which outcome, by partition and night: what the batch adds to `outcome_count`.
struct OutcomeCounts {
    enum Kind: UInt8 {
        case classified, skipped, quarantined

        var name: String {
            switch self {
            case .classified: "classified"
            case .skipped: "skipped"
            case .quarantined: "quarantined"
            }
        }
    }

    private struct Key: Hashable {
        let topicId: Int32
        let partition: Int32
        let night: Int32
        let kind: Kind
        /// Into `names`.
        let name: Int
    }

    private struct Sum {
        var alerts: Int64 = 0
        var probability = 0.0
    }

    private var sums: [Key: Sum] = [:]
    private var names: [String] = []
    private var places: [String: Int] = [:]

    private let topicId = ArrayColumn(.integer)
    private let partition = ArrayColumn(.integer)
    private let night = ArrayColumn(.date)
    private let kind = ArrayColumn(.text)
    private let name = ArrayColumn(.text)
    private let modelId = ArrayColumn(.integer)
    private let alerts = ArrayColumn(.bigint)
    private let probability = ArrayColumn(.double)

    static let upsert = Statement(
        name: "counting outcomes",
        sql: """
            INSERT INTO outcome_count AS o (topic_id, partition, night, kind, name, model_id, alerts, probability)
            SELECT * FROM unnest($1::integer[], $2::integer[], $3::date[], $4::text[], $5::text[], $6::integer[],
                $7::bigint[], $8::double precision[]) AS u(topic_id, partition, night, kind, name, model_id)
            ORDER BY topic_id, partition, night, kind, name, model_id
            ON CONFLICT (night, topic_id, partition, kind, name, model_id) DO UPDATE
            SET alerts = o.alerts + excluded.alerts, probability = o.probability + excluded.probability
            """)

    mutating func removeAll() {
        sums.removeAll(keepingCapacity: true)
    }

    /// - Parameters:
    ///   - name: the class or the reason.
    ///   - alerts: negative to take something back.
    mutating func add(
        _ kind: Kind, _ name: String, _ source: ResultBatch.Source, night: Int32, probability: Float = 0,
        alerts: Int64 = 1
    ) {
        let key = Key(
            topicId: source.topicId, partition: source.partition, night: night, kind: kind, name: place(of: name))
        sums[key, default: Sum()].alerts += alerts
        if probability > 0 { sums[key, default: Sum()].probability += Double(probability) }
    }

    /// Alerts of one kind, by name.
    func byName(_ kind: Kind) -> [String: Int] {
        var result: [String: Int] = [:]
        for (key, sum) in sums where key.kind == kind { result[names[key.name], default: 0] += Int(sum.alerts) }
        return result
    }

    /// Nil when there is nothing to add.
    func parameters(modelId model: Int32) -> [Parameter]? {
        guard !sums.isEmpty else { return nil }
        let columns = [topicId, partition, night, kind, name, modelId, alerts, probability]
        for column in columns { column.removeAll() }
        for (key, sum) in sums {
            topicId.append(key.topicId)
            partition.append(key.partition)
            night.append(key.night)
            kind.append(key.kind.name)
            name.append(names[key.name])
            modelId.append(key.kind == .classified ? model : 0)
            alerts.append(sum.alerts)
            probability.appendKnown(sum.probability)
        }
        return columns.map { .array($0) }
    }

    private mutating func place(of name: String) -> Int {
        if let place = places[name] { return place }
        places[name] = names.count
        names.append(name)
        return names.count - 1
    }
}
