import Alerts
import Store
import Testing

struct ResultWriterTests {
    @Test func whatIsWrittenIsReadBackExactly() throws {
        let database = try Database()
        let claim = try database.claim()
        var alert = makeAlert(2_345_678_901_234_567_890, objectId: ObjectId("ZTF26aaaaaaa"))
        alert.magpsf = 18.123_456
        let row: [Float] = [0.1, 0.7, 0.2]
        var batch = ResultBatch(claim, 41..<43)
        batch.classify(alert, claim, 42, row)
        batch.receivedAtMs = 1_795_500_000_011
        let summary = try database.writer().write(batch)
        #expect(summary.classified == 1 && summary.consumed == 1)

        let stored = try database.connection.query(
            """
            SELECT a.*, extract(epoch FROM a.broker_timestamp) * 1000 AS timestamp_ms, c.top_class, c.top_probability,
                c.entropy,
                c.probabilities[1] AS p1, c.probabilities[2] AS p2, c.probabilities[3] AS p3, c.model_id,
                extract(epoch FROM b.received_at) * 1000 AS received_ms, b.decoded_at, b.committed_at > now() AS future
            FROM alert a JOIN classification c USING (candid) JOIN batch b ON b.id = c.batch_id
            """)
        #expect(stored.rows.count == 1)
        #expect(stored[0, "candid"] == "2345678901234567890")
        #expect(stored[0, "object_id"] == "ZTF26aaaaaaa")
        for (column, value) in [("jd", alert.jd), ("ra", alert.ra), ("dec", alert.dec)] {
            #expect(stored[0, column].flatMap { Double($0) }?.bitPattern == value.bitPattern)
        }
        for (column, value) in [
            ("magpsf", alert.magpsf), ("sigmapsf", alert.sigmapsf), ("rb", alert.rb), ("drb", alert.drb),
            ("p1", row[0]), ("p2", row[1]), ("p3", row[2]), ("top_probability", row[1]),
        ] {
            #expect(stored[0, column].flatMap { Float($0) }?.bitPattern == value.bitPattern, "\(column)")
        }
        #expect(stored[0, "top_class"] == "TDE")
        // -(0.1 ln 0.1 + 0.7 ln 0.7 + 0.2 ln 0.2)
        let entropy = try #require(stored[0, "entropy"].flatMap { Double($0) })
        #expect(abs(entropy - 0.801_818_6) < 1e-6)
        #expect(stored[0, "night"] == "2026-11-24")
        #expect(stored[0, "band"] == "g")
        #expect(stored[0, "n_detections"] == "\(alert.observations.count)")
        #expect(stored[0, "kafka_offset"] == "42")
        #expect(stored[0, "timestamp_ms"] == "1795500000042.000000")
        #expect(stored[0, "received_ms"] == "1795500000011.000000")
        #expect(stored[0, "decoded_at"] == nil)
        #expect(stored[0, "future"] == "f")
        #expect(stored[0, "model_id"] == "\(database.modelId)")
    }

