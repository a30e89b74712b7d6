public import AvroCoding
import Dispatch
import Foundation
import Synchronization

/// A Confluent-compatible schema registry as a source of schemas, with a cache on disk.
///
/// Threads may share it: one request is on its way at a time, and what it brings serves all that wait. The registry is
/// asked once for each id; while it gives no usable answer, the cached schema is taken, or else every call throws
/// `AvroError.schemaUnavailable`, which means that the message must wait. An id that the registry does not know is
/// waited for too, for a limited time.
public final class RegistryClient: Sendable {
    private struct State {
        var schemas: [Int32: AvroSchema] = [:]
        /// What went wrong last, and when, by id; `outageId` for what concerns all.
        var failures: [Int32: (error: RegistryError, atMs: UInt64)] = [:]
        /// Since when the registry has gone on saying that it does not know an id.
        var unknownSinceMs: [Int32: UInt64] = [:]
    }

    private let api: RegistryAPI
    private let cache: SchemaCache?
    private let waitUnknownMs: Int
    private let state = Mutex(State())

    /// Not an id of a registry, whose ids are positive.
    private static let outageId: Int32 = -1
    /// For so long a failure is not tried again, so that a batch of messages that cannot be decoded asks once.
    private static let failureMs: UInt64 = 100
    /// For so long an id that has been given up is not asked for again.
    private static let givenUpMs: UInt64 = 10_000
    /// Ids remembered as unknown; damaged messages can name any number of them.
    private static let mostUnknown = 1024

    /// - Throws: `badConfiguration`; nothing is asked yet.
    public init(_ configuration: RegistryConfiguration) throws(RegistryError) {
        let http = try HTTPClient(configuration)
        api = RegistryAPI(http: http)
        waitUnknownMs = max(0, configuration.waitUnknownMs)
        cache = configuration.cacheFolder.map {
            SchemaCache(folder: URL(fileURLWithPath: $0), registry: http.baseURL)
        }
    }

    /// The registry for a decoder; it finds schemas by id alone.
    public var source: SchemaSource {
        SchemaSource(byId: { id throws(AvroError) in try self.schema(id: id) })
    }

    /// Asks whether a schema registry answers; returns the kinds of schema that it takes.
    public func check() throws(RegistryError) -> [String] {
        try api.schemaTypes()
    }

    /// The schema with an id: known already, or the registry's, or the cached one.
    ///
    /// - Throws: `schemaUnavailable` (retriable) while the registry gives no usable answer, and while an id it does not
    ///   know may still be registered; `unknownSchemaId` when that time is over.
    public func schema(id: Int32) throws(AvroError) -> AvroSchema {
        guard id > 0 else { throw .unknownSchemaId(id: id) }
        return try state.withLock { state throws(AvroError) in
            if let schema = state.schemas[id] { return schema }
            let failure: RegistryError
            if let recent = recentFailure(id, state) {
                failure = recent
            } else {
                do throws(RegistryError) {
                    let (text, schema) = try fetch(id)
                    cache?.write(text, id: id)
                    remember(schema, id, &state)
                    return schema
                } catch {
                    failure = error
                    note(error, id, &state)
                }
            }
            if let cached = cache?.read(id), let schema = try? cached.parse() {
                remember(schema, id, &state)
                return schema
            }
            throw Self.error(failure, id, sinceMs: state.unknownSinceMs[id], waitMs: waitUnknownMs)
        }
    }

    private func fetch(_ id: Int32) throws(RegistryError) -> (SchemaText, AvroSchema) {
        let text = try api.schema(id: id)
        do throws(AvroError) {
            return (text, try text.parse())
        } catch {
            throw .nonsense(reason: "its schema is no Avro schema: \(error)")
        }
    }

    // MARK: - Failures

    /// The failure of a moment ago that makes another request useless.
    private func recentFailure(_ id: Int32, _ state: State) -> RegistryError? {
        let now = Self.nowMs
        if let outage = state.failures[Self.outageId], now < outage.atMs + Self.failureMs { return outage.error }
        guard let failure = state.failures[id] else { return nil }
        let isGivenUp = state.unknownSinceMs[id].map { now >= $0 + UInt64(waitUnknownMs) } ?? false
        return now < failure.atMs + (isGivenUp ? Self.givenUpMs : Self.failureMs) ? failure.error : nil
    }

    private func note(_ error: RegistryError, _ id: Int32, _ state: inout State) {
        let now = Self.nowMs
        if error.isOutage {
            state.failures[Self.outageId] = (error, now)
            // The wait for an unknown id is one with a registry that answers.
            state.unknownSinceMs.removeAll()
            return
        }
        if state.failures.count >= Self.mostUnknown, state.failures[id] == nil,
            let oldest = state.failures.min(by: { $0.value.atMs < $1.value.atMs })?.key
        {
            state.failures[oldest] = nil
            state.unknownSinceMs[oldest] = nil
        }
        state.failures[id] = (error, now)
        if case .unknownId = error {
            if state.unknownSinceMs[id] == nil { state.unknownSinceMs[id] = now }
        } else {
            state.unknownSinceMs[id] = nil
        }
    }

    private func remember(_ schema: AvroSchema, _ id: Int32, _ state: inout State) {
        state.schemas[id] = schema
        state.failures[id] = nil
        state.unknownSinceMs[id] = nil
    }

    private static func error(_ failure: RegistryError, _ id: Int32, sinceMs: UInt64?, waitMs: Int) -> AvroError {
        guard case .unknownId = failure, let sinceMs else { return .schemaUnavailable(id: id, reason: "\(failure)") }
        let waited = nowMs - sinceMs
        guard waited < UInt64(waitMs) else { return .unknownSchemaId(id: id) }
        return .schemaUnavailable(
            id: id, reason: "\(failure); it may be registered yet, waited for \(waited) of \(waitMs) ms")
    }

    private static var nowMs: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}
