import Foundation
import Glibc
import Synchronization

/// A schema registry of the tests' own, on loopback: it can be down, slow, broken or right, as the test says.
///
/// It lives until `stop`, or as long as the process. It speaks as much of HTTP/1.1 as one GET request needs and closes the
/// connection after the answer.
public final class RegistryServer: Sendable {
    public enum Behaviour: Sendable, Equatable {
        case right
        /// Takes the request and never answers.
        case slow
        /// A body that does not end.
        case endless
        /// This status and body to everything.
        case answer(status: Int, body: String)
    }

    private struct State {
        var behaviour = Behaviour.right
        var schemas: [Int: String] = [:]
        var raw: [String: String] = [:]
        var credentials: String?
        var requests: [String] = []
        var listener: Int32 = -1
        var open: Set<Int32> = []
    }

    public let port: Int
    private let state: Mutex<State>

    public var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it on a free port.
    ///
    /// - Parameter schemas: JSON texts by their ids.
    public init(schemas: [Int: String] = [:]) throws {
        let (listener, port) = try Self.listen(port: 0)
        self.port = port
        var state = State()
        state.schemas = schemas
        state.listener = listener
        self.state = Mutex(state)
        accept(listener)
    }

    public var behaviour: Behaviour {
        get { state.withLock { $0.behaviour } }
        set { state.withLock { $0.behaviour = newValue } }
    }

    /// The paths asked for so far, in order.
    public var requests: [String] { state.withLock { $0.requests } }

    public func set(schema: String?, id: Int) {
        state.withLock { $0.schemas[id] = schema }
    }

    /// What a path gives, before anything else.
    public func set(answer: String, path: String) {
        state.withLock { $0.raw[path] = answer }
    }

    /// From now on requests without these credentials are refused.
    public func require(user: String, password: String) {
        let credentials = Data("\(user):\(password)".utf8).base64EncodedString()
        state.withLock { $0.credentials = "Authorization: Basic \(credentials)" }
    }

    /// Closes the port and all connections: who asks is refused.
    public func stop() {
        state.withLock { state in
            if state.listener >= 0 {
                // The accepting thread closes it: were it closed here, the thread could meet another socket of its number.
                shutdown(state.listener, Int32(SHUT_RDWR))
                state.listener = -1
            }
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Opens the port again.
    public func restart() throws {
        let (listener, _) = try Self.listen(port: port)
        state.withLock { $0.listener = listener }
        accept(listener)
    }

    // MARK: - Connections

    private static func listen(port: Int) throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: a sockaddr_in is a sockaddr, as the calls have it; the pointers live for the calls alone.
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                var status = bind(listener, address, length)
                if status == 0 { status = Glibc.listen(listener, 64) }
                if status == 0 { status = getsockname(listener, address, &length) }
                return status
            }
        }
        guard listener >= 0, status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func accept(_ listener: Int32) {
        Thread.detachNewThread { [self] in
            while true {
                let connection = Glibc.accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                state.withLock { _ = $0.open.insert(connection) }
                Thread.detachNewThread { [self] in
                    serve(connection)
                    state.withLock { _ = $0.open.remove(connection) }
                    close(connection)
                }
            }
        }
    }

    private func serve(_ connection: Int32) {
        guard let head = Self.readHead(connection) else { return }
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return }
        let path = words[1]
        let (behaviour, isAllowed) = state.withLock { state in
            state.requests.append(path)
            return (state.behaviour, state.credentials.map { lines.contains($0) } ?? true)
        }
        switch behaviour {
        case .slow:
            // Until the client gives up or the server is stopped.
            var byte: UInt8 = 0
            while read(connection, &byte, 1) > 0 {}
        case .endless:
            Self.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"schema\":\"", connection)
            let piece = String(repeating: "x", count: 1 << 16)
            while Self.send(piece, connection) {}
        case .answer(let status, let body):
            Self.answer(status, body, connection)
        case .right:
            guard isAllowed else {
                return Self.answer(401, #"{"error_code":401,"message":"Unauthorized"}"#, connection)
            }
            let (status, body) = right(path)
            Self.answer(status, body, connection)
        }
    }

    private func right(_ path: String) -> (Int, String) {
        state.withLock { state in
            if let body = state.raw[path] { return (200, body) }
            if path == "/schemas/types" { return (200, #"["JSON","PROTOBUF","AVRO"]"#) }
            guard path.hasPrefix("/schemas/ids/"), let id = Int(path.dropFirst("/schemas/ids/".count)) else {
                return (404, #"{"error_code":404,"message":"HTTP 404 Not Found"}"#)
            }
            guard let schema = state.schemas[id] else {
                return (404, #"{"error_code":40403,"message":"Schema \#(id) not found"}"#)
            }
            let body = try? JSONSerialization.data(withJSONObject: ["schema": schema])
            return (200, body.map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
    }

    private static func readHead(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1 << 14, read(connection, &byte, 1) == 1 {
            bytes.append(byte)
            if bytes.suffix(4) == [13, 10, 13, 10] { return String(decoding: bytes, as: UTF8.self) }
        }
        return nil
    }

    private static func answer(_ status: Int, _ body: String, _ connection: Int32) {
        let head = "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        send(head + body, connection)
    }

    @discardableResult
    private static func send(_ text: String, _ connection: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            bytes = bytes.dropFirst(sent)
        }
        return true
    }
}
