import CRdkafka
import Streaming
import Testing

/// librdkafka's own imitation of a broker, for faults that a real one can't be made to have.
final class MockCluster {
    /// Numbers of Kafka's protocol.
    static let fetch: Int16 = 1

    private let client: OpaquePointer
    private let cluster: OpaquePointer
    let configuration: KafkaConfiguration

    /// One broker, and one topic with one partition.
    init(topic: String) throws {
        let quiet = rd_kafka_conf_new()
        rd_kafka_conf_set(quiet, "log_level", "2", nil, 0)
        client = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, quiet, nil, 0))
        cluster = try #require(rd_kafka_mock_cluster_new(client, 1))
        #expect(rd_kafka_mock_topic_create(cluster, topic, 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR)
        configuration = KafkaConfiguration(
            brokers: String(cString: try #require(rd_kafka_mock_cluster_bootstraps(cluster))), topics: [topic],
            settings: [("reconnect.backoff.max.ms", "200"), ("topic.metadata.refresh.interval.ms", "1000")])
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    func setUp(_ isUp: Bool) {
        let code = isUp ? rd_kafka_mock_broker_set_up(cluster, 1) : rd_kafka_mock_broker_set_down(cluster, 1)
        #expect(code == RD_KAFKA_RESP_ERR_NO_ERROR)
    }

    /// The next requests of this kind are answered with an error.
    func fail(_ request: Int16, _ code: rd_kafka_resp_err_t, times: Int) {
        let codes = [rd_kafka_resp_err_t](repeating: code, count: times)
        rd_kafka_mock_push_request_errors_array(cluster, request, times, codes)
    }

    func send(_ payloads: [UInt8]...) throws {
        let producer = try Producer(configuration)
        for payload in payloads {
            try producer.produce(topic: configuration.topics[0], partition: 0, payload: payload)
        }
        try producer.flush(timeoutMs: 10_000)
    }
}
