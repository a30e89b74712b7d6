import CRdkafka

/// A reference to one of librdkafka's queues. Whoever made it destroys it, before the client goes.
// SAFETY: librdkafka's queues may be used from any thread.
struct KafkaQueue: @unchecked Sendable {
    let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    func destroy() {
        rd_kafka_queue_destroy(pointer)
    }
}
