/// Topic, partition, offset and place within the message: how every table names where a row came from.
struct SourceColumns {
    private let topicId = ArrayColumn(.integer)
    private let partition = ArrayColumn(.integer)
    private let offset = ArrayColumn(.bigint)
    private let alertIndex = ArrayColumn(.integer)

    var all: [ArrayColumn] { [topicId, partition, offset, alertIndex] }

    func append(_ source: ResultBatch.Source) {
        topicId.append(source.topicId)
        partition.append(source.partition)
        offset.append(source.offset)
        alertIndex.append(source.alertIndex)
    }
}
