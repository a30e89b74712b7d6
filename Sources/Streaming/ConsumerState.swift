import CRdkafka
import Synchronization

/// A consumer's partitions and how far they are read: shared by its methods and by librdkafka's callbacks.
final class ConsumerState: Sendable {
    struct Progress {
        /// The next offset to be delivered; -1 before the first message of a partition that had no start offset.
        var position: Int64
        /// The partition's end when it was last reached; -1 before that.
        var end: Int64 = -1
    }

    private struct Values {
        var progress: [TopicPartition: Progress] = [:]
        /// Assigned, but without start offsets so far.
        var waiting: [TopicPartition] = []
        var isPaused = false
        var connectionError: StreamingError?
        var pendingError: StreamingError?
    }

    private let values = Mutex(Values())
    private let configuration: KafkaConfiguration
    private let handlers: ConsumerHandlers

    init(_ configuration: KafkaConfiguration, _ handlers: ConsumerHandlers) {
        self.configuration = configuration
        self.handlers = handlers
    }

    // MARK: - Errors

    var connectionError: StreamingError? { values.withLock { $0.connectionError } }

    /// The error to be thrown by the next poll, once.
    func takePendingError() -> StreamingError? {
        values.withLock { values in
            defer { values.pendingError = nil }
            return values.pendingError
        }
    }

    func note(_ error: StreamingError) {
        values.withLock { $0.pendingError = error }
    }

    /// librdkafka's error callback. It tells of each failed connection, then that no broker is left.
    func clientError(_ code: rd_kafka_resp_err_t, _ reason: String) {
        let error = StreamingError(code, operation: "reading", brokers: configuration.brokers, reason: reason)
        values.withLock { values in
            switch error {
            case .brokerUnreachable where code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
                // The failed connection's own words say more than "1/1 brokers are down".
                values.pendingError = values.connectionError ?? error
            case .brokerUnreachable:
                values.connectionError = error
            case .authenticationRefused:
                values.connectionError = error
                values.pendingError = error
            default:
                // A fatal error is read off the client by poll.
                if code != RD_KAFKA_RESP_ERR__FATAL { values.pendingError = error }
            }
        }
    }

    // MARK: - Partitions

    var partitions: [TopicPartition] { values.withLock { Array($0.progress.keys) } }

    var isAtEnd: Bool {
        values.withLock { values in
            !values.progress.isEmpty && values.waiting.isEmpty
                && values.progress.values.allSatisfy { $0.end >= 0 && $0.end >= $0.position }
        }
    }

    func position(of partition: TopicPartition) -> Int64? {
        values.withLock { values in
            values.progress[partition].flatMap { $0.position >= 0 ? $0.position : nil }
        }
    }

    func advance(_ nextOffsets: [(partition: TopicPartition, offset: Int64)]) {
        values.withLock { values in
            values.connectionError = nil
            for (partition, offset) in nextOffsets {
                values.progress[partition]?.position = offset
            }
        }
    }

    func reachedEnd(of partition: TopicPartition, at offset: Int64) {
        values.withLock { values in
            values.connectionError = nil
            values.progress[partition]?.end = offset
        }
    }

    func setPaused(_ isPaused: Bool) {
        values.withLock { $0.isPaused = isPaused }
    }

    // MARK: - Assignment

    /// librdkafka's rebalance callback, inside poll or close.
    func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let partitions = TopicPartitionList.partitions(of: list)
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            assign(partitions, client)
        } else {
            revoke(partitions, client, list)
        }
    }

    /// Asks again for the start offsets of partitions that wait for theirs.
    func assignWaiting(_ client: OpaquePointer) {
        let waiting = values.withLock { values in
            defer { values.waiting = [] }
            return values.waiting
        }
        if !waiting.isEmpty { assign(waiting, client) }
    }

    func assign(_ partitions: [TopicPartition], _ client: OpaquePointer) {
        let offsets: [TopicPartition: Int64]
        do {
            offsets = try handlers.startOffsets(partitions)
        } catch {
            values.withLock { values in
                values.waiting = partitions
                values.pendingError = .startOffsetsUnavailable(partitions: partitions, reason: "\(error)")
            }
            return
        }
        // Never the group's own committed offset: the owner's are the ones that count.
        let first = Int64(configuration.firstOffset == .earliest ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END)
        let list = TopicPartitionList(partitions.map { ($0, offsets[$0] ?? first) })
        let isPaused = values.withLock { values in
            if !Self.isCooperative(client) { values.progress = [:] }
            for partition in partitions {
                values.progress[partition] = Progress(position: offsets[partition] ?? -1)
            }
            return values.isPaused
        }
        if Self.isCooperative(client) {
            noteFailure(rd_kafka_incremental_assign(client, list.pointer))
        } else {
            noteFailure(rd_kafka_assign(client, list.pointer))
        }
        if isPaused { rd_kafka_pause_partitions(client, list.pointer) }
    }

    private func revoke(
        _ partitions: [TopicPartition], _ client: OpaquePointer,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        handlers.revoked(partitions, rd_kafka_assignment_lost(client) != 0)
        values.withLock { values in
            for partition in partitions {
                values.progress[partition] = nil
            }
            values.waiting.removeAll { partitions.contains($0) }
        }
        if Self.isCooperative(client) {
            noteFailure(rd_kafka_incremental_unassign(client, list))
        } else {
            noteFailure(rd_kafka_assign(client, nil))
        }
    }

    private static func isCooperative(_ client: OpaquePointer) -> Bool {
        rd_kafka_rebalance_protocol(client).map { String(cString: $0) == "COOPERATIVE" } ?? false
    }

    private func noteFailure(_ code: rd_kafka_resp_err_t) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        note(StreamingError(code, operation: "assigning partitions", brokers: configuration.brokers))
    }

    private func noteFailure(_ error: OpaquePointer?) {
        guard let error else { return }
        noteFailure(rd_kafka_error_code(error))
        rd_kafka_error_destroy(error)
    }
}
