import CRdkafka

/// One line of librdkafka's own log.
public struct KafkaLogLine: Sendable {
    /// As syslog counts: 3 error, 4 warning, 5 notice, 6 information, 7 debug.
    public let level: Int32
    /// librdkafka's name for the kind of event, such as `FAIL` or `CONFWARN`.
    public let facility: String
    public let text: String
}

/// What librdkafka calls back; the closures of one client. `log` comes from librdkafka's threads, the others from the
/// thread that polls, flushes or closes.
final class KafkaCallbacks: Sendable {
    typealias Rebalance =
        @Sendable (_ client: OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?)
        -> Void

    let log: (@Sendable (KafkaLogLine) -> Void)?
    let error: @Sendable (rd_kafka_resp_err_t, String) -> Void
    let statistics: (@Sendable (String) -> Void)?
    let rebalance: Rebalance?
    let delivery: (@Sendable (rd_kafka_resp_err_t) -> Void)?

    init(
        log: (@Sendable (KafkaLogLine) -> Void)?, error: @escaping @Sendable (rd_kafka_resp_err_t, String) -> Void,
        statistics: (@Sendable (String) -> Void)? = nil, rebalance: Rebalance? = nil,
        delivery: (@Sendable (rd_kafka_resp_err_t) -> Void)? = nil
    ) {
        self.log = log
        self.error = error
        self.statistics = statistics
        self.rebalance = rebalance
        self.delivery = delivery
    }

    /// The object behind librdkafka's opaque pointer, which `KafkaHandle` retains for as long as the client lives.
    static func behind(_ opaque: UnsafeMutableRawPointer?) -> KafkaCallbacks? {
        // SAFETY: the only opaque pointer ever set is the one that KafkaHandle.init makes, of this class.
        opaque.map { Unmanaged<KafkaCallbacks>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// Owns one librdkafka client; message batches keep it alive, because their messages must go before it does.
// SAFETY: librdkafka's handles may be used from any thread, and the stored properties never change.
final class KafkaHandle: @unchecked Sendable {
    let client: OpaquePointer
    private let callbacks: Unmanaged<KafkaCallbacks>

    init(
        _ type: rd_kafka_type_t, settings: [(name: String, value: String)], callbacks: KafkaCallbacks
    ) throws(StreamingError) {
        let configuration = rd_kafka_conf_new()
        let retained = Unmanaged.passRetained(callbacks)
        do throws(StreamingError) {
            for (name, value) in settings {
                try Self.set(configuration, name, value)
            }
        } catch {
            rd_kafka_conf_destroy(configuration)
            retained.release()
            throw error
        }
        rd_kafka_conf_set_opaque(configuration, retained.toOpaque())
        Self.setCallbacks(configuration, callbacks)
        var reason = [CChar](repeating: 0, count: 512)
        // rd_kafka_new takes the configuration over, but only when it succeeds.
        guard let client = rd_kafka_new(type, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            retained.release()
            throw .invalidConfiguration(reason: Self.text(reason))
        }
        self.client = client
        self.callbacks = retained
    }

    deinit {
        // A consumer has left its group by its own close; here only threads and memory go.
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        callbacks.release()
    }

    /// The fatal error that the client has raised, if it has.
    var fatalError: StreamingError? {
        var reason = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(client, &reason, reason.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return .fatal(code: code.rawValue, name: StreamingError.name(of: code), reason: Self.text(reason))
    }

    static func set(_ configuration: OpaquePointer?, _ name: String, _ value: String) throws(StreamingError) {
        var reason = [CChar](repeating: 0, count: 512)
        guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
            let isSecret = ["password", "secret", "pem", "oauthbearer.config"].contains { name.contains($0) }
            throw .invalidSetting(
                name: name, value: isSecret ? "(not shown)" : value,
                reason: isSecret ? "not a value of this setting" : text(reason))
        }
    }

    // A C function pointer captures nothing: each callback finds its closures behind the client's opaque pointer.
    private static func setCallbacks(_ configuration: OpaquePointer?, _ callbacks: KafkaCallbacks) {
        rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
            guard let log = KafkaCallbacks.behind(rd_kafka_opaque(client))?.log, let facility, let text else { return }
            log(KafkaLogLine(level: level, facility: String(cString: facility), text: String(cString: text)))
        }
        rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
            KafkaCallbacks.behind(opaque)?.error(
                rd_kafka_resp_err_t(rawValue: code), reason.map { String(cString: $0) } ?? "")
        }
        if callbacks.statistics != nil {
            rd_kafka_conf_set_stats_cb(configuration) { _, json, length, opaque in
                if let json {
                    let bytes = UnsafeRawBufferPointer(start: json, count: length)
                    KafkaCallbacks.behind(opaque)?.statistics?(String(decoding: bytes, as: UTF8.self))
                }
                return 0 // librdkafka frees the text
            }
        }
        if callbacks.rebalance != nil {
            rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
                guard let client else { return }
                KafkaCallbacks.behind(opaque)?.rebalance?(client, code, partitions)
            }
        }
        if callbacks.delivery != nil {
            rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message else { return }
                KafkaCallbacks.behind(opaque)?.delivery?(message.pointee.err)
            }
        }
    }

    /// The text in a C buffer, up to its null byte.
    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
