#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h> // the tests inject faults with it

// rd_kafka_producev is variadic, which Swift cannot call. A null key or payload is sent as null; both are copied.
static inline rd_kafka_resp_err_t apus_kafka_produce(rd_kafka_t *rk, const char *topic, int32_t partition,
                                                     const void *key, size_t key_length, const void *payload,
                                                     size_t length, int64_t timestamp_ms) {
    return rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY((void *)key, key_length),
                             RD_KAFKA_V_VALUE((void *)payload, length), RD_KAFKA_V_TIMESTAMP(timestamp_ms),
                             RD_KAFKA_V_END);
}