    @Test func whatASurveyDoesNotHaveIsNull() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<1)
        let alert = Alert(survey: .lsst, candid: 1, objectId: ObjectId(77), jd: .nan, band: .y)
        batch.append(
            alert,
            from: ResultBatch.Source(
                topicId: claim.topicId, partition: 0, offset: 0, alertIndex: 0, timestampMs: -1),
            outcome: .skipped("no_jd"))
        _ = try database.writer().write(batch)
        let nulls = try database.connection.query(
            """
            SELECT num_nulls(jd, ra, dec, magpsf, sigmapsf, rb, drb, ndethist, broker_timestamp), survey,
                isdiffpos, band
            FROM alert
            """)
        #expect(nulls.rows == [["9", "2", "0", "y"]])
    }

    @Test func extremeFloatsKeepTheirBits() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<1)
        var alert = makeAlert(0)
        alert.candid = .min
        alert.ra = -0.0
        alert.dec = .leastNonzeroMagnitude
        alert.jd = .greatestFiniteMagnitude
        alert.magpsf = .infinity
        alert.sigmapsf = .leastNonzeroMagnitude
        batch.classify(alert, claim, 0, [.leastNonzeroMagnitude, .nan, -0.0])
        _ = try database.writer().write(batch)
        let stored = try database.connection.query(
            """
            SELECT *, probabilities[1] AS p1, probabilities[2] AS p2, probabilities[3] AS p3
            FROM alert JOIN classification USING (candid)
            """)
        #expect(stored[0, "candid"] == "\(Int64.min)")
        #expect(stored[0, "night"] == "-infinity")
        #expect(stored[0, "ra"] == "-0")
        #expect(stored[0, "dec"].flatMap { Double($0) } == .leastNonzeroMagnitude)
        #expect(stored[0, "jd"].flatMap { Double($0) } == .greatestFiniteMagnitude)
        #expect(stored[0, "magpsf"] == "Infinity")
        #expect(stored[0, "sigmapsf"].flatMap { Float($0) } == .leastNonzeroMagnitude)
        #expect(stored[0, "p1"].flatMap { Float($0) } == .leastNonzeroMagnitude)
        #expect(stored[0, "p2"] == "NaN")
        #expect(stored[0, "top_class"] == "SNIa")
        #expect(stored[0, "p3"] == "-0")
    }

    @Test func aProbabilityThatIsNaNIsNeverTheTopOne() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<1)
        batch.classify(makeAlert(1), claim, 0, [.nan, 0.25, 0.75])
        _ = try database.writer().write(batch)
        let stored = try database.connection.query("SELECT top_class, top_probability FROM classification")
        #expect(stored.rows == [["AGN", "0.75"]])
    }

    @Test func theFirstOfSeveralAlertsWithOneCandidIsStored() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<3)
        batch.classify(makeAlert(5, objectId: ObjectId("first")), claim, 0, [1, 0, 0])
        batch.classify(makeAlert(5, objectId: ObjectId("second")), claim, 1, [0, 1, 0])
        batch.skip(makeAlert(5, objectId: ObjectId("third")), claim, 2, "too_few_points")
        let summary = try database.writer().write(batch)
        #expect(summary.classified == 1 && summary.skipped == 2 && summary.duplicates == 2)
        let stored = try database.connection.query(
            "SELECT object_id, top_class FROM alert JOIN classification USING (candid)")
        #expect(stored.rows == [["first", "SNIa"]])
        let skips = try database.connection.query("SELECT kafka_offset, reason FROM skip ORDER BY kafka_offset")
        #expect(skips.rows == [["1", "duplicate"], ["2", "duplicate"]])
        #expect(try database.closes())
    }

    @Test func anAlertStoredFromAnotherOffsetIsADuplicate() throws {
        let database = try Database()
        let writer = try database.writer()
        let first = try database.claim("alerts", 0)
        let second = try database.claim("alerts", 1)
        _ = try writer.write(ResultBatch(first, 0..<8) { $0 })
        let summary = try writer.write(ResultBatch(second, 100..<116) { $0 - 100 })
        #expect(summary.duplicates == 8 && summary.consumed == 16)
        #expect(try database.count("alert") == 16)
        let account = try Account(from: database.connection)
        #expect(try account.closes && Account.mismatches(in: database.connection).isEmpty)
        #expect(account.partitions.map(\.duplicates) == [0, 8])
        #expect(account.partitions.map(\.consumed) == [8, 16])
    }

    @Test func severalAlertsOfOneMessageAreToldApart() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<1)
        for index in 0..<10 {
            batch.skip(makeAlert(Int64(index)), claim, 0, "too_few_points", index: Int32(index))
        }
        #expect(try database.writer().write(batch).skipped == 10)
        #expect(try database.closes())
    }

    @Test func twentyThousandAlertsAreOneTransaction() throws {
        let database = try Database()
        let claim = try database.claim()
        let summary = try database.writer().write(ResultBatch(claim, 0..<20_000) { $0 % 19_000 })
        #expect(summary.duplicates == 1000)
        #expect(summary.consumed == 20_000)
        #expect(try database.count("alert") == 19_000)
        #expect(try database.count("(SELECT DISTINCT xmin FROM alert) AS transactions") == 1)
        #expect(try database.closes())
    }

    @Test func aQuarantinedMessageKeepsItsBytesUpToTheLimit() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<3)
        batch.quarantine(claim, 0, detail: "bad\0detail '; DROP TABLE alert; --", payload: [0, 1, 255])
        batch.quarantine(claim, 1, detail: "", payload: [])
        batch.quarantine(claim, 2, detail: "large", payload: Array(repeating: 7, count: ResultBatch.payloadLimit + 5))
        let summary = try database.writer().write(batch)
        #expect(summary.quarantined == 3 && summary.consumed == 3)
        let stored = try database.connection.query(
            """
            SELECT detail, payload_length, length(payload) AS kept, encode(substr(payload, 1, 3), 'hex') AS start,
                alert_index
            FROM quarantine ORDER BY kafka_offset
            """)
        #expect(
            stored.rows == [
                ["bad\u{FFFD}detail '; DROP TABLE alert; --", "3", "3", "0001ff", "-1"],
                ["", "0", "0", "", "-1"],
                ["large", "\(ResultBatch.payloadLimit + 5)", "\(ResultBatch.payloadLimit)", "070707", "-1"],
            ])
        #expect(try database.closes())
    }

    @Test func hostileNamesAreStoredVerbatim() throws {
        let database = try Database()
        let topic = "x'); DELETE FROM alert; --"
        let claim = try database.claim(topic)
        var batch = ResultBatch(claim, 0..<2)
        batch.skip(makeAlert(1, objectId: ObjectId("'; DROP TABLE alert; --")), claim, 0, "too_few_points")
        batch.skip(makeAlert(2, objectId: ObjectId("{\"é\\,NULL}")), claim, 1, "too_few_points")
        _ = try database.writer().write(batch)
        let names = try database.connection.query(
            "SELECT object_id, t.name FROM alert JOIN topic t ON t.id = topic_id ORDER BY candid")
        #expect(names.rows == [["'; DROP TABLE alert; --", topic], ["{\"é\\,NULL}", topic]])
    }

    @Test func anEmptyBatchWritesNothing() throws {
        let database = try Database()
        #expect(try database.writer().write(ResultBatch()) == WriteSummary())
        #expect(try database.count("batch") == 0)
    }

    @Test func aBatchOfOffsetsAloneMovesThePartitionOn() throws {
        let database = try Database()
        let claim = try database.claim()
        #expect(claim.nextOffset == nil)
        #expect(try database.writer().write(ResultBatch(claim, 10..<20)).consumed == 0)
        #expect(try database.claim().nextOffset == 20)
    }

    @Test func aBatchThatContradictsItselfIsRefused() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        var withoutRange = ResultBatch(claim, 0..<1)
        withoutRange.skip(makeAlert(1), claim, 0, "too_few_points")
        withoutRange.offsets = []
        var outside = ResultBatch(claim, 0..<1)
        outside.skip(makeAlert(1), claim, 1, "too_few_points")
        var missingRow = ResultBatch(claim, 0..<1)
        missingRow.classify(makeAlert(1), claim, 0, [1, 0, 0])
        missingRow.probabilities = [1, 0]
        var twoRanges = ResultBatch(claim, 0..<1)
        twoRanges.offsets += twoRanges.offsets
        var neverClaimed = ResultBatch(claim, 0..<1)
        neverClaimed.offsets[0].partition = 9
        for batch in [withoutRange, outside, missingRow, twoRanges, neverClaimed] {
            guard case .invalidBatch = storeError({ _ = try writer.write(batch) }) else {
                Issue.record("not refused: \(batch.offsets)")
                continue
            }
        }
        #expect(try database.count("alert") == 0)
    }
}
